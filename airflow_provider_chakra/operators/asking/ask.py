"""Ask one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.operators.asking.base import BaseAskOperator
from airflow_provider_chakra.operators.asking.options import Option, option_problems, read_options

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class AskOperator(BaseAskOperator):
    """
    Ask a person, wait for the answer without a worker, and return its id.

    .. code-block:: python

        AskOperator(
            task_id="slot",
            to="919876543210",
            question="When shall we deliver?",
            options={"am": "In the morning", "pm": "In the afternoon", "never": "Not at all"},
            on_silence="continue",
            default="am",
        )

    Two or three options are shown as buttons, more of them, or options with descriptions, as a list. A tap
    counts, and so does a text that is an option's title or id, in any case. The first answer by WhatsApp's
    time counts, and no other. What was tapped in another message, the same question of yesterday's run
    included, does not count: each id goes out with a mark, such as ``am#1f3a9c20``.

    XCom ``answer`` tells more: ``option``, ``wamid``, ``at`` in ISO 8601, ``text`` and ``by``. If WhatsApp
    cannot deliver the question, that is no silence: the task fails at once and says why, or
    ``fallback_template`` goes in its place.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages,
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param question: 1 to 1024 characters.
    :param options: 2 to 10 answers: texts; or ``{"id": ..., "title": ..., "description": ...}`` each; or
        titles by ids. A text is its own id. Titles have at most 20 characters on buttons, 24 in a list;
        descriptions, which may be missing, 72; ids 191.
    :param default: the id of the option that silence stands for, with ``on_silence="continue"``.
    :param header: at most 60 characters above the question; with buttons also a file, as for
        :class:`.SendButtonsOperator`.
    :param footer: at most 60 characters below it.
    :param button: 1 to 20 characters on the button that opens a list.
    :param answer_timeout: seconds, or a ``timedelta``, from the question on. An answer given in time counts,
        however late it is looked for.
    :param on_silence: what becomes of the task if there is no answer in time: ``"fail"``, which no retry
        mends; ``"skip"``; or ``"continue"``, which returns ``default``.
    :param confirmation: a text to who answered, sent once; or such texts by the ids of the options. That it
        could not be sent is logged, and changes nothing.
    :param fallback_template: as for :class:`.BaseSessionOperator`. Give its quick replies the ids of the
        options: ``"buttons": [{"quick_reply": "am"}, {"quick_reply": "pm"}]``. Without that, their texts must
        be the titles of the options.
    :param kwargs: as for :class:`.SendTextOperator`, but for ``wait_for``.
    """

    template_fields: Sequence[str] = ("options", "default", *BaseAskOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"question": "md", "options": "json"}
    object_fields: ClassVar[frozenset[str]] = BaseAskOperator.object_fields | {"options"}
    ways_of_silence: ClassVar[tuple[str, ...]] = ("fail", "skip", "continue")

    def __init__(
        self,
        *,
        options: Sequence[str | Mapping[str, str]] | Mapping[str, str] | str,
        default: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.options = options
        self.default = default
        self.check_early()

    def options_to_choose(self) -> list[Option]:
        """Give what may be answered."""
        return read_options(self.options)

    def argument_problems(self) -> list[Problem]:
        """Check what the payload can no longer tell."""
        problems = [*option_problems(self.options), *super().argument_problems()]
        if len(self.people()) > 1:
            mend = "map the task over them, each to be asked on its own, or use ApprovalOperator"
            problems.append(Problem("to", "one person", f"{len(self.people())}", mend))
        if self.default and self.default not in [option.id for option in self.options_to_choose()]:
            problems.append(Problem("default", "the id of an option", "another text", "choose an id"))
        if self.default and self.on_silence != "continue":
            mend = 'set on_silence="continue", or leave it out'
            problems.append(Problem("default", "nothing without on_silence", "a value", mend))
        return problems

    def be_silent(self, context: Context) -> Any:
        """Go on with what silence stands for."""
        return self.default or None
