"""Messages that the recipient answers with a tap: lists, buttons, links and flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.operators.base import from_json, given
from airflow_provider_chakra.operators.messages.session import BaseSessionOperator

if TYPE_CHECKING:
    from airflow_provider_chakra.messages import Row, Section

_MEDIA = ("image", "video", "document")


class BaseInteractiveOperator(BaseSessionOperator):
    """
    Send a body with something to tap, and what stands above and below it.

    A subclass says in :meth:`action` what there is to tap.

    :param body: 1 to 1024 characters.
    :param header: at most 60 characters above the body.
    :param footer: at most 60 characters below it.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    #: WhatsApp's name of this kind.
    interactive_type: ClassVar[str]
    template_fields: Sequence[str] = ("body", "header", "footer", *BaseSessionOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"body": "md"}
    stand_ins: ClassVar[Mapping[str, Any]] = {
        **BaseSessionOperator.stand_ins,
        "body": "?",
        "header": None,
        "footer": None,
    }

    def __init__(
        self,
        *,
        to: str | int,
        body: str,
        header: str | Mapping[str, Any] | None = None,
        footer: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.body = body
        self.header = header
        self.footer = footer

    def action(self) -> dict[str, Any]:
        """
        Say what there is to tap.

        :return: the payload's ``interactive.action``.
        """
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``interactive``.
        """
        interactive: dict[str, Any] = {"type": self.interactive_type, "body": {"text": self.body}}
        if self.header:
            interactive["header"] = header_of(self.header)
        if self.footer:
            interactive["footer"] = {"text": self.footer}
        return {"type": "interactive", "interactive": {**interactive, "action": self.action()}}


def header_of(header: Any) -> Any:
    """Put a header into WhatsApp's shape: a text, or the link of a file by its kind."""
    header = from_json(header) if isinstance(header, str) and header.lstrip().startswith("{") else header
    if isinstance(header, str):
        return {"type": "text", "text": header}
    if not isinstance(header, Mapping) or "type" in header:
        return header
    kind = next((name for name in _MEDIA if name in header), None)
    if kind is None or not isinstance(header[kind], str):
        return header
    others = {name: value for name, value in header.items() if name != kind}
    return {"type": kind, kind: {"link": header[kind], **others}}


class SendListOperator(BaseInteractiveOperator):
    """
    Send a list of up to ten rows to choose one from, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param button: 1 to 20 characters on the button that opens the list.
    :param sections: ``[{"title": ..., "rows": [...]}, ...]``, with ten rows in all of them together; a
        title has at most 24 characters, and may be missing where there is one section.
    :param rows: the short form for one section: ``[{"id": ..., "title": ..., "description": ...}, ...]``;
        ids of 1 to 200 characters, titles of 1 to 24, descriptions, which may be missing, of at
        most 72.
    :param body: 1 to 1024 characters.
    :param header: at most 60 characters above the body.
    :param footer: at most 60 characters below it.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    interactive_type = "list"
    template_fields: Sequence[str] = (
        "button",
        "sections",
        "rows",
        *BaseInteractiveOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"body": "md", "sections": "json", "rows": "json"}
    object_fields: ClassVar[frozenset[str]] = BaseInteractiveOperator.object_fields | {"sections", "rows"}

    def __init__(
        self,
        *,
        button: str,
        sections: Sequence[Mapping[str, Any] | Section] | str | None = None,
        rows: Sequence[Mapping[str, Any] | Row] | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.button = button
        self.sections = sections
        self.rows = rows
        self.check_early()

    def action(self) -> dict[str, Any]:
        """Give the button and the rows behind it."""
        action: dict[str, Any] = {"button": self.button}
        if self.sections is not None:
            action["sections"] = from_json(self.sections)
        elif self.rows is not None:
            action["sections"] = [{"rows": from_json(self.rows)}]
        return action

    def argument_problems(self) -> list[Problem]:
        """
        Check that there is one list of rows.

        :return: the broken rules.
        """
        problems = super().argument_problems()
        if self.sections is None or self.rows is None:
            return problems
        return [
            *problems,
            Problem("sections", "exactly one of sections and rows", "both", "put the rows into the sections"),
        ]


class SendButtonsOperator(BaseInteractiveOperator):
    """
    Send up to three buttons to choose one from, and return the message's wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param body: 1 to 1024 characters.
    :param buttons: 1 to 3 of ``{"id": ..., "title": ...}``, or the short form ``{id: title, ...}``; ids
        of 1 to 256 characters, titles of 1 to 20.
    :param header: at most 60 characters above the body; or a file, as
        ``{"image": link}``, ``{"video": link}`` or ``{"document": link, "filename": ...}``.
    :param footer: at most 60 characters below it.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    interactive_type = "button"
    template_fields: Sequence[str] = ("buttons", *BaseInteractiveOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"body": "md", "buttons": "json"}
    object_fields: ClassVar[frozenset[str]] = BaseInteractiveOperator.object_fields | {"buttons"}

    def __init__(
        self, *, buttons: Sequence[Mapping[str, Any]] | Mapping[str, str] | str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.buttons = buttons
        self.check_early()

    def action(self) -> dict[str, Any]:
        """Give the buttons."""
        buttons = from_json(self.buttons)
        if isinstance(buttons, Mapping):
            buttons = [{"id": button_id, "title": title} for button_id, title in buttons.items()]
        if isinstance(buttons, list | tuple):
            buttons = [_button(button) for button in buttons]
        return {"buttons": buttons}


def _button(button: Any) -> Any:
    is_short = isinstance(button, Mapping) and "reply" not in button
    return {"type": "reply", "reply": button} if is_short else button


class SendCtaUrlOperator(BaseInteractiveOperator):
    """
    Send a button that opens a web page, and return the message's wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-cta-url-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param body: 1 to 1024 characters.
    :param button: 1 to 20 characters on the button.
    :param url: http or https address that it opens.
    :param header: as for :class:`SendButtonsOperator`.
    :param footer: at most 60 characters below the body.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    interactive_type = "cta_url"
    template_fields: Sequence[str] = ("button", "url", *BaseInteractiveOperator.template_fields)

    def __init__(self, *, button: str, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.button = button
        self.url = url
        self.check_early()

    def action(self) -> dict[str, Any]:
        """Give the button and its address."""
        return {"name": "cta_url", "parameters": {"display_text": self.button, "url": self.url}}


class SendFlowOperator(BaseInteractiveOperator):
    """
    Send a button that opens a flow, and return the message's wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/flows/guides/sendingaflow

    :param to: phone number with its country code, or a business-scoped user id.
    :param body: 1 to 1024 characters.
    :param button: 1 to 30 characters on the button, best without emoji.
    :param flow_id: id of the flow; exactly one of it and ``flow_name``.
    :param flow_name: name of the flow.
    :param flow_token: comes back with the answer.
    :param screen: the first screen.
    :param data: what the first screen gets, not empty.
    :param flow_action: ``"navigate"``, which WhatsApp takes for granted, or ``"data_exchange"``.
    :param mode: ``"draft"`` for a flow that is not published yet.
    :param header: as for :class:`SendButtonsOperator`.
    :param footer: at most 60 characters below the body.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    interactive_type = "flow"
    template_fields: Sequence[str] = (
        "button",
        "flow_id",
        "flow_name",
        "flow_token",
        "screen",
        "data",
        "flow_action",
        "mode",
        *BaseInteractiveOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"body": "md", "data": "json"}
    object_fields: ClassVar[frozenset[str]] = BaseInteractiveOperator.object_fields | {"data"}

    def __init__(
        self,
        *,
        button: str,
        flow_id: str | None = None,
        flow_name: str | None = None,
        flow_token: str | None = None,
        screen: str | None = None,
        data: Mapping[str, Any] | str | None = None,
        flow_action: str | None = None,
        mode: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.button = button
        self.flow_id = flow_id
        self.flow_name = flow_name
        self.flow_token = flow_token
        self.screen = screen
        self.data = data
        self.flow_action = flow_action
        self.mode = mode
        self.check_early()

    def action(self) -> dict[str, Any]:
        """Give the button and its flow."""
        first_screen = given(screen=self.screen, data=from_json(self.data))
        parameters = given(
            flow_message_version="3",
            flow_id=self.flow_id,
            flow_name=self.flow_name,
            flow_cta=self.button,
            mode=self.mode,
            flow_token=self.flow_token,
            flow_action=self.flow_action,
            flow_action_payload=first_screen or None,
        )
        return {"name": "flow", "parameters": parameters}
