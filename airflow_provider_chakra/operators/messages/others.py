"""Places, people and reactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.operators.base import from_json, given
from airflow_provider_chakra.operators.messages.base import BaseSendOperator
from airflow_provider_chakra.operators.messages.session import BaseSessionOperator

if TYPE_CHECKING:
    from airflow_provider_chakra.messages import Contact


class SendLocationOperator(BaseSessionOperator):
    """
    Send a place on the map, and return the message's wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/location-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param latitude: decimal degrees from -90 to 90.
    :param longitude: decimal degrees from -180 to 180.
    :param name: name of the place.
    :param address: its address.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    template_fields: Sequence[str] = (
        "latitude",
        "longitude",
        "name",
        "address",
        *BaseSessionOperator.template_fields,
    )

    def __init__(
        self,
        *,
        to: str | int,
        latitude: float | str,
        longitude: float | str,
        name: str | None = None,
        address: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.latitude = latitude
        self.longitude = longitude
        self.name = name
        self.address = address
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``location``.
        """
        location = given(
            latitude=self.latitude, longitude=self.longitude, name=self.name, address=self.address
        )
        return {"type": "location", "location": location}


class SendContactsOperator(BaseSessionOperator):
    """
    Send contact cards, and return the message's wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/contacts-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param contacts: 1 to 257 contacts, best no more than 5, such as
        ``{"name": {"formatted_name": "Asha Rao", "first_name": "Asha"}, "phones": [{"phone": ...}]}``.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    template_fields: Sequence[str] = ("contacts", *BaseSessionOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"contacts": "json"}
    object_fields: ClassVar[frozenset[str]] = BaseSessionOperator.object_fields | {"contacts"}

    def __init__(
        self, *, to: str | int, contacts: Sequence[Mapping[str, Any] | Contact] | str, **kwargs: Any
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.contacts = contacts
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``contacts``.
        """
        return {"type": "contacts", "contacts": from_json(self.contacts)}


class SendReactionOperator(BaseSendOperator):
    """
    React to a message with an emoji, and return the reaction's wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote, for messages of the last 30
    days.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/reaction-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param wamid: the message to react to.
    :param emoji: one emoji; an empty text takes the reaction away.
    :param kwargs: as for :class:`.SendTextOperator`, without ``reply_to`` and ``fallback_template``.
    """

    template_fields: Sequence[str] = ("wamid", "emoji", *BaseSendOperator.template_fields)

    def __init__(self, *, to: str | int, wamid: str, emoji: str, **kwargs: Any) -> None:
        super().__init__(to=to, **kwargs)
        self.wamid = wamid
        self.emoji = emoji
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``reaction``.
        """
        return {"type": "reaction", "reaction": {"message_id": self.wamid, "emoji": self.emoji}}
