"""What tests of the sandbox's page look at."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from tests.sandbox.samples import session_for

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from airflow_provider_chakra.sandbox.client import Sandbox

ASHA = "919876543210"
WIDE, NARROW = (1180, 820), (360, 740)


def last(page: Page) -> Locator:
    """Give the newest message."""
    return page.get_by_role("article").last


def payloads(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Give what the customer wrote, oldest first."""
    return [row["payload"] for row in messages(sandbox) if row["direction"] == "INBOUND"]


def messages(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Give the messages of the only chat."""
    (chat,) = chats(sandbox)
    found: list[dict[str, Any]] = chat["messages"]
    return found


def chats(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Give the chats."""
    with session_for(sandbox) as http:
        found: list[dict[str, Any]] = http.get(f"{sandbox.url}/_sandbox/chats", timeout=60).json()
    return found


def picture(width: int = 24, height: int = 16) -> bytes:
    """Paint a PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x20\x80\x70" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
