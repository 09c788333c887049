"""
Parts of which one of several may stand in a place.

Pydantic's own unions would put the name of the chosen part into the path of every error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticKnownError, core_schema

from airflow_provider_chakra.messages.base import RuledPart, broken
from airflow_provider_chakra.messages.problems import did_you_mean, either, problem_of, shown


@dataclass(frozen=True)
class ByType:
    """
    A union of parts that are told apart by what they spell out, as in ``Annotated[A | B, ByType()]``.

    :param fields: the fields to look at, one after the other, until one part is left.
    """

    fields: tuple[str, ...] = ("type",)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Build pydantic's schema of such a union."""
        return core_schema.with_info_plain_validator_function(partial(self._choose, get_args(source)))

    def _choose(self, parts: tuple[type[RuledPart], ...], data: Any, info: ValidationInfo) -> RuledPart:
        if isinstance(data, parts):
            return data
        if not isinstance(data, Mapping):
            raise PydanticKnownError("model_type", {"class_name": "Part"})
        for field in self.fields:
            known = list(dict.fromkeys(part.spelled_out[field] for part in parts))
            given = data.get(field)
            if given not in known:
                raise _unknown(field, given, known)
            parts = tuple(part for part in parts if part.spelled_out[field] == given)
            if len(parts) == 1:
                break
        return checked_as(parts[0], data, info)


def _unknown(field: str, given: Any, known: list[str]) -> ValidationError:
    guess = did_you_mean(given, known) if isinstance(given, str) else ""
    rule = broken(
        f"must be {either(known)}", "nothing" if given is None else shown(given), guess or "write it so"
    )
    return ValidationError.from_exception_data(
        "Part", [InitErrorDetails(type=rule, loc=(field,), input=None)]
    )


def checked_as(part: type[RuledPart], data: Mapping[str, Any], info: ValidationInfo) -> RuledPart:
    """
    Check raw input as one of several parts that may stand in its place.

    :param part: the part that it is meant to be.
    :param data: the raw input.
    :param info: how pydantic was called.
    :return: the part.
    :raises ValidationError: with every broken rule, by its path in this part.
    """
    try:
        return part.model_validate(data, context=info.context)
    except ValidationError as error:
        raise in_words(error, part) from None


def in_words(error: ValidationError, part: type[BaseModel], not_here: Iterable[str] = ()) -> ValidationError:
    """
    Tell pydantic's errors while it is known which part they are about, and so which fields it has.

    :param error: the errors.
    :param part: the part.
    :param not_here: fields that other parts in its place have.
    :return: the same errors, told.
    """
    lines = []
    for line in error.errors(include_url=False):
        _, limit, given, mend = problem_of(line, part)
        if line["type"] == "extra_forbidden" and line["loc"] in {(name,) for name in not_here}:
            limit, mend = "not allowed for this kind of message", "leave it out"
        lines.append(InitErrorDetails(type=broken(limit, given, mend), loc=line["loc"], input=None))
    return ValidationError.from_exception_data(part.__name__, lines)
