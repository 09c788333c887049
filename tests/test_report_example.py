"""The example that sends a report: what it draws, and what arrives."""

from __future__ import annotations

import struct
import urllib.request
import zlib

import pytest

from tests.running import ROOT, load_dag, returned, run, states

PATH = ROOT / "example_dags" / "example_chakra_report.py"


@pytest.mark.usefixtures("airflow_db")
def test_the_report_is_drawn_uploaded_and_sent(chakra_sandbox):
    instances = run(load_dag(PATH), to="+91 98765 43219")
    assert states(instances) == {"draw": ["success"], "send_report": ["success"]}
    (message,) = chakra_sandbox.messages()
    (upload,) = chakra_sandbox.uploads()
    assert message["payload"]["to"] == "919876543219"
    assert message["payload"]["image"] == {
        "link": upload["url"],
        "caption": "Orders of the last seven days, day by day.",
    }
    assert returned(instances["send_report"][0]) == message["wamid"]
    with urllib.request.urlopen(upload["url"], timeout=60) as response:
        assert response.headers["Content-Type"] == "image/png"
        assert_is_png(response.read(), width=280, height=200)


def assert_is_png(content: bytes, *, width: int, height: int) -> None:
    """Read an image by PNG's own rules."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, {}
    while place < len(content):
        (size,) = struct.unpack_from(">I", content, place)
        name, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        assert struct.unpack_from(">I", content, place + 8 + size) == (zlib.crc32(name + data),)
        chunks[name] = data
        place += size + 12
    assert chunks[b"IHDR"] == struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + 3 * width)
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
