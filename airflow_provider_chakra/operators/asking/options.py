"""The answers that a question offers, and the buttons or the list that show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.messages.marks import MARK_LENGTH, marked
from airflow_provider_chakra.operators.base import from_json

_FIELDS: Final = ("id", "title", "description")


class Option(NamedTuple):
    """
    One answer.

    :param id: what it is in the Dag.
    :param title: what is read on the button or row.
    :param description: what is read below the title of a row.
    """

    id: str
    title: str
    description: str | None = None


def read_options(given: Any) -> list[Option]:
    """
    Read the argument ``options``, as far as it can be read.

    :param given: texts; or ``{"id", "title", "description"}`` each; or titles by ids; or JSON text of these.
    """
    return [option for option in _parsed(given) if isinstance(option, Option)]


def option_problems(given: Any) -> list[Problem]:
    """
    Check the argument ``options``, beyond what WhatsApp's rules say of buttons and rows.

    :param given: as for :func:`read_options`.
    :return: the broken rules.
    """
    from airflow_provider_chakra.messages.limits import LIST_ROWS_MAX, ROW_ID_MAX

    id_max = ROW_ID_MAX - MARK_LENGTH
    parsed = _parsed(given)
    problems = [problem for problem in parsed if isinstance(problem, Problem)]
    if not 2 <= len(parsed) <= LIST_ROWS_MAX:
        mend = "add another one" if len(parsed) < 2 else f"leave out {len(parsed) - LIST_ROWS_MAX}"
        problems.append(Problem("options", f"2 to {LIST_ROWS_MAX} of them", f"{len(parsed)}", mend))
    options = read_options(given)
    problems += [
        Problem(
            f"options[{number}].id", f"1 to {id_max} characters", f"{len(option.id)}", "take a shorter one"
        )
        for number, option in enumerate(options)
        if len(option.id) > id_max
    ]
    for name, values in (("id", [o.id for o in options]), ("title", [o.title for o in options])):
        seen = [value.strip().casefold() for value in values]
        problems += [
            Problem(f"options[{number}].{name}", f"its own {name}", "that of one before", "rename it")
            for number, value in enumerate(seen)
            if value in seen[:number]
        ]
    return problems


def action(options: Sequence[Option], button: str, mark: str) -> tuple[str, dict[str, Any]]:
    """
    Show the answers.

    :param options: the answers.
    :param button: what is read on the button that opens a list.
    :param mark: the mark of the question.
    :return: WhatsApp's name of the kind of message, and its ``interactive.action``.
    """
    from airflow_provider_chakra.messages.limits import BUTTONS_MAX

    shown = [
        {name: value for name, value in zip(_FIELDS, (marked(o.id, mark), *o[1:]), strict=True) if value}
        for o in options
    ]
    if len(options) <= BUTTONS_MAX and not any(option.description for option in options):
        return "button", {"buttons": [{"type": "reply", "reply": reply} for reply in shown]}
    return "list", {"button": button, "sections": [{"rows": shown}]}


def _parsed(given: Any) -> list[Option | Problem]:
    value = from_json(given)
    if isinstance(value, Mapping):
        value = [{"id": option, "title": title} for option, title in value.items()]
    if not isinstance(value, list | tuple):
        mend = "give a list of texts"
        return [Problem("options", "a list or a mapping", f"a {type(value).__name__}", mend)]
    return list(_each(value))


def _each(values: Sequence[Any]) -> Iterator[Option | Problem]:
    for number, value in enumerate(values):
        fields = value if isinstance(value, Mapping) else {"id": value, "title": value}
        unknown = [name for name in fields if name not in _FIELDS]
        option_id, title, description = (fields.get(name) for name in _FIELDS)
        if unknown:
            given, mend = f"{len(unknown)} other fields", f"leave out {', '.join(map(str, unknown))}"
            yield Problem(f"options[{number}]", f"of {', '.join(_FIELDS)}", given, mend)
        elif not all(isinstance(text, str) and text.strip() for text in (option_id, title)):
            mend = "give a text, or a mapping with id and title"
            yield Problem(f"options[{number}]", "a text, not empty", f"a {type(value).__name__}", mend)
        else:
            yield Option(str(option_id), str(title), description)
