"""Requests as they leave, and what becomes of them: over real sockets."""

from __future__ import annotations

import contextlib
import html
import json
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from airflow_provider_chakra import __version__
from airflow_provider_chakra.api.client import ChakraClient
from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraConfigError,
    ChakraConnectError,
    ChakraError,
    ChakraNotFoundError,
    ChakraRequestError,
    ChakraUnknownError,
)
from airflow_provider_chakra.messages import Text, TextMessage
from tests.raw_server import RawServer, drip, flood, free_port, http, raw_server, read_request

TOKEN = "token-of-the-test-0123456789"
MESSAGE = TextMessage(to="919876543210", text=Text(body="Your slot is confirmed."))
IDS = {"plugin_id": "plugin", "phone_number_id": "1001", "api_version": "v24.0"}
ACCEPTED = http(b'{"_data":{"whatsappMessageId":"wamid.x"}}')


def client_of(url: str, **options: Any) -> ChakraClient:
    """Make a client that waits, unless time running out is what a test is about."""
    return ChakraClient(
        **{
            "token": TOKEN,
            "base_url": url,
            "connect_timeout": 60,
            "read_timeout": 60,
            "ids": lambda *names: {name: IDS[name] for name in names},
        }
        | options
    )


def assert_nothing_leaks(error: Exception) -> None:
    """Look into an error and everything that hangs on it."""
    told = str(error) + repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__
    for secret in ("token-of", "919876543210", "slot is confirmed", "1001", "/v1/ext"):
        assert secret not in told


def test_a_message_leaves_as_one_exact_request():
    with raw_server(ACCEPTED) as server:
        sent = client_of(server.url + "/proxied/").messages.send(MESSAGE)
    assert sent == ("wamid.x", {"_data": {"whatsappMessageId": "wamid.x"}})
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /proxied/v1/ext/plugin/whatsapp/plugin/api/v24.0/1001/messages HTTP/1.1"
    named = {name.lower(): value for name, value in (header.split(": ", 1) for header in headers)}
    assert named["authorization"] == f"Bearer {TOKEN}"
    assert named["accept"] == "application/json"
    assert named["content-type"] == "application/json"
    assert named["user-agent"] == f"airflow-provider-chakra/{__version__}"
    assert json.loads(body) == MESSAGE.payload()
    assert TOKEN not in body.decode() + first


def test_segments_are_encoded_and_none_breaks_out():
    with raw_server(http(b"{}")) as server:
        client = client_of(server.url)
        client.request("get", "/v1/a b/{id}/ü", path_params={"id": "a/../b?c#d%20"}, params={"q": "1 2"})
    assert server.requests[0].startswith(b"GET /v1/a%20b/a%2F..%2Fb%3Fc%23d%2520/%C3%BC?q=1+2 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("path", "params", "told"),
    [
        ("v1/ext", {}, "begin with one slash"),
        ("https://example.com/v1", {}, "begin with one slash"),
        ("//example.com/v1", {}, "begin with one slash"),
        ("/v1?x=1", {}, "as params"),
        ("/v1/{id}", {}, "a value for id"),
        ("/v1/{id}", {"id": ""}, "a value for id"),
        ("/v1/{id}", {"id": None}, "a value for id"),
        ("/v1/{id}/x", {"id": ".."}, "two dots"),
        ("/v1/{id}", {"id": "."}, "a dot"),
        ("/v1//x", {}, "empty"),
    ],
)
def test_a_path_that_is_none_is_refused_before_anything_leaves(path, params, told):
    with raw_server(http(b"{}")) as server, pytest.raises(ChakraConfigError, match=told):
        client_of(server.url).request("GET", path, path_params=params)
    assert not server.requests


@pytest.mark.parametrize("body", [{"x": {1, 2}}, {"x": float("nan")}])
def test_a_body_that_is_not_json_is_refused(body):
    with pytest.raises(ChakraConfigError, match="not JSON"):
        client_of("http://127.0.0.1:1").request("POST", "/v1", json=body)


# --- what goes wrong before the body leaves: nothing was sent


def _send(url: str, **options: Any) -> Any:
    return client_of(url, **options).messages.send(MESSAGE)


def test_a_refused_connection_and_an_unknown_name_send_nothing():
    for url, told in (
        (f"http://127.0.0.1:{free_port()}", "refused the connection"),
        ("http://no-such-host.invalid", "its name is unknown"),
    ):
        with pytest.raises(ChakraConnectError, match=told) as caught:
            _send(url)
        assert caught.value.outcome == "refused"
        assert caught.value.retryable is True
        assert_nothing_leaks(caught.value)


@contextlib.contextmanager
def _never_accepting() -> Generator[str, None, None]:
    """Listen with a queue that is full."""
    with socket.socket() as full, contextlib.ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}"


def test_a_host_that_does_not_take_connections_in_time_gets_nothing():
    with _never_accepting() as url, pytest.raises(ChakraConnectError, match="in time"):
        _send(url, connect_timeout=0.3)


def test_https_to_a_host_that_does_not_speak_it_sends_nothing():
    def garble(connection: socket.socket, server: RawServer) -> None:
        server.requests.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with raw_server(garble) as server, pytest.raises(ChakraConnectError, match="TLS failed") as caught:
        _send(server.url.replace("http:", "https:"))
    assert_nothing_leaks(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a certificate that nobody trusts."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key -out cert"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    (folder / "both").write_bytes((folder / "key").read_bytes() + (folder / "cert").read_bytes())
    return str(folder / "both")


def test_a_certificate_that_is_not_trusted_sends_nothing_unless_it_may(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(connection: socket.socket, server: RawServer) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            server.requests.append(read_request(secure))
            secure.sendall(ACCEPTED)

    with raw_server(serve) as server:
        url = server.url.replace("http:", "https:")
        with pytest.raises(ChakraConnectError, match="not trusted"):
            _send(url)
        assert not server.requests
        with pytest.warns(match="Unverified HTTPS"):
            assert _send(url, verify_tls=False).wamid == "wamid.x"
    assert len(server.requests) == 1


def test_a_connection_lost_while_only_the_headers_left_sent_nothing(monkeypatch):
    """The server hangs up between headers and body; only a mock can time that."""
    from airflow_provider_chakra.api import client as module

    def lost(self: Any, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError

    monkeypatch.setattr(module._Body, "read", lost)
    with raw_server(ACCEPTED) as server, pytest.raises(ChakraConnectError):
        _send(server.url)


# --- what goes wrong after: unknown, and never sent again


def _hang_up(connection: socket.socket, server: RawServer) -> None:
    server.requests.append(read_request(connection))


def _reset(connection: socket.socket, server: RawServer) -> None:
    server.requests.append(read_request(connection))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _say_nothing(connection: socket.socket, server: RawServer) -> None:
    server.requests.append(read_request(connection))
    connection.recv(1)


def _stop_in_the_middle(connection: socket.socket, server: RawServer) -> None:
    server.requests.append(read_request(connection))
    connection.sendall(ACCEPTED[:-10])


def _talk_nonsense(connection: socket.socket, server: RawServer) -> None:
    server.requests.append(read_request(connection))
    connection.sendall(b"220 smtp.example.com ESMTP\r\n")


@pytest.mark.parametrize(
    ("serve", "told"),
    [
        (drip, "time ran out"),
        (flood, "too long"),
        (_hang_up, "the connection was lost"),
        (_reset, "the connection was lost"),
        (_say_nothing, "time ran out"),
        (_stop_in_the_middle, "the connection was lost"),
        (_talk_nonsense, "the connection was lost"),
    ],
)
def test_no_answer_leaves_the_outcome_unknown_and_one_request_made(serve, told):
    options = {"read_timeout": 0.3} if told == "time ran out" else {}
    with raw_server(serve) as server:
        with pytest.raises(ChakraUnknownError, match=told) as caught:
            _send(server.url, **options)
        server.wait_for(1)
    assert len(server.requests) == 1
    assert caught.value.outcome == "unknown"
    assert caught.value.retryable is False
    assert str(caught.value).startswith("The text message to 91******3210 left")
    assert_nothing_leaks(caught.value)


@pytest.mark.parametrize("serve", [_hang_up, _say_nothing, _stop_in_the_middle])
def test_a_request_that_only_reads_may_be_made_again(serve):
    options = {"read_timeout": 0.3} if serve is _say_nothing else {}
    with raw_server(serve) as server:
        with pytest.raises(ChakraUnknownError) as caught:
            client_of(server.url, **options).request("GET", "/v1/ext/config")
        server.wait_for(1)
    assert len(server.requests) == 1
    assert caught.value.retryable is True
    with _never_accepting() as url, pytest.raises(ChakraConnectError, match="in time"):
        client_of(url, connect_timeout=0.3).request("GET", "/v1/ext/config")
    refused = client_of(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ChakraConnectError):
        refused.request("GET", "/v1/ext/config")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(b""), ChakraUnknownError),
        (http(b"{}"), ChakraUnknownError),
        (http(b'{"_data":{"id":"x"}}'), ChakraUnknownError),
        (http(b"<html>", status="502 Bad Gateway"), ChakraUnknownError),
        (http(b"", status="404 Not Found"), ChakraNotFoundError),
        (http(b'{"_data":{"whatsappMessageId":"wamid.x"},"_errors":["no"]}'), ChakraUnknownError),
        (http(b'{"_data":[],"_errors":["no"]}'), ChakraRequestError),
    ],
)
def test_an_answer_without_a_wamid_is_an_error(answer, error):
    with raw_server(answer) as server, pytest.raises(error) as caught:
        _send(server.url)
    assert len(server.requests) == 1
    assert_nothing_leaks(caught.value)


@pytest.mark.parametrize(
    "text",
    ["Dear Zoë,\nyour test is positive", 'Say "yes" & <go>', "Plain words of a message", "a\\b and 'c'"],
)
@pytest.mark.parametrize(
    "quoted", [str, repr, json.dumps, html.escape, lambda text: f"Invalid body: {{{text}}}"]
)
def test_what_a_server_echoes_is_hidden(text, quoted):
    message = TextMessage(to="919876543210", text=Text(body=text))
    body = {"_data": [], "_errors": [f"No: {quoted(text)}, to 919876543210, by Bearer {TOKEN}"]}
    answer = http(json.dumps(body).encode(), status="400 Bad Request")
    with raw_server(answer) as server, pytest.raises(ChakraRequestError) as caught:
        client_of(server.url).messages.send(message)
    told = str(caught.value)
    assert told.isprintable()
    for secret in ("token-of", "9876543210", "positive", "Zo", "yes", "Plain", "and 'c'"):
        assert secret not in told


@pytest.mark.parametrize("location", ["http://[::1", "http://127.0.0.1:99999/", "\xff\xfe", "http://a..b/"])
@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_a_redirect_that_leads_nowhere_is_an_error_like_others(status, location):
    head = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
    with raw_server(head.encode("latin-1")) as server:
        with pytest.raises(ChakraRequestError):
            _send(server.url)
        with pytest.raises(ChakraError):
            client_of(server.url).request("GET", "/v1")
    assert len(server.requests) == 2


def test_contradicting_lengths_leave_the_outcome_unknown():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"
    with raw_server(answer) as server, pytest.raises(ChakraUnknownError):
        _send(server.url)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("GET", 5),
        (None, "/v1"),
        ("GE T", "/v1"),
        ("GET\r\nX: 1", "/v1"),
        ("É", "/v1"),
        ("GET", "/v1/\ud83d"),
    ],
)
def test_a_request_that_is_none_is_refused(arguments):
    with pytest.raises(ChakraConfigError):
        client_of("http://127.0.0.1:1").request(*arguments)


def test_what_requests_cannot_put_together_is_refused():
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for url, options in (
        ("https://api..example.com", {}),
        (f"https://{'x' * 64}.example.com", {}),
        ("https://api.example.com", {"proxy": "http://proxy..example.com"}),
    ):
        with pytest.raises(ChakraError) as caught:
            _send(url, **options)
        assert caught.value.outcome == "refused"
        assert_nothing_leaks(caught.value)
    with pytest.raises(ChakraConfigError):
        client_of("http://127.0.0.1:1").request("POST", "/v1", json=deep)
    with pytest.raises(ChakraConfigError):
        client_of("http://127.0.0.1:1").request("GET", "/v1", params=5)


# --- redirects, proxies, the environment


def test_a_redirected_read_does_not_carry_the_token_to_another_host():
    with raw_server(http(b'{"_data":1}')) as other:
        moved = http(status="302 Found", headers=f"Location: http://localhost:{other.port}/there\r\n")
        with raw_server(moved) as server:
            assert client_of(server.url).request("GET", "/v1/ext/config") == {"_data": 1}
    assert TOKEN.encode() in server.requests[0]
    assert b"GET /there" in other.requests[0]
    assert b"uthorization" not in other.requests[0]


@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent"]
)
def test_a_redirected_message_goes_nowhere(status):
    with raw_server(ACCEPTED) as other:
        moved = http(status=status, headers=f"Location: {other.url}/there\r\n")
        with raw_server(moved) as server, pytest.raises(ChakraRequestError, match="redirect") as caught:
            _send(server.url)
    assert not other.requests
    assert_nothing_leaks(caught.value)


def test_redirects_in_a_circle_end():
    circle = raw_server(http(status="302 Found", headers="Location: /again\r\n"))
    with circle as server, pytest.raises(ChakraConfigError, match="redirected more than 5 times"):
        client_of(server.url).request("GET", "/v1")
    assert len(server.requests) == 6


def test_the_connections_proxy_goes_before_the_environments(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with raw_server(ACCEPTED) as proxy:
        assert _send("http://api.example.com", proxy=proxy.url).wamid == "wamid.x"
    assert proxy.requests[0].startswith(b"POST http://api.example.com/v1/ext/plugin")


def test_the_environments_proxy_is_used_where_the_connection_names_none(monkeypatch):
    with raw_server(ACCEPTED) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert _send("http://api.example.com").wamid == "wamid.x"


def test_a_proxy_that_does_not_answer_sends_nothing():
    with pytest.raises(ChakraConnectError, match="proxy did not connect"):
        _send("https://api.example.com", proxy=f"http://127.0.0.1:{free_port()}")


def test_a_netrc_does_not_take_the_tokens_place(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with raw_server(ACCEPTED) as server:
        _send(server.url)
    assert f"Authorization: Bearer {TOKEN}".encode() in server.requests[0]


def test_a_netrc_does_not_speak_where_a_redirect_leads_to(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine localhost login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with raw_server(http(b"{}")) as other:
        moved = http(status="302 Found", headers=f"Location: http://localhost:{other.port}/there\r\n")
        with raw_server(moved) as server:
            client_of(server.url).request("GET", "/v1/ext/config")
    assert b"uthorization" not in other.requests[0]


@pytest.mark.parametrize(("status", "tries"), [("401 Unauthorized", 2), ("403 Forbidden", 1)])
def test_only_a_token_that_is_not_accepted_is_read_anew_and_once(status, tries):
    answer = http(b'{"_data":[],"_errors":["no"]}', status=status)
    with raw_server(answer) as server, pytest.raises(ChakraAuthError):
        _send(server.url, renew=lambda: f"{TOKEN}-{len(server.requests)}")
    assert len(server.requests) == tries


def test_a_message_that_was_sent_is_not_sent_again_with_another_token():
    answer = http(b'{"_data":{"whatsappMessageId":"wamid.x"},"_errors":["no"]}', status="401 Unauthorized")
    with raw_server(answer) as server, pytest.raises(ChakraUnknownError):
        _send(server.url, renew=lambda: "another-token")
    assert len(server.requests) == 1


# --- sharing


def test_one_client_serves_many_threads(chakra_sandbox):
    ids = {
        "plugin_id": chakra_sandbox.plugin_id,
        "phone_number_id": chakra_sandbox.phone_number_id,
        "api_version": "v24.0",
    }
    client = client_of(chakra_sandbox.url, token=chakra_sandbox.token, ids=lambda *names: ids)
    start = threading.Barrier(8)

    def send(number: int) -> str:
        start.wait()
        message = TextMessage(to="919876543210", text=Text(body=f"Number {number}"))
        return client.messages.send(message).wamid

    with ThreadPoolExecutor(8) as pool:
        wamids = list(pool.map(send, range(8)))
    arrived = {record["wamid"]: record["payload"]["text"]["body"] for record in chakra_sandbox.messages()}
    assert arrived == {wamid: f"Number {number}" for number, wamid in enumerate(wamids)}
    client.close()


def test_after_a_fork_the_child_opens_connections_of_its_own(chakra_sandbox):
    with raw_server(ACCEPTED) as server:
        client = client_of(server.url)
        client.messages.send(MESSAGE)
        before = client._session
        assert client.messages.send(MESSAGE)
        assert client._session is before
        client._process = -1
        client.messages.send(MESSAGE)
        assert client._session is not before


def test_what_urllib3_logs_of_a_path_names_no_customer(caplog):
    caplog.set_level("DEBUG", "urllib3")
    # A header that is none makes it warn, with the whole URL.
    answer = ACCEPTED.replace(b"\r\n\r\n", b"\r\nno header\r\n\r\n")
    with raw_server(answer) as server:
        templates = client_of(server.url).templates
        for send, to in (
            (templates.send_to_number, ("919876543210",)),
            (templates.send_to_process, ("lead", "Asha Rao")),
        ):
            with contextlib.suppress(ChakraUnknownError):
                send(*to, {"templateName": "hello"})
    assert len(server.requests) == 2
    told = [
        record.getMessage() for record in caplog.records if "/v1/ext/plugin/whatsapp" in record.getMessage()
    ]
    assert {record.levelname for record in caplog.records} == {"DEBUG", "WARNING"}
    assert all("/phoneNumber/***" in line or "/process/***" in line for line in told)
    for secret in ("919876543210", "Asha", TOKEN):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "echo",
    [
        "Your slot is co...",
        "YOUR SLOT IS CONFIRMED.",
        "Your  slot\n is confirmed.",
        "body 'your slot is confir' is wrong",
    ],
)
def test_what_a_server_quotes_in_its_own_way_is_hidden(echo):
    body = {"_data": [], "_errors": [f"No: {echo}"]}
    answer = http(json.dumps(body).encode(), status="400 Bad Request")
    with raw_server(answer) as server, pytest.raises(ChakraRequestError) as caught:
        client_of(server.url).messages.send(MESSAGE)
    assert "slot" not in str(caught.value).lower()


def test_a_server_that_echoes_the_path_names_no_customer():
    body = {"_data": [], "_errors": ["Not found: /process/lead/Asha%20Rao, Asha Rao"]}
    answer = http(json.dumps(body).encode(), status="404 Not Found")
    with raw_server(answer) as server, pytest.raises(ChakraNotFoundError) as caught:
        client_of(server.url).processes.fetch("lead", "Asha Rao")
    assert "Asha" not in str(caught.value)
    assert "/process/lead/" in str(caught.value)


def test_a_client_shows_no_token():
    assert repr(client_of("https://api.example.com")) == "ChakraClient(base_url='https://api.example.com')"
