"""Triggerers read: everything once and in order; strangers nothing."""

from __future__ import annotations

import base64
import json
import socket
import sqlite3
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from airflow_provider_chakra.exceptions import ChakraInboxError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.inbox import feed as feed_module
from airflow_provider_chakra.inbox import store, tokens
from airflow_provider_chakra.inbox.feed import Feed
from tests.events.samples import PHONE, USER_ID, whatsapp
from tests.raw_server import RawServer, free_port, http, raw_server, read_request

from .calls import TEXT, message, status
from .serving import CONN_ID, CONNECTION, SECRET, Served, sign

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "chakra_other"


def wamids(events: list[Any]) -> list[str]:
    """Give the wamids of events."""
    return [event.wamid for event in events]


def test_the_first_look_takes_notice_and_the_next_give_what_is_new(server, feed):
    server.post(message("wamid.1"))
    reader = feed()
    assert reader.look() == []
    server.post(message("wamid.2"))
    server.post(status("wamid.out"))
    server.post(message("wamid.1"))
    first, second = reader.look()
    assert (first.wamid, first.text, first.sender) == ("wamid.2", TEXT, PHONE)
    assert (second.wamid, second.status, second.recipient) == ("wamid.out", "DELIVERED", PHONE)
    assert reader.look() == []
    # The numbers of what was told twice are used up or not; what is new has a higher one.
    server.post(message("wamid.3"))
    assert wamids(reader.look()) == ["wamid.3"]


def test_what_came_while_the_server_was_away_is_told_by_the_next_one(database, monkeypatch):
    with Served() as server:
        monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", f"{server.url}/")
        reader = Feed.of(CONN_ID, ChakraHook(CONN_ID))
        assert reader is not None
        reader.look()
        server.post(message("wamid.1"))
        first = server.url
    with pytest.raises(ChakraInboxError, match=r"ConnectionError.*inbox_url"):
        reader.look()
    with Served() as server:
        reader._url = reader._url.replace(first, server.url)
        server.post(message("wamid.2"))
        assert wamids(reader.look()) == ["wamid.1", "wamid.2"]


def test_more_than_a_page_is_read_at_once(server, feed, monkeypatch):
    monkeypatch.setattr(store, "PAGE", 3)
    reader = feed()
    reader.look()
    for number in range(7):
        server.post(message(f"wamid.{number}"))
    assert wamids(reader.look()) == [f"wamid.{number}" for number in range(7)]
    assert reader.look() == []
    assert wamids(reader.about(wamids=[f"wamid.{number}" for number in range(6)])) == [
        f"wamid.{number}" for number in range(6)
    ]


def test_a_failure_in_the_middle_loses_nothing(server, feed, monkeypatch):
    monkeypatch.setattr(store, "PAGE", 2)
    reader = feed()
    reader.look()
    for number in range(4):
        server.post(message(f"wamid.{number}"))
    page = store.Store.page
    asked: list[Any] = []

    def fails(self: Any, conn_id: str, after: Any, **about: Any) -> Any:
        asked.append(after)
        if len(asked) == 2:
            raise store.DBAPIError("SELECT", {}, Exception(TEXT))
        return page(self, conn_id, after, **about)

    monkeypatch.setattr(store.Store, "page", fails)
    with pytest.raises(ChakraInboxError, match="cannot read its database") as caught:
        reader.look()
    assert (caught.value.status, caught.value.retryable) == (503, True)
    assert wamids(reader.look()) == [f"wamid.{number}" for number in range(4)]


def test_what_is_kept_about_customers_and_messages_is_told(server, feed):
    hidden = {"from_user_id": USER_ID, "id": "wamid.hidden", "type": "text", "context": {"id": "wamid.asked"}}
    other = message("wamid.other")
    other["entry"][0]["changes"][0]["value"]["messages"][0]["from"] = "919876543211"
    for body in (message("wamid.1"), other, whatsapp(messages=[hidden]), status("wamid.out", "SENT")):
        assert server.post(body).status_code == 200
    reader = feed()
    assert wamids(reader.about(customers=[PHONE])) == ["wamid.1", "wamid.out"]
    assert wamids(reader.about(customers={USER_ID})) == ["wamid.hidden"]
    assert wamids(reader.about(wamids=["wamid.out", "wamid.none"])) == ["wamid.out"]
    assert wamids(reader.about(wamids=["wamid.asked"])) == ["wamid.hidden"]
    assert wamids(reader.about(customers=[USER_ID], wamids=["wamid.1"])) == ["wamid.1", "wamid.hidden"]
    assert reader.about() == []


def test_a_long_question_is_asked_in_parts_and_told_once(server, feed):
    server.post(message("wamid.1"))
    server.post(status("wamid.1"))
    customers = [str(919876543210 + number) for number in range(feed_module._MOST_ASKED + 1)]
    asked = [f"wamid.{number}" for number in range(feed_module._MOST_ASKED, -1, -1)]
    assert wamids(feed().about(customers=customers, wamids=asked)) == ["wamid.1", "wamid.1"]


def test_a_feed_tells_of_its_own_connection_only(server, feed, monkeypatch):
    secret = "another secret"
    connection = CONNECTION | {"extra": {"webhook_secret": secret}}
    monkeypatch.setenv(f"AIRFLOW_CONN_{OTHER.upper()}", json.dumps(connection))
    reader = feed()
    reader.look()
    body = json.dumps(message("wamid.1")).encode()
    assert server.post(body, signature=sign(body, secret), conn_id=OTHER).status_code == 200
    assert reader.look() == []
    assert reader.about(customers=[PHONE], wamids=["wamid.1"]) == []
    # The same event of two connections is two events.
    assert server.post(body).status_code == 200
    assert wamids(reader.look()) == ["wamid.1"]
    # One connection's secret opens no other.
    stranger = Feed(server.url, CONN_ID, secret)
    with pytest.raises(ChakraInboxError, match="must be the same here and in the API server"):
        stranger.look()


@pytest.mark.parametrize(
    ("setting", "extra"),
    [("False", {"webhook_secret": SECRET}), ("True", {}), ("True", {"webhook_secret": " "})],
)
def test_there_is_no_feed_where_webhooks_are_off(monkeypatch, setting, extra):
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", setting)
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONN_ID.upper()}", json.dumps(CONNECTION | {"extra": extra}))
    assert Feed.of(CONN_ID, ChakraHook(CONN_ID)) is None


def claims(**changes: Any) -> dict[str, Any]:
    """Give the claims of a good token, changed."""
    now = datetime.now(UTC)
    good = {"aud": f"chakra-inbox:{CONN_ID}", "iat": now, "exp": now + timedelta(seconds=60)}
    return {name: value for name, value in (good | changes).items() if value is not None}


KEY = tokens._key(SECRET.encode())


def unsigned() -> str:
    """Make a token that says of itself that it needs no signature."""
    return jwt.encode(claims(), None, algorithm="none")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer {token}", 200),
        ("bearer {token}", 200),
        (None, 401),
        ("Bearer", 401),
        ("Bearer x.y.z", 401),
        ("{token}", 401),
        ("Basic " + base64.b64encode(SECRET.encode()).decode(), 401),
        ("Bearer {of_another}", 401),
        ("Bearer {forged}", 401),
        ("Bearer {by_the_secret}", 401),
        ("Bearer {over}", 401),
        ("Bearer {endless}", 401),
        ("Bearer {for_nobody}", 401),
        ("Bearer {of_tomorrow}", 401),
        ("Bearer {unsigned}", 401),
    ],
)
def test_only_a_token_of_a_triggerer_opens_the_inbox(server, header, status):
    server.post(message("wamid.1"))
    # Made now: they last a minute.
    day = datetime.now(UTC) + timedelta(days=1)
    made = {
        "by_the_secret": jwt.encode(claims(), SECRET, algorithm="HS256"),
        "over": jwt.encode(claims(exp=datetime.now(UTC) - timedelta(seconds=40)), KEY),
        "endless": jwt.encode(claims(exp=None), KEY),
        "for_nobody": jwt.encode(claims(aud=None), KEY),
        "of_tomorrow": jwt.encode(claims(iat=day, exp=day + timedelta(seconds=60)), KEY),
        "unsigned": unsigned(),
        "token": tokens.make_token(SECRET.encode(), CONN_ID),
        "of_another": tokens.make_token(SECRET.encode(), OTHER),
        "forged": tokens.make_token(b"forged", CONN_ID),
    }
    headers = {"Authorization": header.format(**made)} if header else {}
    url = f"{server.url}/chakra/inbox/{CONN_ID}"
    answers = [
        requests.get(url, headers=headers, params={"after": "0"}, timeout=60),
        requests.post(f"{url}/about", headers=headers, json={"customers": [PHONE], "wamids": []}, timeout=60),
    ]
    for answer in answers:
        assert answer.status_code == status
        assert (TEXT in answer.text) == (status == 200)
        if status == 401:
            assert answer.json() == {"detail": "Unauthorized"}


def test_a_token_does_not_tell_the_secret_and_lasts_a_minute():
    token = tokens.make_token(SECRET.encode(), CONN_ID)
    told = jwt.decode(token, options={"verify_signature": False})
    assert told["exp"] - told["iat"] == 60
    assert SECRET.encode() != KEY
    assert SECRET not in token


@pytest.mark.parametrize(
    "question",
    [
        None,
        [],
        {},
        {"customers": [PHONE]},
        {"customers": PHONE, "wamids": []},
        {"customers": [1], "wamids": []},
        {"customers": ["\0"], "wamids": []},
        {"customers": [], "wamids": ["w"] * 501},
        {"customers": [], "wamids": [], "after": "-1"},
        {"customers": [], "wamids": [], "after": None},
    ],
)
def test_a_question_that_cannot_be_read_is_refused(server, question):
    headers = {"Authorization": f"Bearer {tokens.make_token(SECRET.encode(), CONN_ID)}"}
    url = f"{server.url}/chakra/inbox/{CONN_ID}"
    assert requests.post(f"{url}/about", headers=headers, json=question, timeout=60).status_code == 400
    for after in ("x", "-1", "1" * 19, "", "1.0"):
        found = requests.get(url, headers=headers, params={"after": after}, timeout=60)
        assert found.status_code == 400


# Deeper than an event can be that this provider keeps, and not too deep for JSON.
DEEP = b'{"a":' * 5000 + b"1" + b"}" * 5000
PAGE = b'{"place": "1", "more": false, "events": [{"kind": "message", "wamid": "w", "payload": %s}]}'


def _begin(connection: socket.socket, server: RawServer) -> None:
    """Begin to answer, and say no more until the other one goes."""
    server.requests.append(read_request(connection))
    connection.sendall(http(b'{"place": "1", "more": false, "events": []}')[:-1])
    connection.recv(1)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (http(b"<html>", headers="Content-Type: text/html\r\n"), "not this provider's inbox"),
        (http(b"[]"), "not this provider's inbox"),
        (http(b'{"place": "1", "more": false}'), "not this provider's inbox"),
        (http(b'{"place": "1", "more": false, "events": [{"kind": "status"}]}'), "another version"),
        (http(b'{"events": []}'), "not this provider's inbox"),
        (http(b'{"place": "1", "events": []}'), "not this provider's inbox"),
        (http(b'{"place": null, "more": false, "events": []}'), "not this provider's inbox"),
        (http(b'{"place": "1", "more": true, "events": []}'), "not this provider's inbox"),
        (http(b'{"place": "1", "more": false, "events": {"a": 1}}'), "not this provider's inbox"),
        (http(b'{"place": "1", "more": false, "events": ' + b"[" * 90_000), "not this provider's inbox"),
        (http(PAGE % DEEP), "not this provider's inbox"),
        (http(status="404 Not Found"), r"HTTP 404: \[chakra\] webhook must be on"),
        (http(status="302 Found", headers="Location: http://127.0.0.1:1/\r\n"), "HTTP 302"),
        (http(status="500 Oops"), "HTTP 500"),
        (_begin, "ConnectionError"),
    ],
)
def test_whatever_answers_is_told_as_an_error_of_its_own(monkeypatch, answer, told):
    if answer is _begin:
        monkeypatch.setattr(feed_module, "_TIMEOUTS", (60, 0.3))
    with raw_server(answer) as server:
        reader = Feed(server.url, CONN_ID, SECRET)
        for ask in (reader.look, lambda: reader.about(customers=[PHONE])):
            with pytest.raises(ChakraInboxError, match=told) as caught:
                ask()
            assert caught.value.retryable
            assert SECRET not in str(caught.value)


def test_nobody_there_is_told_and_a_password_of_netrc_is_not_sent(monkeypatch, tmp_path):
    with pytest.raises(ChakraInboxError, match="ConnectionError"):
        Feed(f"http://127.0.0.1:{free_port()}", CONN_ID, SECRET).look()
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password of-netrc\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with raw_server(http(b'{"place": "1", "more": false, "events": []}')) as server:
        reader = Feed(server.url, "a#b", SECRET)
        reader.look()
    (asked,) = server.requests
    assert asked.startswith(b"GET /chakra/inbox/a%23b HTTP/1.1\r\n")
    assert b"Authorization: Bearer " in asked
    assert SECRET not in repr(reader)
    assert repr(reader) == "Feed('a#b')"


def test_what_is_deleted_is_told_to_nobody_and_makes_nothing_come_again(server, feed, database):
    for number in range(3):
        server.post(message(f"wamid.{number}"))
    reader = feed()
    reader.look()
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        connection.execute("DELETE FROM chakra_inbox WHERE wamid = 'wamid.2'")
    assert reader.look() == []
    server.post(message("wamid.3"))
    assert wamids(reader.look()) == ["wamid.3"]
    server.post(message("wamid.4"))
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        connection.execute("DELETE FROM chakra_inbox")
    assert reader.look() == []
    server.post(message("wamid.5"))
    assert wamids(reader.look()) == ["wamid.5"]


@pytest.mark.parametrize(
    "lost",
    [
        ["DROP TABLE chakra_inbox"],
        ["DROP TABLE chakra_inbox", "DROP TABLE chakra_inbox_turn"],
        ["DROP TABLE chakra_inbox_turn"],
        ["DELETE FROM chakra_inbox_turn"],
    ],
)
def test_what_was_lost_holds_nothing_up(server, feed, database, lost):
    for number in range(3):
        server.post(message(f"wamid.{number}"))
    reader = feed()
    reader.look()
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        for statement in lost:
            connection.execute(statement)
    # What came before the next look is not lost, though its number was used before.
    assert [server.post(message("wamid.4")).status_code for _ in range(2)] == [503, 200]
    assert wamids(reader.look()) == ["wamid.4"]
    server.post(message("wamid.5"))
    assert wamids(reader.look()) == ["wamid.5"]
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TABLE chakra_inbox")
    with pytest.raises(ChakraInboxError):
        reader.look()
    assert reader.look() == []


def test_a_customer_of_both_names_is_found_by_either(server, feed):
    server.post(message("wamid.1", from_user_id=USER_ID))
    for name in (PHONE, USER_ID):
        assert wamids(feed().about(customers=[name])) == ["wamid.1"]


@pytest.mark.parametrize("url", ["http://airflow..example.com", "http://[::1", "nothing", "http://a b/", ""])
def test_an_address_that_is_none_is_told(url):
    with pytest.raises(ChakraInboxError, match="inbox_url must be where"):
        Feed(url, CONN_ID, SECRET).look()


@pytest.mark.parametrize(
    ("trusted", "told"), [("its own", None), ("", "SSLError"), ("not there", "SSLError")]
)
def test_the_certificate_of_the_api_server_is_trusted(tmp_path, monkeypatch, trusted, told):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make_certificate(certificate, key)
    monkeypatch.setenv("AIRFLOW__API__SSL_CERT", {"its own": str(certificate)}.get(trusted, trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Page(BaseHTTPRequestHandler):
        # Of whoever else comes by.
        timeout = 60

        def do_GET(self) -> None:
            self.wfile.write(http(b'{"place": "7", "more": false, "events": []}'))

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        # Not within accept(), where whoever says nothing holds up all others.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stray = socket.create_connection(("127.0.0.1", server.server_port))
        reader = Feed(f"https://127.0.0.1:{server.server_port}", CONN_ID, SECRET)
        try:
            if told is None:
                assert reader.look() == []
            else:
                with pytest.raises(ChakraInboxError, match=told):
                    reader.look()
        finally:
            stray.close()
            server.shutdown()


def make_certificate(certificate: Path, key: Path) -> None:
    """Sign a certificate by itself."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(alternative, critical=False).sign(private, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    certificate.write_bytes(signed.public_bytes(pem))
    key.write_bytes(private.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
