"""Templates."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.operators.base import from_json
from airflow_provider_chakra.operators.messages.base import BaseSendOperator, UnsendableMessageError

if TYPE_CHECKING:
    import jinja2
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.messages import Message

_WAYS = ("meta", "chakra")
# Airflow moved it twice.
_MASKERS = (
    "airflow.sdk.log",
    "airflow.sdk.execution_time.secrets_masker",
    "airflow.utils.log.secrets_masker",
)


class _Code:
    """A one-time code that shows itself to nobody, Airflow's view of rendered templates included."""

    def __init__(self, code: Any) -> None:
        self.code = code

    def __str__(self) -> str:
        return "***"

    __repr__ = __str__


class SendTemplateOperator(BaseSendOperator):
    """
    Send a template, and return its wamid. WhatsApp takes it at any time.

    .. code-block:: python

        SendTemplateOperator(
            task_id="shipped",
            to="919876543210",
            name="order_shipped",
            language="en_US",
            header={"image": "https://cdn.example.com/parcel.jpg"},
            body={"customer": "Asha", "order": 4711},
            buttons=[{"url": "track/4711"}, {"quick_reply": "STOP"}],
        )

    Before it sends, it looks whether the template is there in this language, is approved, and wants
    what it is given. It asks ChakraHQ's list of templates for that, which needs the connection's
    ``waba_id``; without one it does not look. A process asks once in five minutes for each template. If
    the list cannot be read, it logs a warning and sends: WhatsApp is the judge.

    .. seealso:: https://apidocs.chakrahq.com (Send Template Message (Meta API Format), Send Whatsapp
        Template Message For A Phone Number, Send Whatsapp Template Message For Process),
        https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates

    :param to: as for :class:`.SendTextOperator`. None with ``process``.
    :param name: the template's name.
    :param language: the language in which it was approved, such as ``"en_US"``.
    :param body: values of the body's variables: a list, in the order of ``{{1}}``, ``{{2}}``; or a mapping
        by their names. Texts, numbers and dates are written as ``str`` writes them; format them yourself
        to have them otherwise. A mapping among the values is a parameter in WhatsApp's own shape, such as
        ``{"type": "currency", ...}``. WhatsApp takes no line breaks, tabs, or more than 4 blanks in a row,
        and at most 1024 characters.
    :param header: the value of the header's variable, with ``{"text": value, "parameter_name": name}``
        where it has a name; or ``{"image": link}``, ``{"video": link}``, ``{"document": link, "filename":
        name}`` with a public link or ``{"id": media_id}``; or ``{"location": {"latitude": ..., "longitude":
        ..., "name": ..., "address": ...}}``; or ``{"product": {"catalog_id": ..., "product_retailer_id":
        ...}}``.
    :param buttons: what the buttons need, in their order, with ``None`` for one that needs nothing; or
        with its place, as ``{"index": 1, ...}``. Each is one of ``{"url": end_of_the_address}``,
        ``{"quick_reply": what_comes_back}``, ``{"copy_code": code}``, ``{"flow": {"flow_token": ...,
        "flow_action_data": ...}}``, ``{"catalog": product_retailer_id}`` and ``{"mpm":
        {"thumbnail_product_retailer_id": ..., "sections": ...}}``.
    :param otp: the code of an authentication template, at most 15 characters, which fills its body and
        its button. Airflow's view of rendered templates shows ``***``, and logs are masked, as far as
        Airflow does that: not for codes of fewer than 5 characters. A code that another task returned
        stands in XCom.
    :param components: all components in WhatsApp's own shape, instead of ``body``, ``header``, ``buttons``
        and ``otp``: for carousels and limited-time offers.
    :param via: ``"meta"`` hands the message through to WhatsApp; ``"chakra"`` makes ChakraHQ's own call,
        which knows texts, links and one variable address only, no ``reply_to`` and no ``callback_data``.
    :param process: sends to the phone number of a record in ChakraHQ, with ChakraHQ's own call: short id
        of the procedure, a slash, and the record's primary key or id, such as ``"lead/LEAD-004038"``.
    :param check_template: whether to look at the template before sending.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    template_fields: Sequence[str] = (
        "otp",
        "name",
        "language",
        "body",
        "header",
        "buttons",
        "components",
        "via",
        "process",
        "check_template",
        *BaseSendOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {
        "body": "json",
        "header": "json",
        "buttons": "json",
        "components": "json",
    }
    object_fields: ClassVar[frozenset[str]] = frozenset({"body", "buttons", "components"})

    def __init__(
        self,
        *,
        name: str,
        language: str,
        to: str | int | None = None,
        body: Sequence[Any] | Mapping[str, Any] | str | None = None,
        header: str | Mapping[str, Any] | None = None,
        buttons: Sequence[Mapping[str, Any] | None] | str | None = None,
        otp: str | None = None,
        components: Sequence[Mapping[str, Any]] | str | None = None,
        via: str = "meta",
        process: str | None = None,
        check_template: bool | str = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.name = name
        self.language = language
        self.body = body
        self.header = header
        self.buttons = buttons
        self.otp = otp
        self.components = components
        self.via = via
        self.process = process
        self.check_template = check_template
        self.check_early()

    def render_template(
        self,
        content: Any,
        context: Context,
        jinja_env: jinja2.Environment | None = None,
        seen_oids: set[int] | None = None,
    ) -> Any:
        """Render templates, see :meth:`.BaseChakraOperator.render_template`, and hide ``otp``."""
        is_code = content is not None and content is self.otp
        rendered = super().render_template(content, context, jinja_env, seen_oids)
        if not is_code or rendered is None or rendered == "" or isinstance(rendered, _Code):
            return rendered
        _mask(str(rendered))
        return _Code(rendered)

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``template``.
        """
        components, _ = self._content()
        template = {"name": self.name, "language": {"code": self.language}}
        return {"type": "template", "template": template | ({"components": components} if components else {})}

    def argument_problems(self) -> list[Problem]:
        """Check what the payload can no longer tell."""
        problems = list(self._content()[1])
        if self.via not in _WAYS:
            problems.append(Problem("via", f"one of {', '.join(_WAYS)}", "another text", "choose one"))
        if self.process:
            if self.to:
                problems.append(Problem("to", "nothing beside process", "a recipient", "keep one of the two"))
            if self.wait_for:
                mend = "leave it out: ChakraHQ finds the number, and does not tell it"
                problems.append(Problem("wait_for", "nothing with process", "a value", mend))
            procedure, slash, record = str(self.process).partition("/")
            if not (procedure and slash and record):
                mend = 'write it as "lead/LEAD-004038"'
                problems.append(Problem("process", "a procedure, a slash and a record", "another text", mend))
        if self._through_chakra():
            problems += [
                Problem(
                    name, 'nothing with via="chakra" or process', "a value", 'leave it out, or use via="meta"'
                )
                for name in ("reply_to", "callback_data")
                if getattr(self, name)
            ]
        return problems

    def envelope(self) -> dict[str, Any]:
        """Give what the arguments say about recipient, reply and callback data."""
        # WhatsApp's rules ask for a recipient; ChakraHQ finds the record's, and this one goes nowhere.
        return super().envelope() | ({"to": "10000000"} if self.process and not self.to else {})

    def sender(self) -> dict[str, str]:
        """Say what the message goes out from, and by which way."""
        ways = {"via": "chakra"} if self._through_chakra() else {}
        return {**super().sender(), **ways, **({"process": str(self.process)} if self.process else {})}

    def prepare(self, message: Message) -> Message:
        """
        Compare the template with WhatsApp's list.

        :param message: the message.
        :return: the message.
        :raises UnsendableMessageError: if it does not fit; nothing was sent.
        """
        if self.flag("check_template", default=True):
            from airflow_provider_chakra.operators.template_check import problems_before_sending

            components = message.payload()["template"].get("components", [])
            problems = problems_before_sending(self.hook, self.name, self.language, components)
            if problems:
                raise UnsendableMessageError(f"template message {self.name} ({self.language})", problems)
        return super().prepare(message)

    def deliver(self, message: Message) -> str:
        """
        Make the request.

        :param message: the message to send.
        :return: its wamid.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        if not self._through_chakra():
            return super().deliver(message)
        content, _ = self._chakra_content(message)
        started = time.monotonic()
        if self.process:
            procedure, _, record = str(self.process).partition("/")
            wamid = self.hook.templates.send_to_process(procedure, record, content).wamid
        else:
            wamid = self.hook.templates.send_to_number(str(message.to), content).wamid
        self.log.info(
            "ChakraHQ sent the %s to %s as %s in %.0f ms",
            message.kind,
            message.masked_recipient,
            wamid,
            (time.monotonic() - started) * 1000,
        )
        return wamid

    def _check(self) -> Message:
        message = super()._check()
        if not self._through_chakra():
            return message
        _, problems = self._chakra_content(message)
        if message.to is None:
            mend = 'send it with via="meta"'
            problems.append(Problem("to", "a phone number", "a business-scoped user id", mend))
        if problems:
            raise UnsendableMessageError(message.kind, problems)
        if self.process:
            from airflow_provider_chakra.api.chakra_template import without_recipient

            return without_recipient(message)
        return message

    def _content(self) -> tuple[list[Any], list[Problem]]:
        from airflow_provider_chakra.messages.template_content import template_content

        header = self.header
        # A text may look like a number in JSON, and must stay the text it is.
        if isinstance(header, str) and header.lstrip().startswith("{"):
            header = from_json(header)
        return template_content(
            body=_given(from_json(self.body)),
            header=_given(header),
            buttons=_given(from_json(self.buttons)),
            otp=_given(self._otp()),
            components=_given(from_json(self.components)),
        )

    def _chakra_content(self, message: Message) -> tuple[dict[str, Any], list[Problem]]:
        from airflow_provider_chakra.api.chakra_template import chakra_content

        otp = _given(self._otp())
        return chakra_content(message.payload()["template"], None if otp is None else str(otp))

    def _otp(self) -> Any:
        return self.otp.code if isinstance(self.otp, _Code) else self.otp

    def _through_chakra(self) -> bool:
        return bool(self.process) or self.via == "chakra"


def _given(value: Any) -> Any:
    # What a template of an optional value gives.
    return None if isinstance(value, str) and not value else value


def _mask(code: str) -> None:
    for name in _MASKERS:
        try:
            mask_secret = import_module(name).mask_secret
        except (ImportError, AttributeError):
            continue
        mask_secret(code)
        return
