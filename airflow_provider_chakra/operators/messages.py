"""Operators that send WhatsApp messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.operators.base import BaseSendOperator, from_json, given

if TYPE_CHECKING:
    from airflow_provider_chakra.messages import Row, Section


class SendTextOperator(BaseSendOperator):
    """
    Send a text, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages

    :param to: phone number with its country code, such as ``"919876543210"`` (``+``, blanks,
        hyphens and parentheses are taken off), or a business-scoped user id.
    :param body: 1 to 4096 characters; WhatsApp's markup, line breaks and emoji are fine.
    :param preview_url: whether to show a preview of the first link.
    :param kwargs: ``reply_to``, ``callback_data``, ``chakra_conn_id``, ``plugin_id``,
        ``phone_number_id``, ``api_version``, see :class:`.BaseSendOperator`, and what every
        operator of Airflow's takes.
    """

    template_fields: Sequence[str] = ("body", "preview_url", *BaseSendOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"body": "md"}

    def __init__(
        self, *, to: str | int, body: str, preview_url: bool | str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.body = body
        self.preview_url = preview_url
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``text``.
        """
        # A template gives the text of a boolean, unless the Dag renders natively.
        preview = {"True": True, "False": False}.get(str(self.preview_url), self.preview_url)
        return {"type": "text", "text": {"body": self.body, **given(preview_url=preview)}}


class SendImageOperator(BaseSendOperator):
    """
    Send an image, JPEG or PNG of at most 5 MB, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote. It fetches the image
    after it accepted the message: a link that it cannot read fails only then, and not here.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/image-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param link: http or https address of the image that everyone can reach.
    :param media_id: id of an uploaded image, in the place of ``link``.
    :param caption: at most 1024 characters below the image.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    template_fields: Sequence[str] = ("link", "media_id", "caption", *BaseSendOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"caption": "md"}

    def __init__(
        self,
        *,
        to: str | int,
        link: str | None = None,
        media_id: str | None = None,
        caption: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.link = link
        self.media_id = media_id
        self.caption = caption
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``image``.
        """
        return {"type": "image", "image": given(link=self.link, id=self.media_id, caption=self.caption)}


class SendListOperator(BaseSendOperator):
    """
    Send a list of up to ten rows to choose one from, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param body: 1 to 1024 characters.
    :param button: 1 to 20 characters on the button that opens the list.
    :param sections: ``[{"title": ..., "rows": [...]}, ...]``, with ten rows in all of them together; a
        title has at most 24 characters, and may be missing where there is one section.
    :param rows: the short form for one section: ``[{"id": ..., "title": ..., "description": ...}, ...]``;
        ids of 1 to 200 characters, titles of 1 to 24, descriptions, which may be missing, of at
        most 72.
    :param header: at most 60 characters above the body.
    :param footer: at most 60 characters below it.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    template_fields: Sequence[str] = (
        "body",
        "button",
        "sections",
        "rows",
        "header",
        "footer",
        *BaseSendOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"body": "md", "sections": "json", "rows": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"sections", "rows"})

    def __init__(
        self,
        *,
        to: str | int,
        body: str,
        button: str,
        sections: Sequence[Mapping[str, Any] | Section] | str | None = None,
        rows: Sequence[Mapping[str, Any] | Row] | str | None = None,
        header: str | None = None,
        footer: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.body = body
        self.button = button
        self.sections = sections
        self.rows = rows
        self.header = header
        self.footer = footer
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``interactive``.
        """
        interactive: dict[str, Any] = {"type": "list", "body": {"text": self.body}}
        if self.header:
            interactive["header"] = {"type": "text", "text": self.header}
        if self.footer:
            interactive["footer"] = {"text": self.footer}
        interactive["action"] = {"button": self.button}
        if self.sections is not None:
            interactive["action"]["sections"] = from_json(self.sections)
        elif self.rows is not None:
            interactive["action"]["sections"] = [{"rows": from_json(self.rows)}]
        return {"type": "interactive", "interactive": interactive}

    def argument_problems(self) -> list[Problem]:
        """
        Check that there is one list of rows.

        :return: the broken rules.
        """
        if self.sections is None or self.rows is None:
            return []
        return [
            Problem("sections", "exactly one of sections and rows", "both", "put the rows into the sections")
        ]


class SendMessageOperator(BaseSendOperator):
    """
    Send a message of any type, and return its wamid.

    Of types that have no operator of their own only the envelope is checked before they are sent.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages

    :param payload: the whole payload, in WhatsApp's own shape.
    :param to: goes before the payload's ``to`` and ``recipient``.
    :param reply_to: goes before the payload's ``context``.
    :param callback_data: goes before the payload's ``biz_opaque_callback_data``.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    template_fields: Sequence[str] = ("payload", *BaseSendOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"payload": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"payload"})

    def __init__(self, *, payload: Mapping[str, Any] | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.payload = payload
        self.check_early()

    def payload_to_send(self) -> Any:
        """
        Put the whole payload together from the arguments as they are now.

        :return: the payload, not checked yet; if a template gave no mapping, whatever it gave.
        """
        payload, envelope = from_json(self.payload), self.envelope()
        if not isinstance(payload, Mapping):
            return payload
        replaced = {"to", "recipient"} if "to" in envelope else set()
        return {name: value for name, value in payload.items() if name not in replaced} | envelope
