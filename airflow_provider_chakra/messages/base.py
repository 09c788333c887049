"""The envelope that every message has, and what all models of messages share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from airflow_provider_chakra.messages.limits import BSUID_MAX, CALLBACK_DATA_MAX, Chars
from airflow_provider_chakra.messages.problems import json_type
from airflow_provider_chakra.messages.recipient import (
    RecipientError,
    is_bsuid,
    is_group_id,
    mask,
    phone_digits,
)

#: Pass as ``context`` to ``model_validate`` where the payload must be whole as it stands.
WHOLE_PAYLOAD = {"whole_payload": True}

NonEmpty = Annotated[str, Chars(1)]


def broken(limit: str, given: str, mend: str) -> PydanticCustomError:
    """
    Tell a broken rule in the parts that :class:`~airflow_provider_chakra.exceptions.Problem` has.

    :param limit: what the field must be.
    :param given: what was given, without the message's text.
    :param mend: how to mend it.
    :return: an error for pydantic.
    """
    return PydanticCustomError(
        "chakra", "{limit}; given: {given}; {mend}", {"limit": limit, "given": given, "mend": mend}
    )


def exactly_one(
    data: Mapping[str, Any], one: str, other: str, mend: str
) -> Iterator[tuple[str, PydanticCustomError]]:
    """
    Check that there is exactly one of two fields.

    :param data: the raw input.
    :param one: a field, which the error names.
    :param other: the other one.
    :param mend: how to mend it where there is neither.
    :return: the broken rule, with the field to name, if it is broken.
    """
    given = [name for name in (one, other) if data.get(name) is not None]
    if len(given) != 1:
        found, mend = ("both", "keep one of them") if given else ("neither", mend)
        yield one, broken(f"exactly one of {one} and {other}", found, mend)


def value_of(part: Any, name: str) -> Any:
    """
    Read a field of a part that is not validated yet: a mapping, a model, or anything else.

    :param part: the part.
    :param name: the field's name.
    :return: its value, ``None`` where there is none.
    """
    return part.get(name) if isinstance(part, Mapping) else getattr(part, name, None)


class Part(BaseModel):
    """A piece of a message in the wire's own shape: strict types, no unknown fields, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Keep what a message says out of logs and tracebacks."""
        yield None, "..."


class RuledPart(Part):
    """
    A part with rules that concern several of its fields, stated in :meth:`cross_rules`.

    They are tried on the raw input, so that they are reported together with what is wrong with
    single fields.
    """

    #: Fields with one possible value: a constructor fills them in, a whole payload must have them.
    spelled_out: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check what single fields cannot tell.

        :param data: the raw input; its values may be of any type.
        :return: each broken rule, with the field to name.
        """
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _report_all_at_once(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if not isinstance(data, Mapping):
            return handler(data)
        data = cls._prepared(data)
        broken_rules = list(cls.cross_rules(data))
        if info.context == WHOLE_PAYLOAD:
            broken_rules += [
                (name, broken("required", "nothing", f"set it to {json.dumps(value)}"))
                for name, value in cls.spelled_out.items()
                if name not in data
            ]
        errors = [InitErrorDetails(type=error, loc=(field,), input=None) for field, error in broken_rules]
        try:
            part = handler(data)
        except ValidationError as error:
            raise ValidationError.from_exception_data(cls.__name__, [*_details(error), *errors]) from None
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return part

    @classmethod
    def _prepared(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return data


def _details(error: ValidationError) -> Iterator[InitErrorDetails]:
    for line in error.errors(include_url=False):
        context = line.get("ctx", {})
        kind = (
            PydanticCustomError("chakra", "{limit}; given: {given}; {mend}", context)
            if line["type"] == "chakra"
            else line["type"]
        )
        yield InitErrorDetails(type=kind, loc=line["loc"], input=line["input"], ctx=context)


def _recipient(value: Any, info: ValidationInfo) -> str:
    if info.data.get("recipient_type") == "group":
        if is_group_id(value):
            return str(value)
        raise broken(
            "a group id, as recipient_type is group",
            "a phone number or something else",
            "give the group's id, or leave recipient_type out",
        )
    try:
        return phone_digits(value)
    except RecipientError as error:
        if is_bsuid(value):
            raise broken(
                "a phone number", "a business-scoped user id", "put it into the field recipient"
            ) from None
        if is_group_id(value) and len(value) > 20:
            raise broken(
                "a phone number", "what looks like a group id", "set recipient_type to group"
            ) from None
        raise broken(
            "a phone number with its country code, 7 to 15 digits", error.given, error.mend
        ) from None


def _user_id(value: Any) -> str:
    if is_bsuid(value):
        return str(value)
    raise broken(
        "a business-scoped user id: country code, a dot, letters and digits, such as IN.1349120865530274",
        repr(mask(value[:BSUID_MAX])) if isinstance(value, str) else json_type(value),
        "take it from user_id of an inbound message; a phone number goes into the field to",
    )


class Context(Part):
    """
    The message that this one answers.

    :param message_id: its wamid.
    """

    message_id: NonEmpty


class Sendable(RuledPart):
    """What WhatsApp's end point for messages takes: a message, or a read receipt."""

    #: The kind in words, for people: "text message".
    kind: ClassVar[str] = "message"
    spelled_out: ClassVar[Mapping[str, str]] = {"messaging_product": "whatsapp"}

    messaging_product: Literal["whatsapp"] = "whatsapp"

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Keep what a message says, and the whole recipient, out of logs and tracebacks."""
        yield "recipient", self.masked_recipient

    @property
    def masked_recipient(self) -> str:
        """The recipient, fit for a log: such as ``91******3210``."""
        raise NotImplementedError

    def payload(self) -> dict[str, Any]:
        """
        Give the JSON to send.

        :return: a new dict, without nulls, with nothing that was not asked for.
        """
        return self.model_dump(mode="json", exclude_none=True)


class Message(Sendable):
    """
    The envelope of every message.

    https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages

    :param to: phone number with its country code; ``+``, blanks, hyphens and parentheses are taken
        off, and 7 to 15 digits stay. With ``recipient_type="group"`` the id of a group. A
        business-scoped user id goes over to ``recipient``.
    :param recipient: business-scoped user id of somebody who hides the phone number. If ``to`` is
        there too, WhatsApp follows ``to``.
    :param recipient_type: ``"individual"``, which WhatsApp takes for granted, or ``"group"``.
    :param context: the message to answer.
    :param biz_opaque_callback_data: at most 512 characters that come back with every delivery status.
    :param recipient_identity_key_hash: refuse the message if the recipient's identity changed.
    """

    #: Whether WhatsApp takes this kind of message in a group.
    for_groups: ClassVar[bool] = False

    recipient_type: Literal["individual", "group"] | None = None
    to: Annotated[str, BeforeValidator(_recipient)] | None = None
    recipient: Annotated[str, BeforeValidator(_user_id)] | None = None
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, Chars(0, CALLBACK_DATA_MAX)] | None = None
    recipient_identity_key_hash: NonEmpty | None = None

    @classmethod
    def _prepared(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if is_bsuid(data.get("to")) and data.get("recipient") is None:
            data = {**data, "recipient": data["to"]}
            del data["to"]
        return data

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that there is a recipient, and that it may get this kind of message.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        if data.get("recipient_type") == "group":
            if not cls.for_groups:
                yield (
                    "recipient_type",
                    broken(
                        "individual for this kind of message",
                        "'group'",
                        "groups take text, media, template and pin messages only",
                    ),
                )
            if data.get("to") is None:
                yield "to", broken("required", "nothing", "give the group's id")
        elif data.get("to") is None and data.get("recipient") is None:
            yield (
                "to",
                broken(
                    "required", "nothing", "give a phone number, or a business-scoped user id in recipient"
                ),
            )

    @property
    def masked_recipient(self) -> str:
        """The recipient, fit for a log: such as ``91******3210``."""
        return mask(self.to or self.recipient)
