"""Pictures, videos, sounds, files and stickers, by id or by link; also those inside other messages."""

from __future__ import annotations

from typing import Final

from airflow_provider_chakra.sandbox.rules.parts import ANY_TEXT, LINK, NOT_EMPTY, exactly_one
from airflow_provider_chakra.sandbox.shapes import Boolean, Object, Part, Text

_CAPTION: Final = Part(Text(0, 1024))


def _media(**further: Part) -> Object:
    return Object({"id": Part(NOT_EMPTY), "link": Part(LINK), **further}, rules=[exactly_one("id", "link")])


IMAGE: Final = _media(caption=_CAPTION)
VIDEO: Final = _media(caption=_CAPTION)
AUDIO: Final = _media(voice=Part(Boolean()))
DOCUMENT: Final = _media(caption=_CAPTION, filename=Part(ANY_TEXT))
STICKER: Final = _media()

# Inside of another message nothing has a caption.
BARE_MEDIA: Final = _media()
BARE_DOCUMENT: Final = _media(filename=Part(ANY_TEXT))
