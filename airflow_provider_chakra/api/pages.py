"""
Reading records, and lists of them that come in pages.

https://apidocs.chakrahq.com (Response Format): a record is the ``_data`` of an answer, a page is a list in
``_data``, and ``_meta`` tells about it. How a list goes on differs; each resource says so itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from airflow_provider_chakra.api.answer import Answer, read, unclear
from airflow_provider_chakra.exceptions import ChakraResponseError

log = logging.getLogger(__name__)

#: A record as ChakraHQ tells it.
Record = dict[str, Any]
#: Several of them.
Records = list[Record]


class Page(NamedTuple):
    """One page of a list."""

    rows: Records
    #: What ChakraHQ says about the page.
    meta: Mapping[str, Any]


def read_record(answer: Answer) -> Record:
    """
    Read an answer that holds one record.

    :param answer: ChakraHQ's answer.
    :return: the record.
    :raises ChakraResponseError: if it was refused.
    :raises ChakraUnknownError: if there is no record in it.
    """
    body = read(answer)
    record = body.get("_data") if isinstance(body, Mapping) else None
    if not isinstance(record, dict):
        raise unclear(answer, "without a record")
    return record


def read_page(answer: Answer) -> Page:
    """
    Read an answer that holds a list of records.

    :param answer: ChakraHQ's answer.
    :return: the page; whatever is no record is left out.
    :raises ChakraResponseError: if it was refused.
    :raises ChakraUnknownError: if there is no list in it.
    """
    body = read(answer)
    rows = body.get("_data") if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise unclear(answer, "without a list")
    meta = body.get("_meta")
    return Page([row for row in rows if isinstance(row, dict)], meta if isinstance(meta, Mapping) else {})


def walk(
    ask: Callable[[Mapping[str, Any]], Page],
    first: Mapping[str, Any],
    follow: Callable[[Mapping[str, Any], Page], Mapping[str, Any] | None],
    *,
    promised: Callable[[Page], bool] = lambda page: False,
) -> Iterator[Record]:
    """
    Walk through a list page by page; a page is asked for when its first row is.

    The walk ends at an empty page. A row that moves on to the next page while the list changes is
    given once.

    :param ask: asks for the page at a place.
    :param first: the first place.
    :param follow: tells from a place and its page what the next place is; ``None`` after the last.
    :param promised: tells whether a page says that there is more behind it.
    :return: the rows.
    :raises ChakraResponseError: if the same page comes again and again though there should be more.
    :raises ChakraError: if a page could not be asked for.
    """
    place: Mapping[str, Any] | None = first
    seen: set[int] = set()
    before: set[str] = set()
    while place is not None:
        page = ask(place)
        keys = [_key(row) for row in page.rows]
        if not keys:
            return
        page_as_one = hash(tuple(keys))
        if page_as_one in seen or before.issuperset(keys):
            if promised(page):
                raise ChakraResponseError(
                    "ChakraHQ gives the same page again though it says that there is more: the list cannot "
                    "be read to its end. Tell ChakraHQ's support."
                )
            # A server that does not know pages gives all it has each time.
            log.debug("The list ends, as a page comes again")
            return
        yield from (row for row, key in zip(page.rows, keys, strict=True) if key not in before)
        seen.add(page_as_one)
        before = set(keys)
        place = follow(place, page)


def next_place(_: Mapping[str, Any], page: Page) -> Mapping[str, Any] | None:
    """
    Find the next place in a page whose ``_meta`` names the path of the next one.

    Assumed: the name of the field has "next" in it, and the value is a path or an address with a query. Only
    the query is taken from it: where a request goes is never an answer's to say.

    :param page: the page.
    :return: the parameters of the next page's request; ``None`` after the last.
    """
    for name, value in page.meta.items():
        if "next" in name.lower() and isinstance(value, str) and value:
            with suppress(ValueError):
                return dict(parse_qsl(urlsplit(value).query)) or None
    return None


def names_next(page: Page) -> bool:
    """
    Tell whether a page names the path of the next one.

    :param page: the page.
    """
    return next_place({}, page) is not None


def _key(row: Record) -> str:
    found = row.get("id")
    return found if isinstance(found, str) and found else json.dumps(row, sort_keys=True)
