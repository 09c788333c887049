"""What every family of routes shares: ChakraHQ's envelope, its refusals, and the check of the token."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any, Final

from fastapi import HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.memory import parse_json

_API_VERSION: Final = re.compile(r"v[0-9]{1,2}\.[0-9]")


class MetaRefusal(Exception):  # ruff: ignore[error-suffix-on-exception-name] - it is an answer
    """
    A refusal in Meta's own shape, where ChakraHQ passes it on as it is.

    :param sentence: what is wrong.
    :param subcode: Meta's ``error_subcode``, if it has one.
    """

    def __init__(self, sentence: str, subcode: int | None = None) -> None:
        super().__init__(sentence)
        self.body: dict[str, Any] = {
            "error": {
                "message": f"(#100) {sentence}",
                "type": "OAuthException",
                "code": 100,
                **({} if subcode is None else {"error_subcode": subcode, "error_user_msg": sentence}),
                "is_transient": False,
                "fbtrace_id": secrets.token_urlsafe(17),
            }
        }


def no_such_object(object_id: str, method: str = "post") -> str:
    """
    Say of an id what Meta says of one that it does not know, or does not show.

    :param object_id: the id.
    :param method: the HTTP method, in lower case.
    """
    return (
        f"Unsupported {method} request. Object with ID '{object_id}' does not exist, "
        "cannot be loaded due to missing permissions, or does not support this operation"
    )


def plain(content: object, status: int = 200, headers: Any = None) -> Response:
    """
    Answer with JSON, without the envelope: where ChakraHQ passes on what Meta says, and in the control API.

    :param content: the whole body.
    :param status: the HTTP status.
    :param headers: headers besides.
    """
    # ASCII on the wire: half a surrogate pair is valid in JSON, and cannot be written in UTF-8.
    return Response(json.dumps(content), status, headers, media_type="application/json")


def envelope(data: object, meta: dict[str, Any] | None = None) -> Response:
    """
    Answer in ChakraHQ's envelope.

    :param data: what goes into ``_data``.
    :param meta: what goes into ``_meta``, which is left out without it.
    """
    return plain({"_data": data} if meta is None else {"_data": data, "_meta": meta})


def refuse(_: Request, error: Exception) -> Response:
    """Be the handler of every ``HTTPException``: an envelope without data, and with one error."""
    # The signature is Starlette's; it is registered for this one class.
    assert isinstance(error, StarletteHTTPException)  # ruff: ignore[assert]
    return plain({"_data": [], "_errors": [error.detail]}, error.status_code, error.headers)


def refuse_as_meta(_: Request, error: Exception) -> Response:
    """Be the handler of every :class:`MetaRefusal`."""
    assert isinstance(error, MetaRefusal)  # ruff: ignore[assert]
    return plain(error.body, 400)


def check_token(request: Request) -> None:
    """
    Let in who has the token; to be a dependency of every route but the control API's.

    :raises HTTPException: 401 without it.
    """
    record = request.state.record
    if not record["authorized"]:
        reason = "invalid" if "authorization" in record["headers"] else "missing"
        raise HTTPException(401, f"UNAUTHORIZED: the access token is {reason}")


def check_plugin(account: Account, plugin_id: str) -> None:
    """
    Let through the one plugin there is.

    :raises HTTPException: 404 for any other.
    """
    if plugin_id != account.plugin_id:
        raise HTTPException(404, f"Plugin {plugin_id} not found")


def check_version(api_version: str) -> None:
    """
    Let through what has the form of a version of WhatsApp's API; which ones ChakraHQ takes is not known.

    :raises HTTPException: 400 for anything else.
    """
    if not _API_VERSION.fullmatch(api_version):
        raise HTTPException(400, f"Invalid WhatsApp API version: {api_version}")


async def read_json(request: Request) -> Any:
    """
    Read the body of a request.

    :raises HTTPException: 400 if it is not JSON.
    """
    try:
        return parse_json(await request.body())
    except ValueError as error:
        raise HTTPException(400, f"The request body is not valid JSON: {error}") from error


async def read_object(request: Request) -> dict[str, Any]:
    """
    Read the body of a request that is a JSON object.

    :raises HTTPException: 400 if it is none.
    """
    body = await read_json(request)
    if not isinstance(body, dict):
        raise HTTPException(400, "The request body must be a JSON object")
    return body
