"""Write the tables of the documentation, from the tables that the code uses."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from starlette.routing import Match

from airflow_provider_chakra.api.codes import CODES, STATUSES, Meaning, Wait
from airflow_provider_chakra.api.endpoints import ENDPOINTS, Endpoint
from airflow_provider_chakra.sandbox.app import create_app

DOCS = Path(__file__).resolve().parent.parent / "docs"
_SANDBOX = create_app().routes


def _wait_in_words(wait: Wait | None) -> str:
    if wait is None:
        return "no"
    first, longest = f"{wait.first:g}", f"{wait.longest:g}"
    growth = f"{first} s" if wait.factor == 1 else f"{first} s, times {wait.factor:g}, up to {longest} s"
    return f"after {growth}" + (", at random" if wait.jitter and wait.factor != 1 else "")


def table_of_codes() -> list[str]:
    """Make the table of all codes and statuses."""
    rows = ["| Code | Error | Helps to try again? | What to do |", "| --- | --- | --- | --- |"]
    meanings: list[tuple[str, Meaning]] = [
        (f"HTTP {status}", meaning) for status, meaning in STATUSES.items()
    ]
    meanings += [(str(code), CODES[code]) for code in sorted(CODES) if not 200 <= code < 300]
    meanings += [("200 to 299", CODES[200])]
    rows += [
        f"| {name} | `{meaning.error.__name__}` | {_wait_in_words(meaning.wait)} | {meaning.advice} |"
        for name, meaning in meanings
    ]
    return rows


def is_in_the_sandbox(endpoint: Endpoint) -> bool:
    """Tell whether the sandbox has a route for an endpoint."""
    if not endpoint.path:
        return False
    scope = {"type": "http", "method": endpoint.method, "path": re.sub(r"\{\w+\}", "x", endpoint.path)}
    return any(route.matches(scope)[0] is Match.FULL for route in _SANDBOX)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def table_of_endpoints() -> list[str]:
    """Make the table of all endpoints."""
    rows = [
        "| ChakraHQ's page | Method and path | How sure | `ChakraHook` | Operators and sensors | In the "
        "sandbox |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for endpoint in ENDPOINTS:
        operators = ", ".join(name if " " in name else _code(name) for name in endpoint.operators)
        where = _code(f"{endpoint.method} {endpoint.path}".strip())
        sandbox = "yes" if is_in_the_sandbox(endpoint) else "no"
        cells = (endpoint.title, where, endpoint.sure, _code(endpoint.hook), operators, sandbox)
        rows.append(f"| {' | '.join(cells)} |".replace("  ", " "))
    return rows


TABLES: dict[str, tuple[Path, Callable[[], list[str]]]] = {
    "codes": (DOCS / "what-happens-when.md", table_of_codes),
    "endpoints": (DOCS / "endpoints.md", table_of_endpoints),
}


def page(name: str) -> str:
    """Give a page with its table as it is now."""
    path, table = TABLES[name]
    begin, end = f"<!-- {name}: made by `make docs` -->\n", f"<!-- end of {name} -->"
    head, _, rest = path.read_text(encoding="utf-8").partition(begin)
    tail = rest.partition(end)[2]
    return "\n".join((head + begin, *table(), "", end)) + tail


if __name__ == "__main__":
    for each, (path, _) in TABLES.items():
        path.write_text(page(each), encoding="utf-8")
    sys.exit(0)
