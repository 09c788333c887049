"""
Media messages: image, video, audio, document, sticker.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/image-messages and its neighbours.
WhatsApp looks at a file only after it accepted the message: a file that it cannot read, of a kind
that it does not take, or too big, fails then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages.base import Message, NonEmpty, RuledPart, broken, exactly_one
from airflow_provider_chakra.messages.limits import CAPTION_MAX, Chars

_BLANK_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]")
_LINK = "an http or https URL that everyone can reach"


def _public_link(link: str) -> str:
    if _BLANK_OR_CONTROL.search(link):
        raise broken(_LINK, "a URL with a blank or control character", "write blanks as %20")
    try:
        parts = urlsplit(link)
        scheme, host, _ = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        raise broken(_LINK, "a URL that cannot be read", "check its brackets and port") from None
    if scheme not in {"http", "https"}:
        given = f"the scheme {scheme[:20]!r}" if scheme else "no scheme"
        raise broken(_LINK, given, "begin it with https://; what it leads to must lie on a public web server")
    if not host:
        raise broken(_LINK, "no host", "write it as https://host/path")
    return link


#: An address on the web: of a file that WhatsApp fetches, or of a page that a button opens.
Link = Annotated[str, Chars(1), AfterValidator(_public_link)]
#: What stands below a file.
Caption = Annotated[str, Chars(0, CAPTION_MAX)]


class Media(RuledPart):
    """
    A file, by exactly one of its two names.

    :param link: http or https address that everyone can reach.
    :param id: id of an uploaded file.
    """

    link: Link | None = None
    id: NonEmpty | None = None

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that there is exactly one of ``link`` and ``id``.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        yield from exactly_one(data, "link", "id", "give the file's public address as link")


class NamedMedia(Media):
    """
    A file that the recipient sees by its name.

    :param filename: the name, with the ending that tells WhatsApp which icon to show.
    """

    filename: str | None = None


class Image(Media):
    """
    An image: JPEG or PNG, at most 5 MB.

    :param caption: at most 1024 characters below the image.
    """

    caption: Caption | None = None


class Video(Media):
    """
    A video: MP4 or 3GPP with H.264 and AAC, at most 16 MB.

    :param caption: at most 1024 characters below the video.
    """

    caption: Caption | None = None


class Audio(Media):
    """
    A sound: AAC, AMR, MP3, M4A, or OGG with Opus, at most 16 MB. It takes no caption.

    :param voice: whether to show it as a voice note, which must be OGG with Opus in mono.
    """

    voice: bool | None = None


class Document(NamedMedia):
    """
    Any other file, at most 100 MB.

    :param caption: at most 1024 characters below the document.
    """

    caption: Caption | None = None


class Sticker(Media):
    """A sticker: WebP of 512 by 512 pixels, at most 100 KB, or 500 KB if it moves. It takes no caption."""


class ImageMessage(Message):
    """
    An image message.

    :param image: the image.
    """

    kind: ClassVar[str] = "image message"
    for_groups: ClassVar[bool] = True

    type: Literal["image"] = "image"
    image: Image


class VideoMessage(Message):
    """
    A video message.

    :param video: the video.
    """

    kind: ClassVar[str] = "video message"
    for_groups: ClassVar[bool] = True

    type: Literal["video"] = "video"
    video: Video


class AudioMessage(Message):
    """
    An audio message.

    :param audio: the sound.
    """

    kind: ClassVar[str] = "audio message"
    for_groups: ClassVar[bool] = True

    type: Literal["audio"] = "audio"
    audio: Audio


class DocumentMessage(Message):
    """
    A document message.

    :param document: the document.
    """

    kind: ClassVar[str] = "document message"
    for_groups: ClassVar[bool] = True

    type: Literal["document"] = "document"
    document: Document


class StickerMessage(Message):
    """
    A sticker message.

    :param sticker: the sticker.
    """

    kind: ClassVar[str] = "sticker message"
    for_groups: ClassVar[bool] = True

    type: Literal["sticker"] = "sticker"
    sticker: Sticker
