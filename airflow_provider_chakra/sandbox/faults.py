"""Faults on request: what goes wrong between a client and ChakraHQ, made to happen."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from airflow_provider_chakra.sandbox.orders import Order


class Fault(Order):
    """
    What happens to the next requests to the API.

    A fault with a status, errors or a body answers in ChakraHQ's place, and the message is lost unless
    ``accept`` says otherwise. One with only a delay or headers lets the request be handled as always.

    ``times`` says how many requests it meets (0: all of them until a reset); ``path_contains`` and ``method``
    which ones. ``errors`` fills an envelope; a ``body`` that is a string is sent as it is, with
    ``content_type``, and any other as JSON. ``delay`` holds back the answer, in seconds; the message is
    accepted, or lost, before it. ``close`` hangs up without an answer ``before`` or ``after`` the message was
    accepted.
    """

    times: Annotated[int, Field(ge=0)] = 1
    path_contains: str = ""
    method: str | None = None
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    errors: list[str | dict[str, Any]] | None = None
    body: Any = None
    content_type: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    delay: Annotated[float, Field(ge=0)] = 0
    accept: bool = False
    close: Literal["before", "after"] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Fault:
        if self.errors is not None and "body" in self.model_fields_set:
            raise ValueError("errors and body are two bodies for one answer")
        if self.close is not None and (self.answers or self.headers or self.accept):
            raise ValueError(
                "a connection that is closed gives no answer, and close itself says what is accepted"
            )
        return self

    @property
    def answers(self) -> bool:
        """Whether the fault answers in ChakraHQ's place."""
        return self.status is not None or self.errors is not None or "body" in self.model_fields_set

    @property
    def lets_through(self) -> bool:
        """Whether the request reaches ChakraHQ, whatever the client gets to see of it."""
        return self.accept or self.close == "after" or not (self.answers or self.close)

    def meets(self, method: str, path: str) -> bool:
        """
        Tell whether a request is one of those that the fault is for.

        :param method: the request's HTTP method.
        :param path: the request's path.
        """
        return self.path_contains in path and (self.method is None or self.method.upper() == method)

    def content(self) -> tuple[bytes, str | None]:
        """Give the body of the answer, and its content type if it has one."""
        if self.errors is not None:
            content: object = {"_data": [], "_errors": self.errors}
        elif "body" in self.model_fields_set:
            content = self.body
        else:
            content = ""
        if isinstance(content, str):
            return content.encode(), self.content_type or ("text/plain; charset=utf-8" if content else None)
        return json.dumps(content).encode(), self.content_type or "application/json"
