"""
Who a message goes to: phone number, business-scoped user id, or group.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages and, for the digits
without a plus sign, https://apidocs.chakrahq.com (Send WhatsApp session message).
"""

from __future__ import annotations

import math
import operator
import re
from typing import Any

from airflow_provider_chakra.messages.limits import BSUID_MAX, PHONE_DIGITS_MAX, PHONE_DIGITS_MIN

BSUID = re.compile(rf"[A-Z]{{2}}\.(?:ENT\.)?[A-Za-z0-9]{{1,{BSUID_MAX}}}")
GROUP_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9+/_=-]+")
# What people write between the digits: blanks of every kind, hyphens (with the non-breaking one
# that word processors put in), parentheses.
_SEPARATORS = re.compile(r"[\s()\-\u2010\u2011]+")
# Enough for any way to write a number.
_LONGEST = 100
_FLOAT = re.compile(r"[+-]?\d+(?:\.\d*|(?:\.\d+)?[eE][+-]?\d+)", re.ASCII)


class RecipientError(ValueError):
    """
    A value that is no recipient.

    :param given: what was given, masked.
    :param mend: how to mend it.
    """

    def __init__(self, given: str, mend: str) -> None:
        self.given = given
        self.mend = mend
        super().__init__(f"{given}; {mend}")


def is_bsuid(value: object) -> bool:
    """
    Tell whether a value is a business-scoped user id, such as ``IN.13491208655302741918``.

    :param value: anything.
    """
    return isinstance(value, str) and BSUID.fullmatch(value) is not None


def is_group_id(value: object) -> bool:
    """
    Tell whether a value has the form of a group id.

    :param value: anything.
    """
    return isinstance(value, str) and GROUP_ID.fullmatch(value) is not None


def phone_digits(value: Any) -> str:
    """
    Give the digits of a phone number with its country code.

    A leading ``+``, blanks, hyphens and parentheses are taken off. An integer is understood,
    because Airflow's native rendering turns ``"+919876543210"`` into one.

    :param value: a string or an integer.
    :return: 7 to 15 digits.
    :raises RecipientError: with the reason, if it is no such number.
    """
    if isinstance(value, bool):
        raise RecipientError("a boolean", "give the phone number as a string of digits")
    if isinstance(value, float) and math.isnan(value):
        raise RecipientError("nan, a missing value", "leave out rows without a phone number")
    if isinstance(value, float):
        raise RecipientError(
            "a float, which may have lost digits",
            "read the column as text (in pandas: dtype=str), or convert with str(int(number)) "
            "if no digit was lost",
        )
    if not isinstance(value, str):
        try:
            number = operator.index(value)
        except TypeError:
            raise RecipientError(
                f"a {type(value).__name__}", "give the phone number as a string of digits"
            ) from None
        if number < 0:
            raise RecipientError("a negative number", "give the country code and the number in digits")
        if number >= 10**18:
            raise RecipientError("a number far too long", "give the country code and the number in digits")
        value = str(number)
    if len(value) > _LONGEST:
        raise RecipientError(f"a text of {len(value)} characters", "give the phone number alone")
    digits = _SEPARATORS.sub("", value)
    if digits.startswith("+"):
        digits = digits[1:]
    _check_digits(value, digits)
    return digits


def _check_digits(value: str, digits: str) -> None:
    given = repr(mask(digits)) if digits else "a text without digits"
    if not any(character.isdigit() for character in digits):
        raise RecipientError("a text without digits", "give the country code and the number in digits")
    if not (digits.isascii() and digits.isdigit()):
        if _FLOAT.fullmatch(value.strip()):
            raise RecipientError(
                "a number in decimal or exponent notation, which may have lost digits",
                "read the column as text (in pandas: dtype=str)",
            )
        raise RecipientError(
            given,
            "besides the digits 0 to 9 it may hold only one leading +, blanks, hyphens and parentheses",
        )
    if digits.startswith("00"):
        raise RecipientError(given, "leave out the leading 00, and begin with the country code, such as 91")
    if digits.startswith("0"):
        raise RecipientError(
            given,
            "put the country code, such as 91, in the place of the leading 0: no country code begins with 0",
        )
    if not PHONE_DIGITS_MIN <= len(digits) <= PHONE_DIGITS_MAX:
        raise RecipientError(
            f"{given}, {len(digits)} digits",
            "check that the country code and the whole number are there, and nothing else",
        )


def mask(recipient: str | None) -> str:
    """
    Show enough of a recipient to recognise it in a log, and no more.

    :param recipient: digits, a business-scoped user id, a group id, or ``None``.
    :return: such as ``91******3210``.
    """
    if not recipient:
        return "nobody"
    head, tail = (2, 4) if len(recipient) >= 10 else (0, 2)
    return recipient[:head] + "*" * (len(recipient) - head - tail) + recipient[len(recipient) - tail :]
