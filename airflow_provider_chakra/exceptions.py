"""
Everything that can go wrong, as one tree.

.. code-block:: text

    ChakraError
    ├── ChakraConfigError          the connection or an argument is incomplete or wrong
    ├── InvalidMessageError        the message breaks a rule of WhatsApp's; names every broken rule
    ├── ChakraConnectError         no connection was made, so nothing left
    ├── ChakraResponseError        ChakraHQ or WhatsApp answered with an error
    │   ├── ChakraAuthError        the token, its role, or the account is not allowed to
    │   ├── ChakraPlanError        ChakraHQ's plan or WhatsApp's billing stands in the way
    │   ├── ChakraNotFoundError    the path, plugin, number or record does not exist
    │   ├── ChakraRequestError     the request or the message is not acceptable as it is
    │   ├── ChakraRecipientError   this recipient cannot be reached, or not now
    │   ├── ChakraThrottledError   too fast: the same request helps after ``retry_after`` seconds
    │   └── ChakraServerError      trouble on the other side, said in so many words
    ├── ChakraUnknownError         the request left and no clear answer came
    └── ChakraInboxError           the webhooks that arrived could not be read; they are kept

Each error answers three questions: was it sent (``outcome``), does trying again help
(``retryable``, ``retry_after``), and what should a person do (the text).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, NamedTuple

Outcome = Literal["refused", "unknown"]


class ChakraError(Exception):
    """
    Base of every error that this package raises.

    :param message: what happened and what a person should do; never a token, a whole phone
        number or the text of a message.
    :param status: HTTP status of the answer, if there was one.
    :param code: WhatsApp's error code, such as ``131009``, if the answer named one.
    :param retry_after: seconds to wait before the same request can help, if the answer named them.
    :param retryable: whether the same request may be made again without changing anything and
        without the risk of a second message; ``None`` takes the class's own answer.
    """

    #: ``"refused"``: surely not sent. ``"unknown"``: it may have been sent.
    outcome: ClassVar[Outcome] = "refused"
    #: Whether the same request, made again later, can succeed.
    retryable: bool = False
    #: Whether all other requests are refused, too, until a person mends the connection.
    of_connection: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: int | None = None,
        retry_after: float | None = None,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        if retryable is not None:
            self.retryable = retryable


class ChakraConfigError(ChakraError):
    """The connection or an argument is incomplete or wrong. Nothing was sent."""


class Problem(NamedTuple):
    """One broken rule of a message."""

    #: Path of the field in the payload, such as ``interactive.action.sections[0].title``.
    field: str
    #: What the field must be.
    limit: str
    #: What was given, told without repeating the message's text.
    given: str
    #: How to mend it.
    mend: str

    def __str__(self) -> str:
        """Tell the problem in one line."""
        return f"{self.field}: {self.limit}; given: {self.given}; {self.mend}"


class InvalidMessageError(ChakraError, ValueError):
    """
    A message breaks rules of WhatsApp's. Nothing was sent.

    :param kind: the kind of the message in words, such as ``"text message"``.
    :param problems: every broken rule.
    """

    def __init__(self, kind: str, problems: Sequence[Problem]) -> None:
        self.kind = kind
        self.problems = tuple(problems)
        count = len(self.problems)
        rules = "a rule" if count == 1 else f"{count} rules"
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"This {kind} was not sent, as it breaks {rules}:{lines}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it pass from process to process."""
        return type(self), (self.kind, self.problems), self.__dict__


class ChakraConnectError(ChakraError):
    """No connection to the host was made, so nothing left: trying again is safe."""

    retryable = True


class ChakraResponseError(ChakraError):
    """ChakraHQ or WhatsApp answered, and the answer is an error: nothing was sent."""


class ChakraAuthError(ChakraResponseError):
    """The token is wrong or lacks a right, or the account is locked. A person must act."""

    of_connection = True


class ChakraPlanError(ChakraResponseError):
    """ChakraHQ's plan does not include this, or a bill is open. A person must act."""

    of_connection = True


class ChakraNotFoundError(ChakraResponseError):
    """The path, plugin, phone number, template or record does not exist."""


class ChakraRequestError(ChakraResponseError):
    """The request or the message is not acceptable as it is; change it."""


class ChakraRecipientError(ChakraResponseError):
    """This recipient cannot be reached with this message; others may be."""


class ChakraThrottledError(ChakraResponseError):
    """Too many requests. The same request helps later; see ``retry_after``."""

    retryable = True


class ChakraServerError(ChakraResponseError):
    """WhatsApp named a trouble of its own. It was not sent; trying again later may help."""

    retryable = True


class ChakraUnknownError(ChakraError):
    """
    The request left and no clear answer came: it may or may not have been carried out.

    For a message this is never retryable: WhatsApp knows no idempotency key, so a second try
    could be a second message. For a request that only reads it is.
    """

    outcome: ClassVar[Outcome] = "unknown"


class ChakraInboxError(ChakraError):
    """The webhooks that arrived could not be read from Airflow's API server. They are kept: read later."""

    retryable = True
