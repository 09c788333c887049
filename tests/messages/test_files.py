"""Which files WhatsApp takes: by their first bytes, their names, and what is said of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from airflow_provider_chakra.exceptions import ChakraConfigError, InvalidMessageError
from airflow_provider_chakra.messages.files import check_file, ending_of

KB, MB = 1024, 1024 * 1024
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 "
MOVING = b"RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00"
STILL = MOVING[:20] + b"\x00\x00\x00\x00"
GIF = b"GIF89a\x01\x00"
PDF = b"%PDF-1.7\n"
OGG = b"OggS\x00\x02"
MP4 = b"\x00\x00\x00\x20ftypisom"
HEIC = b"\x00\x00\x00\x20ftypheic"
ZIP = b"PK\x03\x04"

TAKEN: list[tuple[bytes, int, dict[str, Any], tuple[str, str]]] = [
    (JPEG, 5 * MB, {"name": "a.jpg"}, ("image", "image/jpeg")),
    (PNG, 1, {}, ("image", "image/png")),
    (PNG, 1, {"name": "a.JPG", "kind": "image"}, ("image", "image/png")),
    (JPEG, 1, {"mime_type": "image/jpg"}, ("image", "image/jpeg")),
    (MP4, 16 * MB, {"name": "a.mp4"}, ("video", "video/mp4")),
    (MP4, 1, {"name": "a.3gp"}, ("video", "video/3gpp")),
    (MP4, 1, {"name": "a.m4a"}, ("audio", "audio/mp4")),
    (b"", 1, {"name": "a.mp4"}, ("video", "video/mp4")),
    (OGG, 1, {}, ("audio", "audio/ogg")),
    (OGG, 1, {"name": "a.opus", "kind": "audio"}, ("audio", "audio/ogg")),
    (
        OGG,
        1,
        {"mime_type": "audio/ogg; codecs=opus"},
        ("audio", "audio/ogg; codecs=opus"),
    ),
    (b"ID3\x03", 16 * MB, {"name": "a.mp3"}, ("audio", "audio/mpeg")),
    (b"#!AMR\n", 1, {}, ("audio", "audio/amr")),
    (b"\xff\xf1", 1, {"name": "a.aac"}, ("audio", "audio/aac")),
    (PDF, 100 * MB, {"name": "a.pdf"}, ("document", "application/pdf")),
    (PDF, 1, {}, ("document", "application/pdf")),
    (b"a,b", 1, {"name": "a.csv"}, ("document", "text/csv")),
    (b"a,b", 1, {"name": "a"}, ("document", "application/octet-stream")),
    (JPEG, 6 * MB, {"kind": "document"}, ("document", "image/jpeg")),
    (GIF, 1, {"name": "a.gif", "kind": "document"}, ("document", "image/gif")),
    (ZIP, 1, {"mime_type": "application/zip", "kind": "document"}, ("document", "application/zip")),
    (WEBP, 100 * KB, {}, ("sticker", "image/webp")),
    (STILL, 100 * KB, {"name": "a.webp"}, ("sticker", "image/webp")),
    (MOVING, 500 * KB, {"kind": "sticker"}, ("sticker", "image/webp")),
]


@pytest.mark.parametrize(("beginning", "size", "said", "file"), TAKEN)
def test_what_is_taken(beginning, size, said, file):
    assert check_file(beginning, size, **said) == file


REFUSED: list[tuple[bytes, int, dict[str, Any], str]] = [
    (
        WEBP,
        1,
        {"name": "a.jpg", "kind": "image"},
        r"JPEG or PNG; .*image/webp by its first bytes, although image",
    ),
    (GIF, 1, {"name": "a.gif"}, r"image file .*JPEG or PNG.*image/gif"),
    (HEIC, 1, {"name": "a.jpg", "kind": "image"}, "image/heic"),
    (PDF, 1, {"name": "a.png", "kind": "image"}, "application/pdf"),
    (b"<html>", 1, {"name": "a.jpg"}, "image/jpeg, which its first bytes do not show"),
    (b"x", 1, {"kind": "image"}, "an unknown type"),
    (PNG, 5 * MB + 1, {}, "1 to 5242880 bytes; given: 5242881 bytes; make it smaller"),
    (PNG, 0, {"kind": "image"}, "given: 0 bytes; look at what writes it"),
    (b"", 0, {"kind": "document"}, "0 bytes"),
    (MP4, 1, {"name": "a.mov"}, "MP4 or 3GPP; given: video/mp4 by its first bytes, although video/quicktime"),
    (MP4, 16 * MB + 1, {"name": "a.mp4"}, "16777216 bytes"),
    (PNG, 1, {"kind": "video", "name": "a.mp4"}, "image/png by its first bytes"),
    (b"RIFF\x00\x00\x00\x00WAVE", 1, {"name": "a.wav"}, r"audio file .*AAC, AMR, MP3, M4A or OGG"),
    (b"", 16 * MB + 1, {"name": "a.mp3"}, "16777216 bytes"),
    (b"", 100 * MB + 1, {"name": "a.txt"}, "104857600 bytes"),
    (STILL, 100 * KB + 1, {}, "1 to 102400 bytes"),
    (WEBP, 100 * KB + 1, {}, "1 to 102400 bytes"),
    (MOVING, 500 * KB + 1, {}, "1 to 512000 bytes"),
    (PNG, 1, {"kind": "sticker"}, "WebP"),
]


@pytest.mark.parametrize(("beginning", "size", "said", "told"), REFUSED)
def test_what_is_refused(beginning, size, said, told):
    with pytest.raises(InvalidMessageError) as caught:
        check_file(beginning, size, **said)
    assert {problem.field for problem in caught.value.problems} == {"file"}
    assert re.search(told, str(caught.value), re.DOTALL)


def test_both_broken_rules_are_told():
    with pytest.raises(InvalidMessageError) as caught:
        check_file(WEBP, 6 * MB, kind="image")
    assert [problem.limit for problem in caught.value.problems] == ["JPEG or PNG", "1 to 5242880 bytes"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"kind": "photo"}, "kind must be one of image, video"),
        ({"mime_type": "png"}, "MIME type such as"),
        ({"mime_type": "image/png\r\nX: y"}, "MIME type such as"),
        ({"mime_type": ""}, "MIME type such as"),
    ],
)
def test_what_is_said_must_mean_something(said, told):
    with pytest.raises(ChakraConfigError, match=told):
        check_file(PNG, 1, **said)


@pytest.mark.parametrize(
    ("mime_type", "ending"),
    [("image/jpeg", ".jpg"), ("audio/ogg; codecs=opus", ".ogg"), ("text/csv", ".csv"), ("x/y", "")],
)
def test_endings(mime_type, ending):
    assert ending_of(mime_type) == ending
