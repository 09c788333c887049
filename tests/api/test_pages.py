"""Lists page by page: lazily, through a page that fails once, and never for ever."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from airflow_provider_chakra.api.pages import Page, next_place, walk
from airflow_provider_chakra.exceptions import ChakraNotFoundError, ChakraResponseError, ChakraUnknownError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.messages import Text, TextMessage


@pytest.fixture
def orders(chakra_sandbox):
    """Fill a procedure with 25 processes, and give what asked for its pages."""
    chakra_sandbox.add_procedure("order", primary_key="number")
    hook = ChakraHook()
    for number in range(25):
        hook.processes.create("order", {"number": number})
    return hook


def listings(sandbox: Any) -> list[dict[str, Any]]:
    """Give the requests for a page."""
    return [request for request in sandbox.requests() if request["path"].endswith("/list")]


def numbers(rows: Any) -> list[int]:
    """Give what the processes are numbered with."""
    return [row["data"]["number"] for row in rows]


def test_a_page_is_asked_for_when_its_first_row_is(orders, chakra_sandbox):
    found = orders.processes.list("order", page_size=10)
    assert listings(chakra_sandbox) == []
    assert numbers(islice(found, 10)) == [*range(10)]
    assert len(listings(chakra_sandbox)) == 1
    assert numbers(found) == [*range(10, 25)]
    assert [request["body"] for request in listings(chakra_sandbox)] == [
        {"skip": skip, "limit": 10} for skip in (0, 10, 20)
    ]


@pytest.mark.parametrize(
    "fault", [{"status": 502, "body": "<html>"}, {"close": "after"}, {"status": 200, "body": {"_data": "x"}}]
)
def test_a_page_that_fails_once_is_asked_for_again(orders, chakra_sandbox, monkeypatch, fault):
    monkeypatch.setattr("random.SystemRandom.uniform", lambda self, low, high: 0)
    found = orders.processes.list("order", page_size=10)
    assert numbers(islice(found, 10)) == [*range(10)]
    chakra_sandbox.fault(**fault)
    assert numbers(found) == [*range(10, 25)]
    assert [request["body"]["skip"] for request in listings(chakra_sandbox)] == [0, 10, 10, 20]


def test_a_page_that_fails_for_good_ends_the_walk_with_its_error(orders, chakra_sandbox, connect):
    connect({"max_tries": 2, "max_wait": 600})
    chakra_sandbox.fault(status=200, body={"_data": {}}, times=0)
    with pytest.raises(ChakraUnknownError, match="without a list") as caught:
        next(ChakraHook().processes.list("order"))
    assert caught.value.retryable
    assert len(listings(chakra_sandbox)) == 2


def pages_of(pages: dict[int, list[dict[str, Any]]], **options: Any) -> tuple[list[Any], list[int]]:
    """Walk over pages that are numbered from 1; give the rows, and which pages were asked for."""
    asked = []

    def ask(place: Any) -> Page:
        asked.append(place["page"])
        assert len(asked) < 10
        return Page(pages.get(place["page"], pages.get(0, [])), {})

    rows = list(walk(ask, {"page": 1}, lambda place, page: {"page": place["page"] + 1}, **options))
    return [row.get("id", row) for row in rows], asked


def rows(*ids: str) -> list[dict[str, Any]]:
    """Make rows."""
    return [{"id": name} for name in ids]


@pytest.mark.parametrize(
    ("pages", "found", "asked"),
    [
        ({}, [], [1]),
        ({1: rows("a", "b"), 2: rows("c")}, ["a", "b", "c"], [1, 2, 3]),
        # A new row came in front: the last of a page is the first of the next.
        ({1: rows("a", "b"), 2: rows("b", "c")}, ["a", "b", "c"], [1, 2, 3]),
        # A row that is in front of each page is no page that comes again.
        (
            {1: rows("pin", "a"), 2: rows("pin", "b"), 3: rows("pin", "c")},
            ["pin", "a", "b", "c"],
            [1, 2, 3, 4],
        ),
        # A server that knows no pages.
        ({0: rows("a", "b")}, ["a", "b"], [1, 2]),
        ({1: rows("a", "b"), 0: rows("b")}, ["a", "b"], [1, 2]),
        # One that begins again.
        ({1: rows("a"), 2: rows("b"), 0: rows("a")}, ["a", "b"], [1, 2, 3]),
        # Rows without an id are known by what they hold.
        ({0: [{"x": 1}, {"x": 2}]}, [{"x": 1}, {"x": 2}], [1, 2]),
    ],
)
def test_a_walk_gives_each_row_once_and_ends(pages, found, asked):
    assert pages_of(pages) == (found, asked)


def test_a_page_that_comes_again_though_there_is_more_is_an_error():
    with pytest.raises(ChakraResponseError, match="same page again"):
        pages_of({0: rows("a")}, promised=lambda page: True)


def test_a_server_that_repeats_a_page_for_ever_is_left(chakra_sandbox):
    body = {"_data": [{"id": "1"}], "_meta": {"hasMore": True}}
    chakra_sandbox.fault(status=200, body=body, times=0)
    with pytest.raises(ChakraResponseError, match="same page again"):
        list(ChakraHook().processes.list("lead"))
    assert len(chakra_sandbox.requests()) == 2


@pytest.mark.parametrize(
    ("meta", "place"),
    [
        (
            {"nextPage": "/v1/ext/background-job/1/entries?skip=100&limit=100"},
            {"skip": "100", "limit": "100"},
        ),
        ({"total": 3, "next": "https://example.com/x?page=2"}, {"page": "2"}),
        ({"next_path": "/x?after=a%2Fb"}, {"after": "a/b"}),
        ({"nextPage": None, "total": 3}, None),
        ({"nextPage": ""}, None),
        ({"nextPage": "/x"}, None),
        ({"nextPage": "http://[x?a=1"}, None),
        ({"nextPage": 2}, None),
        ({}, None),
    ],
)
def test_of_the_path_of_the_next_page_only_the_query_is_taken(meta, place):
    assert next_place({}, Page([], meta)) == place


def test_chats_and_their_messages_are_listed_page_by_page(chakra_sandbox):
    hook = ChakraHook()
    for number in range(5):
        for body in ("Hello", "Again"):
            hook.send_message(TextMessage(to=f"91987654321{number}", text=Text(body=body)))
    chats = list(hook.chats.list(page_size=2, order_field="createdAt", order_direction="asc"))
    assert [chat["primaryContactHandle"]["value"] for chat in chats] == [f"91987654321{n}" for n in range(5)]
    assert len(list(hook.chats.list(search="919876543213"))) == 1
    messages = hook.chats.messages(chats[0]["id"], page_size=1)
    assert {message["text"] for message in messages} == {"Hello", "Again"}
    asked = [(r["path"], r["body"]) for r in chakra_sandbox.requests() if "/chat" in r["path"]]
    ordered = {"orderField": "createdAt", "orderDirection": "asc", "limit": 2}
    assert asked[:4] == [("/v1/ext/chat", ordered | {"page": page}) for page in (1, 2, 3, 4)]
    newest = {"orderField": "updatedAt", "orderDirection": "desc", "limit": 100, "search": "919876543213"}
    assert asked[4] == ("/v1/ext/chat", newest | {"page": 1})
    path = f"/v1/ext/chat/{chats[0]['id']}/message"
    assert asked[6:] == [(path, {"limit": 1, "page": page}) for page in (1, 2, 3)]
    with pytest.raises(ChakraNotFoundError):
        next(hook.chats.messages("none"))
