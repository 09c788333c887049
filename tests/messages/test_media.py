"""Images, videos, audio, documents, stickers."""

from __future__ import annotations

import pytest

from airflow_provider_chakra.messages import parse_message
from tests.messages.payloads import GROUP, LINK, taken, told, whole

KINDS = ("image", "video", "audio", "document", "sticker")
CAPTIONED = ("image", "video", "document")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_named_by_link_or_id(kind):
    taken(whole(kind, {"link": LINK}))
    taken(whole(kind, {"id": "1003383421387256"}, to=GROUP, recipient_type="group"))
    assert parse_message(whole(kind, {"id": "1"})).kind == f"{kind} message"
    told(whole(kind, {"link": LINK, "id": "1"}), f"{kind}.link", "exactly one of link and id; given: both")
    told(whole(kind, {}), f"{kind}.link", "exactly one of link and id; given: neither")
    told(whole(kind, {"link": "ftp://example.com/a"}), f"{kind}.link", "the scheme 'ftp'")
    told(whole(kind, {"id": 1}), f"{kind}.id", "a string; given: a number")
    told(whole(kind, {"id": ""}), f"{kind}.id", "at least 1 character")
    told(whole(kind, {"id": "1", "size": 1}), f"{kind}.size", "not a field that WhatsApp knows here")
    told(whole(kind, LINK), kind, "an object; given: a string")
    told(whole(kind, [{"id": "1"}]), kind, "an object; given: an array")


@pytest.mark.parametrize("kind", CAPTIONED)
def test_a_caption_has_at_most_1024_characters(kind):
    for caption in ("", "é" * 1024):
        taken(whole(kind, {"id": "1", "caption": caption}))
    told(whole(kind, {"id": "1", "caption": "x" * 1025}), f"{kind}.caption", "at most 1024 characters")
    told(whole(kind, {"id": "1", "caption": 7}), f"{kind}.caption", "a string; given: a number")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (kind, field)
        for field, kinds in {"caption": CAPTIONED, "voice": ("audio",), "filename": ("document",)}.items()
        for kind in KINDS
        if kind not in kinds
    ],
)
def test_what_belongs_to_another_kind_of_file_is_refused(kind, field):
    told(whole(kind, {"id": "1", field: "x"}), f"{kind}.{field}", "not a field that WhatsApp knows here")


def test_an_audio_may_be_a_voice_note():
    for voice in (True, False):
        taken(whole("audio", {"link": LINK, "voice": voice}))
    told(whole("audio", {"id": "1", "voice": "true"}), "audio.voice", "true or false; given: a string")
    told(whole("audio", {"id": "1", "voice": 1}), "audio.voice", "true or false; given: a number")


def test_a_document_may_have_a_name():
    taken(whole("document", {"link": LINK, "filename": "bill.pdf", "caption": "Your bill"}))
    told(whole("document", {"id": "1", "filename": 7}), "document.filename", "a string; given: a number")
    told(whole("document", {"id": "1", "file_name": "x"}), "document.file_name", "did you mean 'filename'?")
