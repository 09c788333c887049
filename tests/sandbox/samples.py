"""Payloads that are right; tests change one thing in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox

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


def session_for(sandbox: Sandbox) -> requests.Session:
    """A client with the right token, whatever proxies the environment names."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {sandbox.token}"
    return session
