"""
What a triggerer shows the API server before it may read: a token for one connection and one minute.

It is signed with a key that both make of the webhook's secret, so that there is nothing more to configure;
whoever reads a token learns nothing that helps to forge a webhook.

https://www.rfc-editor.org/rfc/rfc7519 (JSON Web Token)
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import jwt

_ALGORITHM = "HS256"
_PURPOSE = b"airflow-provider-chakra: reading the inbox"
_LIFE = timedelta(seconds=60)
# Clocks of two machines differ.
_LEEWAY = timedelta(seconds=30)


def make_token(secret: bytes, conn_id: str) -> str:
    """
    Make a token.

    :param secret: the webhook's secret.
    :param conn_id: the Airflow connection of which the events may be read.
    """
    now = datetime.now(UTC)
    claims = {"aud": _audience(conn_id), "iat": now, "exp": now + _LIFE}
    return jwt.encode(claims, _key(secret), algorithm=_ALGORITHM)


def is_valid(token: str, secret: bytes, conn_id: str) -> bool:
    """
    Tell whether a token is one of :func:`make_token`'s, and not too old.

    :param token: what was shown.
    :param secret: the webhook's secret.
    :param conn_id: the Airflow connection of which the events are asked for.
    """
    try:
        jwt.decode(
            token,
            _key(secret),
            algorithms=[_ALGORITHM],
            audience=_audience(conn_id),
            leeway=_LEEWAY,
            options={"require": ["aud", "exp"]},
        )
    except jwt.InvalidTokenError:
        return False
    return True


def _key(secret: bytes) -> bytes:
    return hmac.digest(secret, _PURPOSE, "sha256")


def _audience(conn_id: str) -> str:
    return f"chakra-inbox:{conn_id}"
