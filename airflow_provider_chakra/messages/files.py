"""
Which files WhatsApp takes, found out before one is uploaded.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media (Supported Media Types). WhatsApp
itself looks at a file only after it accepted the message, and by then it is too late: error 131053 comes
with the delivery status. What a file is, its first bytes tell better than its name.

Of documents WhatsApp names some types; others arrive as well, so a document may be of any type.
"""

from __future__ import annotations

import mimetypes
import re
from pathlib import PurePath
from typing import NamedTuple

from airflow_provider_chakra.exceptions import ChakraConfigError, InvalidMessageError, Problem
from airflow_provider_chakra.messages.limits import (
    AUDIO_BYTES_MAX,
    DOCUMENT_BYTES_MAX,
    IMAGE_BYTES_MAX,
    MOVING_STICKER_BYTES_MAX,
    STICKER_BYTES_MAX,
    VIDEO_BYTES_MAX,
)

#: How many of its first bytes tell what a file is.
BEGINNING = 64

_ANY = "application/octet-stream"


class _Kind(NamedTuple):
    types: frozenset[str]
    words: str
    most: int
    #: Whether its first bytes must tell that it is one of the types.
    is_seen: bool = False


_KINDS = {
    "image": _Kind(frozenset({"image/jpeg", "image/png"}), "JPEG or PNG", IMAGE_BYTES_MAX, is_seen=True),
    "video": _Kind(frozenset({"video/mp4", "video/3gpp"}), "MP4 or 3GPP", VIDEO_BYTES_MAX),
    "audio": _Kind(
        frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
        "AAC, AMR, MP3, M4A or OGG",
        AUDIO_BYTES_MAX,
    ),
    "document": _Kind(frozenset(), "any type", DOCUMENT_BYTES_MAX),
    "sticker": _Kind(frozenset({"image/webp"}), "WebP", MOVING_STICKER_BYTES_MAX, is_seen=True),
}

# Python's own table differs from machine to machine.
_BY_ENDING = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".3gp": "video/3gpp",
    ".aac": "audio/aac",
    ".amr": "audio/amr",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".pdf": "application/pdf",
}
_OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/x-aac": "audio/aac",
    "audio/opus": "audio/ogg",
    "audio/3gpp": "video/3gpp",
}
# What holds both sounds and pictures does not tell which.
_MAY_BE = {
    "video/mp4": frozenset({"video/mp4", "audio/mp4", "video/3gpp", "video/quicktime"}),
    "audio/ogg": frozenset({"audio/ogg", "video/ogg", "application/ogg"}),
}
_MIME_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;[^\x00-\x1f\x7f]*)?", re.ASCII)


class File(NamedTuple):
    """What a file is."""

    #: One of ``image``, ``video``, ``audio``, ``document`` and ``sticker``.
    kind: str
    #: Its MIME type.
    mime_type: str


def check_file(
    beginning: bytes, size: int, *, name: str = "", kind: str | None = None, mime_type: str | None = None
) -> File:
    """
    Find out what a file is, and whether WhatsApp takes it.

    :param beginning: its first 64 bytes.
    :param size: how many bytes it has.
    :param name: its name.
    :param kind: what it is sent as: ``"image"``, ``"video"``, ``"audio"``, ``"document"`` or
        ``"sticker"``; by default what its type says.
    :param mime_type: its MIME type; by default what its first bytes and its name say.
    :return: what it is.
    :raises ChakraConfigError: if ``kind`` or ``mime_type`` is none.
    :raises InvalidMessageError: with every rule of WhatsApp's that it breaks.
    """
    if kind is not None and kind not in _KINDS:
        raise ChakraConfigError(f"kind must be one of {', '.join(_KINDS)}.")
    if mime_type is not None and not _MIME_TYPE.fullmatch(mime_type):
        raise ChakraConfigError("mime_type must be a MIME type such as image/png.")
    said, seen = _said(name, mime_type), _seen(beginning)
    is_as_said = seen is None or said in _MAY_BE.get(seen, {seen})
    # A document is what it is called: the bytes of many types begin alike.
    found = (said if is_as_said or (kind == "document" and said) else seen) or _ANY
    kind = kind or _kind_of(found)
    rules = _KINDS[kind]
    problems = []
    if rules.types and (found not in rules.types or (rules.is_seen and seen is None)):
        mend = f"convert it to {rules.words}, or send it as a document"
        problems.append(Problem("file", rules.words, _told(said, seen), mend))
    most = STICKER_BYTES_MAX if kind == "sticker" and not _moves(beginning) else rules.most
    if not 0 < size <= most:
        mend = "make it smaller" if size else "look at what writes it"
        problems.append(Problem("file", f"1 to {most} bytes", f"{size} bytes", mend))
    if problems:
        raise InvalidMessageError(f"{kind} file", problems)
    _, semicolon, parameters = (mime_type or "").partition(";")
    return File(kind, f"{found}{semicolon}{parameters}" if found == said else found)


def ending_of(mime_type: str) -> str:
    """
    Give a name's ending for a MIME type.

    :param mime_type: the MIME type.
    :return: such as ``.png``; empty if there is none.
    """
    plain = mime_type.partition(";")[0]
    by_type = {known: ending for ending, known in reversed(_BY_ENDING.items())}
    return by_type.get(plain) or mimetypes.guess_extension(plain) or ""


def _said(name: str, mime_type: str | None) -> str | None:
    if mime_type is None:
        ending = PurePath(name).suffix.lower()
        mime_type = _BY_ENDING.get(ending) or mimetypes.guess_type(f"x{ending}")[0]
    if mime_type is None:
        return None
    plain = mime_type.partition(";")[0].strip().lower()
    return _OTHER_NAMES.get(plain, plain)


def _seen(beginning: bytes) -> str | None:
    for start, mime_type in (
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"OggS", "audio/ogg"),
        (b"#!AMR", "audio/amr"),
    ):
        if beginning.startswith(start):
            return mime_type
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return "image/webp"
    if beginning[4:8] == b"ftyp":
        brand = beginning[8:12]
        return {b"heic": "image/heic", b"heix": "image/heic", b"avif": "image/avif"}.get(brand, "video/mp4")
    return None


def _moves(beginning: bytes) -> bool:
    # WebP's header of extended files has a flag for animation (RFC 9649, 2.7).
    return beginning[12:16] == b"VP8X" and bool(beginning[20] & 0x02) if len(beginning) > 20 else False


def _kind_of(mime_type: str) -> str:
    if mime_type == "image/webp":
        return "sticker"
    family = mime_type.partition("/")[0]
    return family if family in {"image", "video", "audio"} else "document"


def _told(said: str | None, seen: str | None) -> str:
    if seen is not None:
        by_name = f", although {said} is said" if said not in (None, seen) else ""
        return f"{seen} by its first bytes{by_name}"
    return f"{said}, which its first bytes do not show" if said is not None else "an unknown type"
