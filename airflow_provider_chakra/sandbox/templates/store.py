"""The templates of a WhatsApp business account, in the shape in which WhatsApp lists them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from airflow_provider_chakra.sandbox.clock import Clock

Template = dict[str, Any]


class Templates:
    """
    The templates that a sandbox knows.

    As long as none was ever put in, any well-formed template message is taken: who does not care for
    templates need not write them twice.

    :param clock: the sandbox's clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget all of them, and take any template message again."""
        self._by_id: dict[str, Template] = {}
        self._numbers = count(300000000000001)
        self._submitted_at: dict[str, datetime] = {}
        self.strict = False
        self.review_seconds: float | None = None

    def __iter__(self) -> Iterator[Template]:
        """Go through the templates, oldest first."""
        self._review()
        return iter(self._by_id.values())

    def add(self, template: Template) -> Template:
        """
        Put one in.

        :param template: what it is, without an id; its name and language are new.
        :return: the same with an id.
        """
        added = {"id": str(next(self._numbers)), **template}
        self._by_id[added["id"]] = added
        self.strict = True
        self.submit(added)
        return added

    def submit(self, template: Template) -> None:
        """Note that a template waits for its review from now on, if it is PENDING."""
        self._submitted_at[template["id"]] = self._clock.now()

    def get(self, template_id: str) -> Template | None:
        """Give one by its id."""
        self._review()
        return self._by_id.get(template_id)

    def named(self, name: str) -> list[Template]:
        """Give one in all of its languages."""
        return [template for template in self if template["name"] == name]

    def find(self, name: str, language: str) -> Template | None:
        """Give one by its name and language, which no two have in common."""
        return next((template for template in self.named(name) if template["language"] == language), None)

    def remove(self, template: Template) -> None:
        """Take one away."""
        del self._by_id[template["id"]]

    def _review(self) -> None:
        """Approve what has waited long enough, if reviews are not left to the control API."""
        if self.review_seconds is None:
            return
        due = self._clock.now() - timedelta(seconds=self.review_seconds)
        for template in self._by_id.values():
            if template["status"] == "PENDING" and self._submitted_at[template["id"]] <= due:
                template["status"] = "APPROVED"
