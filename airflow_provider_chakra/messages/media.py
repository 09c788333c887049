"""Media messages: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/image-messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages.base import Message, NonEmpty, RuledPart, broken
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
        raise broken(_LINK, given, "begin it with https://; a file must first lie on a public web server")
    if not host:
        raise broken(_LINK, "no host", "write it as https://host/path")
    return link


#: The address of a file that WhatsApp fetches.
Link = Annotated[str, Chars(1), AfterValidator(_public_link)]


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
        given = [name for name in ("link", "id") if data.get(name) is not None]
        if len(given) != 1:
            yield (
                "link",
                broken(
                    "exactly one of link and id",
                    "both" if given else "neither",
                    "keep one of them" if given else "give the file's public address as link",
                ),
            )


class Image(Media):
    """
    An image: JPEG or PNG, at most 5 MB.

    WhatsApp looks at the file after it accepted the message; other kinds of files fail then.

    :param caption: at most 1024 characters below the image.
    """

    caption: Annotated[str, Chars(0, CAPTION_MAX)] | None = None


class ImageMessage(Message):
    """
    An image message.

    :param image: the image.
    """

    kind: ClassVar[str] = "image message"

    type: Literal["image"] = "image"
    image: Image
