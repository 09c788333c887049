"""Files on their way, in both directions: piece by piece, whole or not at all. Over real sockets."""

from __future__ import annotations

import email
import gzip
import hashlib
import io
import os
import socket
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_chakra.api import client as client_module
from airflow_provider_chakra.api.client import ChakraClient
from airflow_provider_chakra.api.retry import Retrying
from airflow_provider_chakra.api.saving import Saving, saving_to
from airflow_provider_chakra.api.transfer import Form, FormBody, source_of
from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraConnectError,
    ChakraNotFoundError,
    ChakraUnknownError,
)
from tests.raw_server import RawServer, free_port, http, more, raw_server, read_request

TOKEN = "token-of-the-test-0123456789"
CONTENT = bytes(range(256)) * 4096
OK = http(b'{"_data":{}}')


def client_of(url: str, **options: Any) -> ChakraClient:
    """Make a client that waits, unless time running out is what a test is about."""
    return ChakraClient(
        **{"token": TOKEN, "base_url": url, "connect_timeout": 60, "read_timeout": 60} | options
    )


def thrice() -> Retrying:
    """Try three times, without waiting."""
    return Retrying(3, 60, sleep=lambda seconds: None)


def form_of(source: Any = CONTENT, **fields: Any) -> Form:
    """Make a form."""
    return Form(
        **{"field": "file", "source": source_of(source), "filename": "a.bin", "mime_type": "x/y"} | fields
    )


def parts_of(content_type: str, body: bytes) -> dict[str, tuple[str | None, str, bytes]]:
    """Read a form as the standard library does."""
    message = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    assert message.is_multipart()
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename(),
            part.get_content_type(),
            part.get_payload(decode=True),
        )
        for part in message.get_payload()
    }


# --- out


class Stored:
    """An object of some storage."""

    name = "stored.bin"

    def __init__(self, *contents: bytes) -> None:
        self.contents = list(contents)
        self.opened: list[io.BytesIO] = []

    def open(self, mode: str) -> io.BytesIO:
        assert mode == "rb"
        content = self.contents.pop(0) if len(self.contents) > 1 else self.contents[0]
        self.opened.append(io.BytesIO(content))
        return self.opened[-1]


def test_sources(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(CONTENT)
    stored = Stored(CONTENT)
    for given, name in ((path, "a.bin"), (str(path), "a.bin"), (CONTENT, ""), (stored, "stored.bin")):
        source = source_of(given)
        assert source.name == name
        assert source.look(3) == (b"\x00\x01\x02", len(CONTENT))
        assert source.sha256() == hashlib.sha256(CONTENT).hexdigest()
    assert all(file.closed for file in stored.opened)


@pytest.mark.parametrize(
    ("given", "told"), [(None, "not NoneType"), ("", "not str"), (7, "not int"), (["a"], "not list")]
)
def test_what_is_no_file_is_told(given, told):
    with pytest.raises(ChakraConfigError, match=told):
        source_of(given)


class Failing:
    """A storage that fails in its own way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def open(self, mode: str) -> Any:
        raise self.error


@pytest.mark.parametrize(
    ("source", "told", "again"),
    [
        ("/nowhere/invoice-919876543210.pdf", "No such file", False),
        ("/", "Is a directory", False),
        ("a\0b", "ValueError", False),
        (Failing(RuntimeError("bucket")), "RuntimeError", True),
        (Failing(OSError(5, "Input/output error")), "Input/output error", True),
    ],
)
def test_a_file_that_cannot_be_read_sends_nothing(source, told, again):
    with raw_server(OK) as server, pytest.raises(ChakraConfigError, match=told) as caught:
        client_of(server.url).request("POST", "/v1", form=form_of(source))
    assert caught.value.retryable is again
    assert "invoice" not in str(caught.value)
    assert "bucket" not in str(caught.value)
    assert not server.requests


def test_a_form_leaves_as_one_exact_request():
    form = form_of(filename='Zoë "1".png', mime_type="image/png", fields={"filename": "Zoë.png"})
    with raw_server(OK) as server:
        client_of(server.url).request("POST", "/v1/upload", form=form)
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    headers = email.message_from_bytes(head.partition(b"\r\n")[2])
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert int(headers["Content-Length"]) == len(body)
    assert "Transfer-Encoding" not in headers
    boundary = headers["Content-Type"].removeprefix("multipart/form-data; boundary=")
    assert (
        body
        == (
            f'--{boundary}\r\nContent-Disposition: form-data; name="filename"\r\n\r\nZoë.png\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="Zoë %221%22.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
        + CONTENT
        + f"\r\n--{boundary}--\r\n".encode()
    )


@pytest.mark.parametrize("size", [1, 7, 4096, len(CONTENT), -1, None])
@pytest.mark.parametrize("content", [b"", b"x", CONTENT[:9000]])
def test_a_form_is_the_same_in_pieces_of_any_size(size, content):
    body = FormBody(form_of(content, fields={"a": "b"}))
    pieces = list(iter(lambda: body.read(size), b""))
    assert sum(map(len, pieces)) == len(body)
    assert parts_of(body.content_type, b"".join(pieces)) == {
        "a": (None, "text/plain", b"b"),
        "file": ("a.bin", "x/y", content),
    }
    assert body.read(1) == b""
    assert b"".join(FormBody(form_of(content))).count(b"\r\n--") == 1


@pytest.mark.parametrize("names", [{"filename": "a\r\nX: y"}, {"mime_type": "a\nb"}, {"filename": "\0"}])
def test_a_name_cannot_break_out_of_its_header(names):
    with raw_server(OK) as server, pytest.raises(ChakraConfigError, match="control character"):
        client_of(server.url).request("POST", "/v1", form=form_of(**names))
    assert not server.requests


def test_a_name_that_is_no_text_can_be_sent():
    with raw_server(OK) as server:
        client_of(server.url).request("POST", "/v1", form=form_of(filename="a\udcff.png"))
    assert b'filename="a?.png"' in server.requests[0]


def test_an_upload_without_a_connection_sends_nothing_and_leaves_no_file_open():
    stored = Stored(CONTENT)
    client = client_of(f"http://127.0.0.1:{free_port()}", retrying=thrice())
    with pytest.raises(ChakraConnectError):
        client.request("POST", "/v1", form=form_of(stored))
    assert len(stored.opened) == 6
    assert all(file.closed for file in stored.opened)


def _hang_up(connection: socket.socket, server: RawServer) -> None:
    server.requests.append(read_request(connection))


def _hang_up_at_once(connection: socket.socket, server: RawServer) -> None:
    server.requests.append(connection.recv(1000))


@pytest.mark.parametrize("serve", [_hang_up, _hang_up_at_once])
def test_an_upload_without_an_answer_is_not_made_again(serve):
    content = CONTENT * 8
    with raw_server(serve) as server, pytest.raises(ChakraUnknownError) as caught:
        client_of(server.url, retrying=thrice()).request("POST", "/v1", form=form_of(content))
    assert len(server.requests) == 1
    assert caught.value.retryable is False


def test_an_upload_that_only_sent_its_headers_sent_nothing(monkeypatch):
    """The server hangs up between headers and body; only a mock can time that."""

    def lost(self: Any, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError

    monkeypatch.setattr(FormBody, "read", lost)
    with raw_server(OK) as server, pytest.raises(ChakraConnectError):
        client_of(server.url).request("POST", "/v1", form=form_of())


def test_a_refused_upload_is_made_again_as_a_whole():
    answers = [
        http(b"{}", status="401 Unauthorized"),
        http(b"{}", status="429 Too Many Requests", headers="Retry-After: 0\r\n"),
        OK,
    ]

    def serve(connection: socket.socket, server: RawServer) -> None:
        while request := read_request(connection):
            server.requests.append(request)
            connection.sendall(answers[len(server.requests) - 1])

    with raw_server(serve) as server:
        client = client_of(server.url, retrying=thrice(), renew=lambda: "new-token")
        assert client.request("POST", "/v1", form=form_of()) == {"_data": {}}
    assert [CONTENT in request for request in server.requests] == [True, True, True]
    assert [b"Bearer new-token" in request for request in server.requests] == [False, True, True]


@pytest.mark.parametrize(
    ("contents", "sha256"),
    [
        ((CONTENT, CONTENT[:-1]), ""),
        ((CONTENT, CONTENT + b"x"), ""),
        ((CONTENT, CONTENT[::-1]), hashlib.sha256(CONTENT).hexdigest()),
    ],
)
def test_a_file_that_changes_meanwhile_is_not_uploaded(chakra_sandbox, contents, sha256):
    client = client_of(chakra_sandbox.url, token=chakra_sandbox.token)
    path = f"/v1/ext/plugin/whatsapp/{chakra_sandbox.plugin_id}/upload-public-media"
    with pytest.raises(ChakraConfigError, match="changed while it was uploaded") as caught:
        client.request("POST", path, form=form_of(Stored(*contents), sha256=sha256))
    assert caught.value.retryable is True
    client.request("POST", path, form=form_of(Stored(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest()))
    assert [upload["size"] for upload in chakra_sandbox.uploads()] == [len(CONTENT)]


# --- in


def download(
    url: str,
    target: Any,
    *,
    max_bytes: int = 10**9,
    path: str = "/v1",
    client: ChakraClient | None = None,
    **options: Any,
) -> int:
    """Save what a server gives."""
    client = client or client_of(url, **options)
    with saving_to(target, max_bytes) as saving:
        client.request("GET", path, save=saving)
    assert saving.size == 0 or saving.sha256()
    return saving.size


class Target:
    """A place in some storage, which keeps what was written when it is closed, whole or not."""

    def __init__(self, *, fails: bool = False) -> None:
        self.kept: bytes | None = None
        self.fails = fails

    def open(self, mode: str) -> Any:
        assert mode == "wb"
        target = self

        class Writing(io.BytesIO):
            def write(self, piece: Any) -> int:
                if target.fails and self.tell():
                    raise OSError(28, "No space left on device")
                return super().write(piece)

            def close(self) -> None:
                target.kept = self.getvalue()
                super().close()

        return Writing()

    def unlink(self) -> None:
        self.kept = None


def test_a_download_reaches_every_kind_of_target(tmp_path):
    path, storage, file = tmp_path / "a.bin", Target(), io.BytesIO()
    path.write_bytes(b"old")
    with raw_server(http(CONTENT)) as server:
        for target in (path, str(tmp_path / "b.bin"), storage, file):
            assert download(server.url, target) == len(CONTENT)
    assert path.read_bytes() == (tmp_path / "b.bin").read_bytes() == CONTENT
    assert storage.kept == CONTENT
    assert file.getvalue() == CONTENT
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.bin", "b.bin"]
    assert b"accept: */*\r\n" in server.requests[0].lower()
    assert b"accept-encoding: identity\r\n" in server.requests[0].lower()


class StoragePath(type(Path())):  # type: ignore[misc]
    """A path that is none of this machine's, as Airflow 2's ObjectStoragePath is one."""

    kept = io.BytesIO()

    def open(self, mode: str = "r", *arguments: Any) -> Any:
        assert mode == "wb"
        return nullcontext(self.kept)


def test_a_path_of_another_storage_is_written_there(tmp_path):
    with raw_server(http(CONTENT)) as server:
        download(server.url, StoragePath(tmp_path / "a"))
    assert StoragePath.kept.getvalue() == CONTENT
    assert list(tmp_path.iterdir()) == []


def test_a_download_has_the_rights_of_any_new_file(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    with raw_server(http(CONTENT)) as server:
        download(server.url, tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (None, "not NoneType"),
        ("", "not str"),
        ("/nowhere/a.bin", "No such file"),
        ("/", "is a folder"),
        ("a\0b", "ValueError"),
    ],
)
def test_a_target_that_is_none_is_told_before_anything_is_asked_for(target, told):
    with raw_server(http(CONTENT)) as server, pytest.raises(ChakraConfigError, match=told):
        download(server.url, target)
    assert not server.requests


def _then_whole(first: Callable[[socket.socket], None]) -> Callable[[socket.socket, RawServer], None]:
    def serve(connection: socket.socket, server: RawServer) -> None:
        while request := read_request(connection):
            server.requests.append(request)
            if len(server.requests) == 1:
                first(connection)
                return
            connection.sendall(http(CONTENT))

    return serve


def _half(connection: socket.socket) -> None:
    connection.sendall(http(CONTENT)[:-5000])


def _half_of_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwrong\r\n")


def _more_than_all(connection: socket.socket) -> None:
    size = len(CONTENT) + 1
    connection.sendall(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n".encode())
    connection.sendall(b"x" * size + b"\r\n")


def _silence(connection: socket.socket) -> None:
    connection.sendall(http(CONTENT)[:5000])
    # Until the client has gone.
    connection.recv(1)


@pytest.mark.parametrize("first", [_half, _half_of_chunks, _more_than_all, _silence])
def test_a_download_that_breaks_off_begins_anew(tmp_path, first):
    for target in (tmp_path / "a.bin", Target()):
        with raw_server(_then_whole(first)) as server:
            client = client_of(server.url, **({"read_timeout": 0.3} if first is _silence else {}))

            def break_off(_: float, client: ChakraClient = client, server: RawServer = server) -> None:
                # Only the first answer may come too late; and the first it must be.
                client._timeout = (60, 60)
                server.wait_for(1)

            client._retrying = Retrying(3, 60, sleep=break_off)
            assert download(server.url, target, client=client) == len(CONTENT)
        assert len(server.requests) == 2
        assert (target.kept if isinstance(target, Target) else target.read_bytes()) == CONTENT


def test_a_download_that_never_becomes_whole_leaves_nothing(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"old")
    storage, file = Target(), io.BytesIO()

    def half(connection: socket.socket, server: RawServer) -> None:
        server.requests.append(read_request(connection))
        _half(connection)

    with raw_server(half) as server:
        for target in (tmp_path / "a.bin", tmp_path / "b.bin", storage, file):
            with pytest.raises(ChakraUnknownError, match="Try again later") as caught:
                download(server.url, target, retrying=thrice())
            assert caught.value.retryable is True
    assert len(server.requests) == 12
    assert [one.name for one in tmp_path.iterdir()] == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"old"
    assert storage.kept is None
    assert file.getvalue() == b""


def test_a_download_that_is_too_long_ends_at_once(tmp_path):
    def endless(connection: socket.socket, server: RawServer) -> None:
        server.requests.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(CONTENT)

    with (
        raw_server(endless) as server,
        pytest.raises(ChakraConfigError, match="max_bytes, 3000000") as caught,
    ):
        download(server.url, tmp_path / "a.bin", max_bytes=3_000_000, retrying=thrice())
    assert caught.value.retryable is False
    assert len(server.requests) == 1
    assert list(tmp_path.iterdir()) == []
    with raw_server(http(CONTENT)) as server:
        assert download(server.url, tmp_path / "a.bin", max_bytes=len(CONTENT)) == len(CONTENT)


class Steady(io.BytesIO):
    """A file that comes with 10,000 bytes a second, by its own clock."""

    def monotonic(self) -> float:
        """Tell the time."""
        return len(self.getvalue()) / 10_000


def test_a_download_may_take_longer_than_the_read_timeout_but_not_drip(monkeypatch):
    with raw_server(http(b"x" * 500_000)) as server:
        for slowest, told in ((9_000, None), (10_000_000, "time ran out")):
            file = Steady()
            monkeypatch.setattr(client_module, "time", file)
            monkeypatch.setattr(client_module, "_SLOWEST_DOWNLOAD", slowest)
            client = client_of(server.url, read_timeout=20)
            if told is None:
                client.request("GET", "/v1", save=Saving(file, 10**9))
                assert file.monotonic() == 50
            else:
                with pytest.raises(ChakraUnknownError, match=told):
                    client.request("GET", "/v1", save=Saving(file, 10**9))
                assert 20 < file.monotonic() < 50


def test_an_error_is_not_saved(tmp_path):
    body = b'{"_data":[],"_errors":["Not found"]}'
    answer = http(body, status="404 Not Found")
    with raw_server(answer) as server, pytest.raises(ChakraNotFoundError, match="Not found"):
        download(server.url, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_what_is_compressed_all_the_same_is_unpacked(tmp_path):
    with raw_server(http(gzip.compress(CONTENT), headers="Content-Encoding: gzip\r\n")) as server:
        assert download(server.url, tmp_path / "a") == len(CONTENT)
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_target_that_is_full_keeps_nothing():
    storage = Target(fails=True)
    full = pytest.raises(ChakraConfigError, match="No space left on device")
    with raw_server(http(CONTENT)) as server, full as caught:
        download(server.url, storage)
    assert caught.value.retryable is True
    assert storage.kept is None


def test_a_target_that_cannot_be_opened_keeps_what_it_has(monkeypatch):
    def refuse(self: Target, mode: str) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Target, "open", refuse)
    storage = Target()
    storage.kept = b"old"
    with raw_server(http(CONTENT)) as server, pytest.raises(ChakraConfigError, match="Permission denied"):
        download(server.url, storage)
    assert storage.kept == b"old"


class FullDisk(io.BytesIO):
    """A temporary file on a full disk."""

    def write(self, piece: Any) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_not_taken_for_a_lost_connection():
    saving = Saving(FullDisk(), 10**9)
    full = pytest.raises(ChakraConfigError, match="could not be written: No space left")
    with raw_server(http(CONTENT)) as server, full:
        client_of(server.url).request("GET", "/v1", save=saving)


@pytest.mark.parametrize("way", [("127.0.0.1", "localhost"), ("localhost", "127.0.0.1")])
@pytest.mark.parametrize("same_host", [True, False])
def test_the_token_stays_where_it_belongs(tmp_path, way, same_host):
    here, there = way

    def serve(connection: socket.socket, server: RawServer) -> None:
        while request := read_request(connection):
            server.requests.append(request)
            if request.startswith(b"GET /v1 "):
                location = f"http://{here if same_host else there}:{server.port}/elsewhere"
                connection.sendall(http(status="302 Found", headers=f"Location: {location}\r\n"))
            elif request.startswith(b"GET /elsewhere "):
                # And back again.
                location = f"http://{here}:{server.port}/file"
                connection.sendall(http(status="307 Temporary Redirect", headers=f"Location: {location}\r\n"))
            else:
                connection.sendall(http(CONTENT))

    with raw_server(serve) as server:
        download(f"http://{here}:{server.port}", tmp_path / "a")
    assert [TOKEN.encode() in request for request in server.requests] == [True, same_host, same_host]
    assert (tmp_path / "a").read_bytes() == CONTENT


# --- in little memory

MB = 1024 * 1024
SIZE = 30 * MB


def _swallow(connection: socket.socket, server: RawServer) -> None:
    """Take a request without keeping it."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += more(connection)
    head, _, body = head.partition(b"\r\n\r\n")
    length = int(
        next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split()[1]
    )
    got = len(body)
    while got < length:
        got += len(more(connection))
    server.requests.append(str(got).encode())
    connection.sendall(OK)


def _pour(connection: socket.socket, server: RawServer) -> None:
    read_request(connection)
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n".encode())
    piece = b"x" * 65536
    for _ in range(SIZE // len(piece)):
        connection.sendall(piece)


def _peak(call: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_file_goes_in_both_directions_in_little_memory(tmp_path):
    path = tmp_path / "long.bin"
    with path.open("wb") as file:
        file.truncate(SIZE)
    with raw_server(_swallow) as server:
        client = client_of(server.url)
        assert _peak(lambda: client.request("POST", "/v1", form=form_of(path))) < 8 * MB
    assert SIZE < int(server.requests[0]) < SIZE + 1000
    with raw_server(_pour) as server:
        assert _peak(lambda: download(server.url, tmp_path / "copy.bin")) < 8 * MB
        with Path(os.devnull).open("wb") as nowhere:
            assert _peak(lambda: download(server.url, nowhere)) < 8 * MB
    assert (tmp_path / "copy.bin").stat().st_size == SIZE


def test_many_uploads_share_a_client():
    with raw_server(OK) as server:
        client = client_of(server.url)
        threads = [
            threading.Thread(
                target=client.request, args=("POST", "/v1"), kwargs={"form": form_of(bytes([n]) * 99999)}
            )
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for n in range(8):
        assert sum(bytes([n]) * 99999 in request for request in server.requests) == 1
