"""Payloads of every type but the interactive one, and how to try them."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.exceptions import InvalidMessageError
from airflow_provider_chakra.messages import parse_message

PHONE = "919876543210"
GROUP = "Y2FwaV9ncm91cDoxMjM0NTY3ODkwMTIzNDU2Nzg5MA"
WAMID = "wamid.HBgMOTE5ODc2NTQzMjEwFQIAERgSQUJDREVGMDEyMzQ1Njc4OUFCAA=="
LINK = "https://example.com/file"


def whole(kind: str, content: Any, **envelope: Any) -> dict[str, Any]:
    """Make a whole payload of a type."""
    return {"messaging_product": "whatsapp", "to": PHONE, "type": kind, kind: content} | envelope


def template(*components: Any, **fields: Any) -> dict[str, Any]:
    """Make the payload of a template."""
    content = {"name": "order_update", "language": {"code": "en_US"}, "components": list(components)} | fields
    return whole("template", {name: value for name, value in content.items() if value is not ...})


def problems_of(payload: Any) -> dict[str, str]:
    """Give what is wrong with a payload, each problem by its field."""
    with pytest.raises(InvalidMessageError) as caught:
        parse_message(payload)
    return {problem.field: str(problem) for problem in caught.value.problems}


def taken(payload: dict[str, Any]) -> None:
    """Check that a payload is right, and is sent as it is."""
    assert parse_message(payload).payload() == payload


def told(payload: Any, field: str, words: str) -> None:
    """Check that one thing is wrong with a payload, and how it is told."""
    problems = problems_of(payload)
    assert list(problems) == [field]
    assert words in problems[field]
