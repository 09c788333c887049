"""Write the table of codes into the documentation, from the table that the code uses."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from airflow_provider_chakra.api.codes import CODES, STATUSES, Meaning, Wait

PAGE = Path(__file__).resolve().parent.parent / "docs" / "what-happens-when.md"
_BETWEEN = re.compile(r"(?<=<!-- codes: made by `make docs` -->\n).*(?=<!-- end of codes -->)", re.DOTALL)


def _wait_in_words(wait: Wait | None) -> str:
    if wait is None:
        return "no"
    first, longest = f"{wait.first:g}", f"{wait.longest:g}"
    growth = f"{first} s" if wait.factor == 1 else f"{first} s, times {wait.factor:g}, up to {longest} s"
    return f"after {growth}" + (", at random" if wait.jitter and wait.factor != 1 else "")


def table() -> str:
    """Make the table of all codes and statuses."""
    rows = ["", "| Code | Error | Helps to try again? | What to do |", "| --- | --- | --- | --- |"]
    meanings: list[tuple[str, Meaning]] = [
        (f"HTTP {status}", meaning) for status, meaning in STATUSES.items()
    ]
    meanings += [(str(code), CODES[code]) for code in sorted(CODES) if not 200 <= code < 300]
    meanings += [("200 to 299", CODES[200])]
    rows += [
        f"| {name} | `{meaning.error.__name__}` | {_wait_in_words(meaning.wait)} | {meaning.advice} |"
        for name, meaning in meanings
    ]
    return "\n".join([*rows, "", ""])


def page() -> str:
    """Give the page with the table as it is now."""
    return _BETWEEN.sub(lambda _: table(), PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
