from __future__ import annotations

import contextlib
import logging
import socket
import threading

import pytest
import requests

from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.server import SandboxServer

from .samples import assert_ended, session_for, text


def test_ready_inside_the_block_and_gone_after_it() -> None:
    patient = SandboxServer(timeout_graceful_shutdown=600)
    with patient as server, session_for(server.sandbox) as http:
        url = f"{server.url}/v1/health"
        assert http.get(url, timeout=60).status_code == 200
        server.__exit__(None, None, None)
        # The connection that is kept alive must not hold it up.
        assert_ended(server)
    with session_for(server.sandbox) as http, pytest.raises(requests.ConnectionError):
        http.get(url, timeout=60)


def test_stops_though_an_answer_is_still_delayed() -> None:
    with SandboxServer() as server:
        server.sandbox.fault(delay=3600)
        client = threading.Thread(target=_post_in_vain, args=(server,))
        client.start()
        while not server.sandbox.messages():
            assert client.is_alive()
    assert_ended(server)
    client.join(60)
    assert not client.is_alive()


def test_no_log_line_holds_a_whole_phone_number(caplog: pytest.LogCaptureFixture) -> None:
    number = "919876543210"
    caplog.set_level(logging.INFO)
    with SandboxServer() as server, session_for(server.sandbox) as http:
        # As Airflow does, when it configures logging while the sandbox runs.
        access = logging.getLogger("uvicorn.access")
        access.propagate = True
        ext = f"{server.url}/v1/ext"
        sender = f"plugin/whatsapp/{server.sandbox.plugin_id}"
        http.post(f"{ext}/{sender}/phoneNumber/{number}/send-template-message", json={})
        http.post(f"{ext}/{sender}/process/lead/{number}/send-template-message", json={})
        http.put(f"{ext}/procedure/lead/process/phone_number/{number}", json={})
        http.get(f"{ext}/procedure/lead/process/{number}")
        http.post(f"{ext}/p/lead/{number}/task/call", json={})
        server.sandbox.fault(close="before")
        with contextlib.suppress(requests.ConnectionError):
            http.get(f"{ext}/procedure/lead/process/%2B{number}")
        http.get(server.sandbox.messages_url)
    assert caplog.text.count("91******3210") == 6
    assert number not in caplog.text
    # An id of Meta's is nobody's number.
    assert f"/{server.sandbox.phone_number_id}/messages: 405" in caplog.text


def _post_in_vain(server: SandboxServer) -> None:
    with session_for(server.sandbox) as http, contextlib.suppress(requests.RequestException):
        http.post(server.sandbox.messages_url, json=text(), timeout=600)


def test_two_servers_share_nothing() -> None:
    other = Account("token", "plugin", "number", "waba")
    with SandboxServer() as one, SandboxServer(other) as two:
        assert one.port != two.port
        with session_for(two.sandbox) as http:
            url = f"{two.url}/v1/ext/plugin/whatsapp/plugin/api/v23.0/number/messages"
            assert http.post(url, json=text()).status_code == 200
            assert http.get(f"{one.url}/v1/health").status_code == 401
        assert (len(one.sandbox.messages()), len(two.sandbox.messages())) == (0, 1)


def test_a_port_in_use() -> None:
    with SandboxServer() as server, pytest.raises(OSError, match=r"[Aa]ddress already in use"):
        SandboxServer(port=server.port).__enter__()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_cannot_start_says_so() -> None:
    with pytest.raises(RuntimeError, match="The sandbox did not start"):
        SandboxServer(http="no.such:parser").__enter__()


def test_a_client_that_goes_away_inside_its_request() -> None:
    with SandboxServer() as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(b"POST /v1/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        assert server.sandbox.requests() == []


def test_a_given_port() -> None:
    # Taken, so that nobody else gets it; who asks for it by its number can have it even so.
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with SandboxServer(port=port) as server:
            assert server.url == f"http://127.0.0.1:{port}"
            assert server.sandbox.messages() == []


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_ipv6_loopback() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 loopback")
    with SandboxServer(host="::1") as server:
        assert server.url == f"http://[::1]:{server.port}"
        assert server.sandbox.messages() == []
