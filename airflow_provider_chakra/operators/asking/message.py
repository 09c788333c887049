"""The message that asks."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from airflow_provider_chakra.exceptions import ChakraConfigError, Problem
from airflow_provider_chakra.messages.marks import NO_MARK, marked, unmarked
from airflow_provider_chakra.operators.asking.options import Option, action
from airflow_provider_chakra.operators.asking.plan import Times
from airflow_provider_chakra.operators.base import from_json
from airflow_provider_chakra.operators.deliveries import LONGEST
from airflow_provider_chakra.operators.messages.interactive import header_of
from airflow_provider_chakra.operators.messages.session import BaseSessionOperator

if TYPE_CHECKING:
    from airflow_provider_chakra.messages import Message

_IN_VAIN = ("wait_for", "wait_timeout", "on_wait_timeout")
_NO_ID = ("another text", "give it the id of an answer, or leave its payload out")


class BaseQuestionOperator(BaseSessionOperator):
    """
    Send a question with answers to choose from.

    A subclass says in :meth:`options_to_choose` what may be answered.

    :param to: phone number with its country code, or a business-scoped user id; or several of them.
    :param question: 1 to 1024 characters.
    :param header: at most 60 characters above the question; with buttons also a file, as for
        :class:`.SendButtonsOperator`.
    :param footer: at most 60 characters below it.
    :param button: 1 to 20 characters on the button that opens a list.
    :param answer_timeout: seconds, or a ``timedelta``, until answers no longer count.
    :param on_silence: what becomes of the task if nobody answered in time.
    :param confirmation: a text to who answered, sent once; or such texts by the ids of the answers.
    :param kwargs: as for :class:`.BaseSessionOperator`, but for ``wait_for``.
    """

    template_fields: Sequence[str] = (
        "question",
        "header",
        "footer",
        "button",
        "answer_timeout",
        "on_silence",
        "confirmation",
        # How the answer is waited for, the fields above say.
        *(name for name in BaseSessionOperator.template_fields if name not in _IN_VAIN),
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"question": "md"}
    stand_ins: ClassVar[Mapping[str, Any]] = {
        **BaseSessionOperator.stand_ins,
        "question": "?",
        "header": None,
        "footer": None,
        "confirmation": None,
    }
    to: Any
    #: What ``on_silence`` may be.
    ways_of_silence: ClassVar[tuple[str, ...]]
    #: The mark of the question, see :mod:`.marks`: one for each task instance.
    mark: str = NO_MARK
    #: What the message is for: a part of what the ledger knows it by.
    step: str = "question"

    def __init__(
        self,
        *,
        to: str | int | Sequence[str | int],
        question: str,
        header: str | Mapping[str, Any] | None = None,
        footer: str | None = None,
        button: str = "Choose",
        answer_timeout: float | timedelta | str = 24 * 3600,
        on_silence: str = "fail",
        confirmation: str | Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # What default_args give is meant for others.
        self._given_in_vain = sorted({*_IN_VAIN[1:]}.intersection(kwargs))
        self.to = to
        self.question = question
        self.header = header
        self.footer = footer
        self.button = button
        self.answer_timeout = answer_timeout
        self.on_silence = on_silence
        self.confirmation = confirmation

    def options_to_choose(self) -> list[Option]:
        """Give what may be answered."""
        raise NotImplementedError

    def times(self) -> Times:
        """
        Give when what is due.

        :raises ChakraConfigError: if an argument is no time span.
        """
        closes_after = self.span("answer_timeout")
        if closes_after is None:
            raise ChakraConfigError("answer_timeout must be a number of seconds, or a timedelta.")
        return Times(closes_after)

    def span(self, name: str) -> float | None:
        """
        Read an argument that is a time span.

        :param name: the argument's name.
        :return: seconds; ``None`` for none.
        :raises ChakraConfigError: if it is none.
        """
        seconds = self.seconds(name)
        if seconds is not None and not 0 < seconds <= LONGEST:
            raise ChakraConfigError(
                f"{name} must be a number of seconds, or a timedelta, above 0 and of ten years at most."
            )
        return seconds

    def people(self) -> list[Any]:
        """Give who may be asked, in their order."""
        to = from_json(self.to) if isinstance(self.to, str) and self.to.startswith("[") else self.to
        return list(to) if isinstance(to, list | tuple) else [to]

    def to_one(self, person: Any, step: str, **fields: Any) -> Self:
        """
        Give the same message to one person.

        :param person: whom.
        :param step: what it is for.
        :param fields: what is different.
        """
        message = copy.copy(self)
        changed = {"to": person, "step": step, "fallback_template": self._marked_template(), **fields}
        for name, value in changed.items():
            setattr(message, name, value)
        return message

    def envelope(self) -> dict[str, Any]:
        """Give what the arguments say about recipient, reply and callback data."""
        envelope = super().envelope()
        return {**envelope, "to": next(iter(self.people()), None)} if "to" in envelope else envelope

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``interactive``.
        """
        kind, shown = action(self.options_to_choose(), self.button, self.mark)
        interactive: dict[str, Any] = {"type": kind, "body": {"text": self.question}}
        if self.header:
            interactive["header"] = header_of(self.header)
        if self.footer:
            interactive["footer"] = {"text": self.footer}
        return {"type": "interactive", "interactive": {**interactive, "action": shown}}

    def argument_problems(self) -> list[Problem]:
        """
        Check what the payload can no longer tell.

        :return: the broken rules.
        :raises ChakraConfigError: if an argument is no time span.
        """
        from airflow_provider_chakra.messages.limits import TEXT_BODY_MAX
        from airflow_provider_chakra.messages.recipient import RecipientError, is_bsuid, phone_digits

        self.times()
        problems, people = super().argument_problems(), []
        for number, person in enumerate(self.people()):
            if is_bsuid(person):
                people.append(person)
                if not self.deferrable:
                    mend = "leave deferrable out: only the triggerer hears webhooks"
                    problems.append(Problem(f"to[{number}]", "a phone number", "a user id", mend))
                continue
            try:
                people.append(phone_digits(person))
            except RecipientError as error:
                # Of the first one the payload tells.
                if number:
                    problems.append(Problem(f"to[{number}]", "a recipient", error.given, error.mend))
        problems += [
            Problem(f"to[{number}]", "each person once", "one who was named before", "leave it out")
            for number, person in enumerate(people)
            if person in people[:number]
        ]
        if not self.people():
            problems.append(Problem("to", "at least one person", "none", "name who is asked"))
        if self.on_silence not in self.ways_of_silence:
            ways = f"one of {', '.join(self.ways_of_silence)}"
            problems.append(Problem("on_silence", ways, repr(self.on_silence)[:40], "choose one"))
        known = [option.id for option in self.options_to_choose()]
        if isinstance(self.confirmation, Mapping) and not set(known).issuperset(self.confirmation):
            mend = "give each text the id of an answer"
            problems.append(Problem("confirmation", f"texts for {', '.join(known)}", "for others", mend))
        texts = self.confirmation
        for text in texts.values() if isinstance(texts, Mapping) else [texts]:
            problems += self.text_problems("confirmation", text, TEXT_BODY_MAX)
        return problems + [
            Problem(
                f"fallback_template: buttons[{number}].quick_reply", f"one of {', '.join(known)}", *_NO_ID
            )
            for number, button in enumerate(self._template_buttons())
            if isinstance(button, Mapping)
            and isinstance(payload := button.get("quick_reply"), str)
            and unmarked(payload)[0] not in known
        ]

    def text_problems(self, name: str, text: Any, longest: int) -> list[Problem]:
        """
        Check a text that is sent later.

        :param name: the argument's name.
        :param text: the text, if there is any.
        :param longest: characters.
        :return: the broken rule, if it is broken.
        """
        if text is None or (isinstance(text, str) and len(text) <= longest):
            return []
        given = f"{len(text)}" if isinstance(text, str) else f"a {type(text).__name__}"
        return [Problem(name, f"a text of at most {longest} characters", given, "shorten it")]

    def wait_problems(self, message: Message | None = None) -> list[Problem]:
        """Check what says how to wait: for the answer, and for nothing else."""
        mend = "leave it out: answer_timeout and on_silence say how the answer is waited for"
        problems = [Problem(name, "nothing", "a value", mend) for name in self._given_in_vain]
        if not self.wait_for:
            return [*problems, *super().wait_problems(message)]
        return [
            *problems,
            Problem("wait_for", "nothing", "a value", "leave it out: the answer is waited for"),
        ]

    def identity(self, message: Message) -> dict[str, Any]:
        """
        Say what makes the message the same one in each try.

        :param message: the message.
        :return: its payload, and what it is for: the same text may remind twice.
        """
        return {"payload": super().identity(message), "step": self.step}

    def _template_buttons(self) -> Sequence[Any]:
        template = from_json(self.fallback_template)
        buttons = template.get("buttons") if isinstance(template, Mapping) else None
        return buttons if isinstance(buttons, list | tuple) else ()

    def _marked_template(self) -> Any:
        template, buttons = from_json(self.fallback_template), self._template_buttons()
        if not buttons:
            return template
        known = [option.id for option in self.options_to_choose()]
        return {
            **template,
            "buttons": [
                {**button, "quick_reply": marked(button["quick_reply"], self.mark)}
                if isinstance(button, Mapping) and button.get("quick_reply") in known
                else button
                for button in buttons
            ],
        }
