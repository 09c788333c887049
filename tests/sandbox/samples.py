"""Payloads that are right; tests change one thing in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from airflow_provider_chakra.sandbox.rules import judge

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox
    from airflow_provider_chakra.sandbox.server import SandboxServer

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "payloads.jsonl").read_text("utf-8").splitlines()
]
GROUP = "Y2FwaV9ncm91cDoxMjM0NTY3ODkwMTIzNDU2Nzg5MA"


def message(kind: str, content: Any, **envelope: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "919876543210",
        "type": kind,
        kind: content,
    } | envelope


def text(body: Any = "Your slot is confirmed.", **envelope: Any) -> dict[str, Any]:
    return message("text", {"body": body}, **envelope)


def image(**content: Any) -> dict[str, Any]:
    return message("image", content or {"link": "https://cdn.example.com/leaflet.jpg"})


def rows(number: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"id": f"row-{i}", "title": f"Option {i}"} for i in range(start, start + number)]


def sections(*sizes: int) -> list[dict[str, Any]]:
    return [{"title": f"S{i}", "rows": rows(size, sum(sizes[:i]))} for i, size in enumerate(sizes)]


def interactive(kind: str, action: Any, **parts: Any) -> dict[str, Any]:
    return message("interactive", {"type": kind, "body": {"text": "Body"}, "action": action} | parts)


def buttons(*pairs: tuple[Any, Any], **parts: Any) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": key, "title": title}} for key, title in pairs]
    return interactive("button", {"buttons": replies}, **parts)


def template(*components: Any, **parts: Any) -> dict[str, Any]:
    content = {"name": "reminder", "language": {"code": "en"}, "components": list(components)}
    return message("template", content | parts)


def listing(*, action: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    content = {
        "type": "list",
        "body": {"text": "Pick a time"},
        "action": {"button": "See times", "sections": sections(1)} | (action or {}),
    }
    return message("interactive", content | parts)


def row_listing(**row: Any) -> dict[str, Any]:
    changed = {"id": "row-0", "title": "Option 0"} | row
    return listing(action={"sections": [{"title": "Today", "rows": [changed]}]})


def without(payload: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != key}


def with_one_less(value: Any) -> Iterator[tuple[str, Any]]:
    """Give a value without one of its properties, for each of them however deep, and which one it is."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(value, dict):
            yield key, without(value, key)
        for place, less in with_one_less(item):
            changed = value.copy()
            changed[key] = less
            yield f"{key}.{place}", changed


def words(payload: object) -> list[str]:
    """What WhatsApp says: the details where there are any, else the text."""
    return [refusal.details or refusal.text for refusal in judge(payload)]


def assert_ended(server: SandboxServer) -> None:
    """See that a server stopped, and did not just leave its caller alone."""
    server._thread.join(60)
    assert not server._thread.is_alive()


def session_for(sandbox: Sandbox) -> requests.Session:
    """A client with the right token, whatever proxies the environment names."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {sandbox.token}"
    return session
