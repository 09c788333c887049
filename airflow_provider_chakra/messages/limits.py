"""
Every limit of WhatsApp's, once, by name, with its source.

Sources are pages of Meta's Cloud API documentation, below
https://developers.facebook.com/docs/whatsapp/cloud-api/. Where that documentation contradicts
itself, the limit is the one that the live service enforces, and the comment says so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

log = logging.getLogger(__name__)

# reference/messages
CALLBACK_DATA_MAX = 512
# E.164 allows 15 digits; the shortest international numbers in use have 7.
PHONE_DIGITS_MIN = 7
PHONE_DIGITS_MAX = 15
# A business-scoped user id: ISO country code, a dot, up to 128 letters and digits.
BSUID_MAX = 128

# messages/text-messages
TEXT_BODY_MAX = 4096

# messages/image-messages
CAPTION_MAX = 1024

# reference/media, supported media types: bytes.
IMAGE_BYTES_MAX = 5 * 1024 * 1024
VIDEO_BYTES_MAX = 16 * 1024 * 1024
AUDIO_BYTES_MAX = 16 * 1024 * 1024
DOCUMENT_BYTES_MAX = 100 * 1024 * 1024
STICKER_BYTES_MAX = 100 * 1024
MOVING_STICKER_BYTES_MAX = 500 * 1024

# messages/location-messages: degrees.
LATITUDE_MAX = 90
LONGITUDE_MAX = 180

# messages/contacts-messages says 257; Meta's OpenAPI document says 5.
CONTACTS_MAX = 257
CONTACTS_SAFE = 5

# groups: how many days a message may stay pinned.
PIN_DAYS_MAX = 30

# guides/send-message-templates, and for what a template may have, business-management-api/message-templates
TEMPLATE_NAME_MAX = 512
TEMPLATE_TEXT_MAX = 1024
# Where the body is the template's only part: an old limit, still in Meta's OpenAPI document.
TEMPLATE_TEXT_ALONE_MAX = 32768
# "Param text cannot have new-line/tab characters or more than 4 consecutive spaces".
TEMPLATE_BLANKS_MAX = 4
TEMPLATE_BUTTONS_MAX = 10
# Not documented by Meta; clients in wide use hold it.
TEMPLATE_PAYLOAD_MAX = 256
# guides/authentication-templates
OTP_MAX = 15
TEMPLATE_CODE_MINUTES_MAX = 90
# Of a new template: business-management-api/message-templates
TEMPLATE_BUTTON_TEXT_MAX = 25
TEMPLATE_URL_MAX = 2000
TEMPLATE_PHONE_MAX = 20
# Seconds, by category; -1 stands for 30 days.
TEMPLATE_TTL = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43200), "MARKETING": (43200, 2592000)}
# Since December 2025; the page on limited-time offers still says 15.
COUPON_CODE_MAX = 20
# guides/sell-products-and-services/share-products
PRODUCT_SECTIONS_MAX = 10
# In all sections together.
PRODUCTS_MAX = 30

# messages/interactive-list-messages
HEADER_TEXT_MAX = 60
FOOTER_TEXT_MAX = 60
# The page on lists says 4096; the live service refuses more than 1024:
# "(#131009) Body text length invalid. Min length: 1, Max length: 1024".
INTERACTIVE_BODY_MAX = 1024
LIST_BUTTON_MAX = 20
LIST_SECTIONS_MAX = 10
# In all sections together, although Meta's OpenAPI document says 10 in each:
# "(#131009) Total row count exceed max allowed count: 10".
LIST_ROWS_MAX = 10
SECTION_TITLE_MAX = 24
ROW_ID_MAX = 200
ROW_TITLE_MAX = 24
ROW_DESCRIPTION_MAX = 72

# Interactive messages: messages/interactive-reply-buttons-messages
BUTTONS_MAX = 3
BUTTON_ID_MAX = 256
BUTTON_TITLE_MAX = 20
# flows/guides/sendingaflow: 30 without emoji is advised, and Meta's OpenAPI document enforces 30.
FLOW_CTA_MAX = 30
# messages/address-messages
PIN_CODE_MAX = 6
# messages/interactive-media-carousel-messages, and the carousels of templates
CARDS_MIN = 2
CARDS_MAX = 10
CARD_BODY_MAX = 160
CARD_LINE_BREAKS_MAX = 2
# calling: 30 days, in minutes
CALL_TTL_MINUTES_MAX = 43200
CALL_PAYLOAD_MAX = 512


def utf16_units(text: str) -> int:
    """
    Count the UTF-16 code units of a text.

    :param text: any text.
    :return: the number of units; an emoji outside the basic plane counts two.
    """
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True)
class Chars:
    """
    A string of so many characters, for use in ``Annotated[str, Chars(1, 24)]``.

    Characters are code points. WhatsApp does not document its unit, and some clients count
    UTF-16 units: a text that is too long only when counted so is let through with a warning.

    :param minimum: the fewest characters.
    :param maximum: the most characters; ``None`` where no limit is documented.
    """

    minimum: int
    maximum: int | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Build pydantic's schema of such a string."""
        schema = core_schema.str_schema(strict=True, min_length=self.minimum, max_length=self.maximum)
        if self.maximum is None:
            return schema
        name = handler.field_name or "a text"
        return core_schema.no_info_after_validator_function(partial(self._warn_of_utf16, name), schema)

    def _warn_of_utf16(self, name: str, text: str) -> str:
        if self.maximum is not None and 2 * len(text) > self.maximum:
            units = utf16_units(text)
            if units > self.maximum:
                log.warning(
                    "%s has %d characters, but %d UTF-16 units, and its limit is %d: WhatsApp does not say "
                    "which it counts and may refuse the message",
                    name,
                    len(text),
                    units,
                    self.maximum,
                )
        return text
