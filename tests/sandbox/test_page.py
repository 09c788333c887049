from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from airflow_provider_chakra.sandbox import page
from airflow_provider_chakra.sandbox.guard import is_foreign
from airflow_provider_chakra.sandbox.page import live
from airflow_provider_chakra.sandbox.server import SandboxServer

from .samples import assert_ended, session_for, text

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox
    from airflow_provider_chakra.sandbox.memory import Memory

    from .conftest import Machine

ASHA = "919876543210"
CHAKRA_MEDIA = "v1/ext/plugin/whatsapp/{plugin}/upload-public-media"
FOLDER = Path(page.__file__).parent
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.js"))
PARTS = {"phone.css": "text/css", "icon.svg": "image/svg+xml"} | dict.fromkeys(SCRIPTS, "text/javascript")
NOTHING = {"ahead": 0, "windows": "open", "chats": []}


class Stream:
    """What ``/_sandbox/live`` sends."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer = answer
        self._lines: Iterator[str] = answer.iter_lines(chunk_size=None, decode_unicode=True)

    def line(self) -> str:
        """Wait for a line that says something."""
        return next(filter(None, self._lines))

    def shown(self) -> dict[str, Any]:
        """Wait for a snapshot."""
        field, _, data = self.line().partition(": ")
        assert field == "data"
        snapshot: dict[str, Any] = json.loads(data)
        return snapshot

    def ends(self) -> bool:
        """Wait for its end."""
        return not any(self._lines)


@contextmanager
def stream_of(sandbox: Sandbox, patience: float = 60, **headers: str) -> Generator[Stream, None, None]:
    """Open a stream; what does not come in time is an error."""
    with (
        session_for(sandbox) as http,
        http.get(f"{sandbox.url}/_sandbox/live", headers=headers, stream=True, timeout=patience) as answer,
    ):
        yield Stream(answer)


@pytest.fixture(params=["h11", "httptools"])
def parser(request: pytest.FixtureRequest) -> str:
    """Name what uvicorn reads HTTP with; only one of the two is always there."""
    name: str = request.param
    pytest.importorskip(name)
    return name


def get(sandbox: Sandbox, path: str) -> requests.Response:
    with session_for(sandbox) as http:
        return http.get(sandbox.url + path, timeout=60)


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))


def policy_of(answer: requests.Response) -> dict[str, str]:
    rules = (rule.split(maxsplit=1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    return {rule[0]: rule[-1] for rule in rules}


def test_the_page(sandbox: Sandbox) -> None:
    answer = get(sandbox, "/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert policy_of(answer) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_fits_its_policy(sandbox: Sandbox) -> None:
    for tag, attributes in Tags(get(sandbox, "/").text).all:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert tag != "style"
        if tag in {"script", "link", "img"}:
            path = attributes.get("src") or attributes.get("href")
            assert path in {f"/_sandbox/page/{name}" for name in PARTS}


def test_every_icon_is_there(sandbox: Sandbox) -> None:
    tags = Tags(get(sandbox, "/").text).all
    script = "".join((FOLDER / name).read_text("utf-8") for name in SCRIPTS)
    icons = {attributes["id"] for tag, attributes in tags if tag == "symbol"}
    used = {str(attributes["href"]).removeprefix("#") for tag, attributes in tags if tag == "use"}
    named = re.findall(r'(?:icon\(|box\("\w+", |button\([\w.]+, )"(\w+)"', script)
    chosen = ["sent", "delivered", "image", "video", "audio", "document"]
    assert used | {f"i-{name}" for name in (*named, *chosen)} == icons


@pytest.mark.parametrize("name", PARTS)
def test_what_the_page_loads(sandbox: Sandbox, name: str) -> None:
    answer = get(sandbox, f"/_sandbox/page/{name}")
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, PARTS[name])
    assert policy_of(answer)["default-src"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["routes.py", "phone.html", "nothing.js", "__init__.py", "..%2Fdefaults.py"])
def test_what_is_no_part_of_the_page(sandbox: Sandbox, name: str) -> None:
    assert get(sandbox, f"/_sandbox/page/{name}").status_code == 404


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_makes_markup_of_words(name: str) -> None:
    script = (FOLDER / name).read_text("utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(", script
    )


def test_files_of_customers_and_uploads(sandbox: Sandbox) -> None:
    received = sandbox.add_media(b"received", "image/png")
    with session_for(sandbox) as http:
        upload = f"{sandbox.url}/{CHAKRA_MEDIA.format(plugin=sandbox.plugin_id)}"
        file = ("a.html", b"<script>", "text/html")
        link = http.post(upload, files={"file": file}, timeout=60).json()["_data"]["publicMediaUrl"]
    public = link.partition("/public-media/")[2]
    before = sandbox.requests()
    sandbox.fault(status=503)
    for key, content, kind in (
        (received, b"received", "image/png"),
        (public, b"<script>", "text/html; charset=utf-8"),
    ):
        answer = get(sandbox, f"/_sandbox/page/media/{key}")
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["Content-Type"] == kind
        # An uploaded page is no page of this address.
        assert policy_of(answer) == {"default-src": "'none'", "sandbox": "sandbox"}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert get(sandbox, "/_sandbox/page/media/42").status_code == 404
    # What the page fetches is no request of the code under test, and no fault is for it.
    assert sandbox.requests() == before
    assert len(sandbox.faults()) == 1


def test_the_stream_begins_with_what_there_is(sandbox: Sandbox) -> None:
    sandbox.receive(ASHA, "Hello")
    with stream_of(sandbox) as stream:
        assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
        assert stream.answer.headers["Cache-Control"] == "no-store"
        assert stream.shown() == NOTHING | {"chats": get(sandbox, "/_sandbox/chats").json()}


def test_the_stream_tells_every_change(sandbox: Sandbox) -> None:
    with stream_of(sandbox) as stream:
        assert stream.shown()["chats"] == []
        with session_for(sandbox) as http:
            http.post(sandbox.messages_url, json=text(), timeout=60)
        (chat,) = stream.shown()["chats"]
        (message,) = chat["messages"]
        assert (chat["contact"], message["status"]) == (ASHA, "SENT")
        sandbox.deliver(message["wamid"], "READ")
        assert stream.shown()["chats"][0]["messages"][0]["status"] == "READ"
        sandbox.receive(ASHA, "Hello")
        assert len(stream.shown()["chats"][0]["messages"]) == 2
        sandbox.advance(3600)
        assert stream.shown()["ahead"] == 3600
        sandbox.windows("late")
        assert stream.shown()["windows"] == "late"
        sandbox.reset()
        assert stream.shown() == NOTHING


def test_the_stream_tells_what_the_clock_brings(sandbox: Sandbox, machine: Machine) -> None:
    sandbox.windows("late")
    with session_for(sandbox) as http:
        http.post(sandbox.messages_url, json=text(), timeout=60)
    with stream_of(sandbox) as stream:
        assert stream.shown()["chats"][0]["messages"][0]["status"] == "SENT"
        machine.run(1)
        assert stream.shown()["chats"][0]["messages"][0]["status"] == "FAILED"


def test_a_change_is_told_soon(sandbox: Sandbox) -> None:
    with stream_of(sandbox) as stream:
        stream.shown()
        # One must be; a machine may be too slow for others.
        for _ in range(20):
            begin = time.monotonic()
            sandbox.receive(ASHA, "Hello")
            stream.shown()
            if time.monotonic() - begin < 1:
                return
    pytest.fail("none was")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Tell when streams looked at the memory."""
    times: list[float] = []
    look = live.snapshot

    def note(memory: Memory) -> dict[str, Any]:
        times.append(time.monotonic())
        return look(memory)

    monkeypatch.setattr(live, "snapshot", note)
    return times


def test_a_quiet_stream_repeats_nothing_and_shows_now_and_then_that_it_is_alive(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, looks: list[float]
) -> None:
    monkeypatch.setattr(live, "LOOK", 0.05)
    monkeypatch.setattr(live, "PING", 0.5)
    with stream_of(sandbox) as stream:
        stream.shown()
        assert [stream.line() for _ in range(2)] == [": still here"] * 2
        assert len(looks) > 2
        assert time.monotonic() - looks[0] > 0.9
        sandbox.receive(ASHA, "Hello")
        assert stream.shown()["chats"]


def test_a_long_history_is_looked_at_less_often(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[tuple[float, float]] = []

    def slow(_: object) -> dict[str, Any]:
        begin = time.monotonic()
        time.sleep(0.1)
        looks.append((begin, time.monotonic()))
        return {"look": len(looks)}

    monkeypatch.setattr(live, "LOOK", 0)
    monkeypatch.setattr(live, "snapshot", slow)
    with stream_of(sandbox) as stream:
        stream.shown()
        stream.shown()
    (began, ended), (next_began, _) = looks[:2]
    assert next_began - ended > 3.9 * (ended - began)


def test_half_a_character_goes_through(sandbox: Sandbox) -> None:
    sandbox.receive(ASHA, "half \ud83d of it\nand a new line")
    with stream_of(sandbox) as stream:
        (chat,) = stream.shown()["chats"]
    assert chat["messages"][0]["text"] == "half \ud83d of it\nand a new line"


def test_a_stream_ends_when_its_reader_goes() -> None:
    with SandboxServer() as server:
        state = server._server.server_state
        with stream_of(server.sandbox) as stream:
            stream.shown()
            assert state.tasks
        end = time.monotonic() + 60
        while state.tasks:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_streams_end_when_the_sandbox_stops(parser: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    # They do so within uvicorn's seconds of patience, after which it breaks them off and complains.
    patience = SandboxServer()._server.config.timeout_graceful_shutdown
    assert patience is not None
    assert patience > 2 * live.LOOK
    with ExitStack() as readers:
        with SandboxServer(http=parser, timeout_graceful_shutdown=600) as server:
            streams = [readers.enter_context(stream_of(server.sandbox)) for _ in range(3)]
            for stream in streams:
                stream.shown()
        assert_ended(server)
        assert all(stream.ends() for stream in streams)
    assert caplog.records == []


def test_a_reader_that_wants_no_other_answer(parser: str) -> None:
    with ExitStack() as readers:
        with SandboxServer(http=parser) as server:
            stream = readers.enter_context(stream_of(server.sandbox, Connection="close"))
            stream.shown()
            server.sandbox.receive(ASHA, "Hello")
            assert stream.shown()["chats"]
        assert_ended(server)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("inbound", {"from": ASHA, "payload": {"type": "text", "text": {"body": "Hello"}}}),
        ("taps", {"wamid": "wamid.x", "id": "1"}),
        ("contacts", {"contact": ASHA, "blocks": True}),
        ("clock", {"seconds": 60}),
        ("reset", {}),
        ("media", {}),
    ],
)
def test_a_page_of_another_address_gives_no_orders(
    sandbox: Sandbox, path: str, order: dict[str, Any], kind: str
) -> None:
    url, headers = f"{sandbox.url}/_sandbox/{path}", {"Content-Type": kind, "Origin": "https://example.com"}
    with session_for(sandbox) as http:
        asked = http.options(url, headers={**headers, "Access-Control-Request-Method": "POST"}, timeout=60)
        given = http.post(url, data=json.dumps(order), headers=headers, timeout=60)
    assert "access-control-allow-origin" not in asked.headers
    assert given.status_code == 403
    with stream_of(sandbox) as stream:
        assert stream.shown() == NOTHING


@pytest.mark.parametrize(
    ("listens_on", "host", "status"),
    [
        ("127.0.0.1", "localhost:1", 200),
        ("127.0.0.1", "LOCALHOST", 200),
        ("127.0.0.1", "127.0.0.1:1", 200),
        ("127.0.0.1", "[::1]:1", 200),
        ("127.0.0.1", "evil.example.com:1", 403),
        ("127.0.0.1", "localhost.example.com", 403),
        ("127.0.0.1", "localhost@evil.example.com", 403),
        ("127.0.0.1", "192.0.2.1", 403),
        ("127.0.0.1", "[::1", 403),
        ("127.0.0.1", "", 403),
        ("localhost", "evil.example.com:1", 403),
        ("0.0.0.0", "sandbox:8765", 200),
    ],
)
@pytest.mark.parametrize("path", ["/", "/_sandbox/conversation"])
def test_a_page_whose_name_was_led_here_gives_no_orders(
    listens_on: str, host: str, status: int, path: str
) -> None:
    with SandboxServer(host=listens_on) as server, session_for(server.sandbox) as http:
        for origin in ({}, {"Origin": f"http://{host}"}):
            answer = http.get(server.url + path, headers={"Host": host, **origin}, timeout=60)
            assert answer.status_code == status
        # Every page knows the token of the default account, too.
        asked = {"Host": host}
        assert http.get(f"{server.url}/v1/health", headers=asked, timeout=60).status_code == status
        asked["Origin"] = "https://example.com"
        assert http.get(f"{server.url}/v1/health", headers=asked, timeout=60).status_code == 403
        assert len(server.sandbox.requests()) == (status == 200)


def test_the_address_that_is_listened_on_is_its_own() -> None:
    scope = {"headers": [(b"host", b"Sandbox.lan:8765"), (b"origin", b"https://Sandbox.lan:8765")]}
    assert not is_foreign(scope, "sandbox.LAN")
    assert is_foreign(scope, "192.0.2.1")
    # Whoever has the token may know another machine by any name, and is still no page of another address.
    assert not is_foreign(scope, "192.0.2.1", by_token=True)
    scope["headers"][1] = (b"origin", b"null")
    assert is_foreign(scope, "192.0.2.1", by_token=True)


def test_its_own_page_gives_orders_and_looking_at_it_is_no_request_to_the_api(sandbox: Sandbox) -> None:
    sandbox.fault(status=500)
    with session_for(sandbox) as http:
        assert http.get(f"{sandbox.url}/", timeout=60).status_code == 200
        moved = http.post(
            f"{sandbox.url}/_sandbox/clock", json={"seconds": 60}, headers={"Origin": sandbox.url}, timeout=60
        )
    assert moved.status_code == 204
    assert sandbox.requests() == []
