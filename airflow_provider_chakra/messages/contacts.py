"""Contacts messages: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/contacts-messages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages.base import Message, NonEmpty, Part, RuledPart, broken
from airflow_provider_chakra.messages.limits import CONTACTS_MAX, CONTACTS_SAFE, Chars

log = logging.getLogger(__name__)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME_PARTS = ("first_name", "last_name", "middle_name", "suffix", "prefix")


def _day(value: str) -> str:
    if not _DAY.fullmatch(value):
        raise broken("a day as YYYY-MM-DD", "another form", "write it as 1990-02-28")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise broken("a day of the calendar", "a day that does not exist", "check its parts") from None
    return value


def _warn_of_many(contacts: list[Contact]) -> list[Contact]:
    if len(contacts) > CONTACTS_SAFE:
        log.warning(
            "contacts has %d contacts: WhatsApp's documentation allows %d in one place and %d in another, "
            "so it may refuse the message",
            len(contacts),
            CONTACTS_MAX,
            CONTACTS_SAFE,
        )
    return contacts


class ContactName(RuledPart):
    """
    A name, whole and in parts; at least one part is required.

    :param formatted_name: the whole name, as it is shown.
    :param first_name: a part of it.
    :param last_name: a part of it.
    :param middle_name: a part of it.
    :param suffix: a part of it.
    :param prefix: a part of it.
    """

    formatted_name: NonEmpty
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    prefix: str | None = None

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that there is a part of the name beside the whole.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        if all(data.get(name) in (None, "") for name in _NAME_PARTS):
            yield (
                "first_name",
                broken(
                    "required, or another part of the name",
                    "nothing beside formatted_name",
                    f"give one of {', '.join(_NAME_PARTS)}",
                ),
            )


class ContactPhone(Part):
    """
    A phone number of a contact.

    :param phone: the number, as it is shown.
    :param type: such as ``"WORK"`` or ``"HOME"``.
    :param wa_id: the digits of the number on WhatsApp; without it the recipient is offered to invite
        the contact.
    """

    phone: str | None = None
    type: str | None = None
    wa_id: str | None = None


class ContactEmail(Part):
    """
    An e-mail address of a contact.

    :param email: the address.
    :param type: such as ``"WORK"`` or ``"HOME"``.
    """

    email: str | None = None
    type: str | None = None


class ContactUrl(Part):
    """
    A web page of a contact.

    :param url: its address.
    :param type: such as ``"WORK"`` or ``"HOME"``.
    """

    url: str | None = None
    type: str | None = None


class ContactAddress(Part):
    """
    A postal address of a contact.

    :param street: street and number.
    :param city: the city.
    :param state: the state's short name.
    :param zip: the postal code.
    :param country: the country's name.
    :param country_code: the country's ISO code of two letters.
    :param type: such as ``"WORK"`` or ``"HOME"``.
    """

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    type: str | None = None


class ContactOrg(Part):
    """
    Where a contact works.

    :param company: the company.
    :param department: the department.
    :param title: what the contact is there.
    """

    company: str | None = None
    department: str | None = None
    title: str | None = None


class Contact(Part):
    """
    A card with what is known of a person or a business.

    :param name: the name.
    :param phones: phone numbers.
    :param emails: e-mail addresses.
    :param urls: web pages.
    :param addresses: postal addresses.
    :param org: where the contact works.
    :param birthday: as ``YYYY-MM-DD``.
    """

    name: ContactName
    phones: list[ContactPhone] | None = None
    emails: list[ContactEmail] | None = None
    urls: list[ContactUrl] | None = None
    addresses: list[ContactAddress] | None = None
    org: ContactOrg | None = None
    birthday: Annotated[str, Chars(0), AfterValidator(_day)] | None = None


class ContactsMessage(Message):
    """
    A message with contacts.

    :param contacts: 1 to 257; with more than 5 a warning is logged, as Meta's OpenAPI document
        allows only so many.
    """

    kind: ClassVar[str] = "contacts message"

    type: Literal["contacts"] = "contacts"
    contacts: Annotated[
        list[Contact], Field(min_length=1, max_length=CONTACTS_MAX), AfterValidator(_warn_of_many)
    ]
