"""Files over the sandbox, which has rules of its own, and over sockets where ChakraHQ may be odd."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import urllib.request
from typing import Any

import pytest

from airflow_provider_chakra.api.media import PublicFile, SavedFile
from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraNotFoundError,
    ChakraRequestError,
    ChakraServerError,
    ChakraUnknownError,
    InvalidMessageError,
)
from airflow_provider_chakra.hooks.chakra import ChakraHook
from tests.raw_server import RawServer, http, raw_server, read_request

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)
JPEG = b"\xff\xd8\xff\xe0" + bytes(5000)
SHA256 = hashlib.sha256(JPEG).hexdigest()


@pytest.fixture
def hook(connect) -> ChakraHook:
    connect({"max_tries": 1})
    return ChakraHook()


# --- upload


def test_an_upload_can_be_read_by_anyone(chakra_sandbox, hook, tmp_path):
    path = tmp_path / "Zoë's chart.PNG"
    path.write_bytes(PNG)
    url, mime_type, size = hook.media.upload(path, public=True)
    assert (mime_type, size) == ("image/png", len(PNG))
    (upload,) = chakra_sandbox.uploads()
    assert upload["url"] == url
    assert upload["filename"] == path.name
    assert upload["mime_type"] == "image/png"
    assert upload["sha256"] == hashlib.sha256(PNG).hexdigest()
    with urllib.request.urlopen(url, timeout=60) as response:
        assert response.read() == PNG


NAMES: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"source": PNG}, ("image.png", "image/png")),
    ({"source": PNG, "filename": "a.png"}, ("a.png", "image/png")),
    ({"source": b"a,b", "mime_type": "text/csv"}, ("document.csv", "text/csv")),
    ({"source": b"a,b", "filename": "a.csv"}, ("a.csv", "text/csv")),
    ({"source": JPEG, "kind": "document", "filename": "a.jpg"}, ("a.jpg", "image/jpeg")),
]


@pytest.mark.parametrize(("arguments", "stored"), NAMES)
def test_what_an_upload_is_called(chakra_sandbox, hook, arguments, stored):
    hook.media.upload(public=True, **arguments)
    (upload,) = chakra_sandbox.uploads()
    assert (upload["filename"], upload["mime_type"]) == stored


@pytest.mark.parametrize("public", [{}, {"public": False}, {"public": "True"}, {"public": 1}])
def test_nothing_becomes_public_unless_that_is_said(chakra_sandbox, hook, public):
    with pytest.raises(ChakraConfigError, match="Anyone who has the link can read"):
        hook.media.upload(PNG, **public)
    assert chakra_sandbox.requests() == []


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    (
        {"source": b"RIFF\x00\x00\x00\x00WEBPVP8 ", "filename": "a.jpg", "kind": "image"},
        InvalidMessageError,
        "webp",
    ),
    ({"source": PNG[:8] + bytes(5 * 1024 * 1024)}, InvalidMessageError, "1 to 5242880 bytes"),
    ({"source": b"", "filename": "a.txt"}, InvalidMessageError, "0 bytes"),
    ({"source": PNG, "kind": "picture"}, ChakraConfigError, "kind must be one of"),
    ({"source": PNG, "filename": "a\r\n.png"}, ChakraConfigError, "control character"),
    ({"source": "/nowhere/a.png"}, ChakraConfigError, "No such file"),
]


@pytest.mark.parametrize(("arguments", "error", "told"), REFUSED)
def test_a_file_that_cannot_be_sent_is_refused_before_anything_leaves(
    chakra_sandbox, hook, arguments, error, told
):
    with pytest.raises(error, match=told):
        hook.media.upload(public=True, **arguments)
    assert chakra_sandbox.requests() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"close": "before"},
        {"close": "after"},
        {"status": 502, "body": ""},
        {"status": 200, "body": {"_data": {}}},
    ],
)
def test_an_upload_in_doubt_is_left_to_the_caller_who_may_repeat_it(chakra_sandbox, connect, fault):
    connect({"max_tries": 3, "max_wait": 30})
    chakra_sandbox.fault(**fault)
    with pytest.raises(ChakraUnknownError, match="To upload it again is safe") as caught:
        ChakraHook().media.upload(PNG, public=True)
    assert caught.value.retryable is True
    assert "look into the chat" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert len(chakra_sandbox.requests()) == 1
    assert len(chakra_sandbox.uploads()) == (fault.get("close") == "after")


def test_an_upload_that_is_refused_is_an_error_like_others(chakra_sandbox, hook):
    chakra_sandbox.fault(status=400, errors=["file for 919876543210 is no file"])
    with pytest.raises(ChakraRequestError, match=r"The upload of 1008 bytes was refused: .*91\*+3210"):
        hook.media.upload(PNG, public=True)


@pytest.mark.parametrize("url", [None, "", "ftp://x/y", 7, "x"])
def test_an_upload_without_a_link_is_in_doubt(chakra_sandbox, hook, url):
    chakra_sandbox.fault(status=200, body={"_data": {"publicMediaUrl": url}})
    with pytest.raises(ChakraUnknownError, match="without the link of the file"):
        hook.media.upload(PNG, public=True)


def test_an_upload_of_another_digest_is_broken_off(chakra_sandbox, hook):
    with pytest.raises(ChakraConfigError, match="changed"):
        hook.media.upload(PNG, public=True, sha256=SHA256)
    assert chakra_sandbox.uploads() == []
    uploaded = hook.media.upload(JPEG, public=True, sha256=SHA256)
    assert uploaded == PublicFile(uploaded.url, "image/jpeg", len(JPEG))


# --- fetch and download


def test_a_file_is_fetched_and_downloaded(chakra_sandbox, hook, tmp_path):
    media_id = chakra_sandbox.add_media(JPEG, "image/jpeg")
    details = hook.media.fetch(media_id)
    assert (details["mime_type"], details["file_size"], details["sha256"]) == (
        "image/jpeg",
        len(JPEG),
        SHA256,
    )
    saved = hook.media.download(media_id, tmp_path / "a.jpg")
    assert saved == SavedFile("image/jpeg", len(JPEG), SHA256)
    assert (tmp_path / "a.jpg").read_bytes() == JPEG
    paths = [request["path"] for request in chakra_sandbox.requests()]
    assert paths == [f"/v1/whatsapp/v24.0/media/{media_id}"] * 2 + [
        f"/v2/whatsapp/v24.0/media/{media_id}/show"
    ]


def test_an_attachment_is_downloaded_and_its_host_sees_no_token(chakra_sandbox, hook, tmp_path):
    """The sandbox's other host refuses who shows it the token."""
    mid = chakra_sandbox.add_media(JPEG, "image/jpeg")
    assert hook.media.download_attachment(mid, tmp_path / "a") == SavedFile("image/jpeg", len(JPEG), SHA256)
    assert (tmp_path / "a").read_bytes() == JPEG


def test_what_is_not_there_leaves_nothing(chakra_sandbox, hook, tmp_path):
    with pytest.raises(ChakraNotFoundError):
        hook.media.fetch("1")
    with pytest.raises(ChakraNotFoundError):
        hook.media.download("1", tmp_path / "a")
    with pytest.raises(ChakraNotFoundError):
        hook.media.download_attachment("1", tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_where_version_2_is_not_there_version_1_is_asked(chakra_sandbox, hook, tmp_path):
    media_id = chakra_sandbox.add_media(JPEG, "image/jpeg")
    chakra_sandbox.fault(status=404, errors=["No such path"], path_contains="/v2/")
    assert hook.media.download(media_id, tmp_path / "a").sha256 == SHA256
    assert chakra_sandbox.requests()[-1]["path"] == f"/v1/whatsapp/v24.0/media/{media_id}/show"
    chakra_sandbox.fault(status=404, errors=["Gone"], path_contains="/v2/")
    chakra_sandbox.fault(
        status=404, errors=["No such path"], path_contains="/v1/whatsapp/v24.0/media/" + media_id + "/show"
    )
    with pytest.raises(ChakraNotFoundError, match="Gone"):
        hook.media.download(media_id, tmp_path / "b")
    chakra_sandbox.fault(status=500, errors=["(#131016) Unavailable"], path_contains="/v2/")
    with pytest.raises(ChakraServerError):
        hook.media.download(media_id, tmp_path / "b")
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_file_that_is_too_long_is_not_even_asked_for(chakra_sandbox, hook, tmp_path):
    media_id = chakra_sandbox.add_media(JPEG, "image/jpeg")
    with pytest.raises(ChakraConfigError, match="5004 bytes, more than max_bytes, 5003"):
        hook.media.download(media_id, tmp_path / "a", max_bytes=5003)
    assert len(chakra_sandbox.requests()) == 1
    assert hook.media.download(media_id, tmp_path / "a", max_bytes=5004).size == 5004
    with pytest.raises(ChakraConfigError, match="longer than max_bytes, 5003"):
        hook.media.download_attachment(media_id, tmp_path / "b", max_bytes=5003)


def _media(details: Any, content: bytes, content_type: str) -> Any:
    """Serve details of a file, and the file."""

    def serve(connection: socket.socket, server: RawServer) -> None:
        while request := read_request(connection):
            server.requests.append(request)
            if b"/show" in request.partition(b"\r\n")[0] or b"attachments" in request.partition(b"\r\n")[0]:
                connection.sendall(http(content, headers=f"Content-Type: {content_type}\r\n"))
            else:
                connection.sendall(http(json.dumps(details).encode()))

    return serve


def _hook_of(server: RawServer, monkeypatch: pytest.MonkeyPatch, **extra: Any) -> ChakraHook:
    connection = {
        "conn_type": "chakra",
        "host": server.url,
        "password": "x",
        "extra": {"max_tries": 1} | extra,
    }
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DEFAULT", json.dumps(connection))
    return ChakraHook()


GOOD: list[Any] = [
    {},
    {"mime_type": "image/jpeg", "file_size": len(JPEG), "sha256": SHA256},
    {"_data": {"mime_type": "image/jpeg", "sha256": SHA256}},
    {"file_size": str(len(JPEG)), "sha256": SHA256.upper()},
    {"sha256": base64.b64encode(bytes.fromhex(SHA256)).decode()},
    {"file_size": None, "sha256": None, "mime_type": None},
    {"file_size": "large", "sha256": "<hash>", "mime_type": 7},
    {"sha256": base64.b64encode(b"another digest").decode()},
]


@pytest.mark.parametrize("details", GOOD)
def test_details_are_read_leniently(tmp_path, monkeypatch, details):
    with raw_server(_media(details, JPEG, "image/jpeg")) as server:
        saved = _hook_of(server, monkeypatch).media.download("1", tmp_path / "a")
    assert saved == SavedFile("image/jpeg", len(JPEG), SHA256)


BAD: list[Any] = [
    {"file_size": len(JPEG) - 1},
    {"file_size": str(len(JPEG) + 1)},
    {"sha256": hashlib.sha256(PNG).hexdigest()},
    {"sha256": base64.b64encode(hashlib.sha256(PNG).digest()).decode()},
]


@pytest.mark.parametrize("details", BAD)
def test_a_file_that_is_not_what_was_told_is_not_kept(tmp_path, monkeypatch, details):
    with raw_server(_media(details, JPEG, "image/jpeg")) as server:
        hook = _hook_of(server, monkeypatch, max_tries=2, max_wait=30)
        monkeypatch.setattr("airflow_provider_chakra.api.retry._NO_ANSWER", _no_wait())
        with pytest.raises(ChakraUnknownError, match="with other bytes than") as caught:
            hook.media.download("1", tmp_path / "a")
    assert caught.value.retryable is True
    assert len(server.requests) == 3
    assert list(tmp_path.iterdir()) == []


def _no_wait() -> Any:
    from airflow_provider_chakra.api.codes import Wait

    return Wait(0, 1, 0)


def test_details_that_are_none_are_told(tmp_path, monkeypatch):
    with raw_server(_media([], JPEG, "image/jpeg")) as server:
        hook = _hook_of(server, monkeypatch)
        with pytest.raises(ChakraUnknownError, match="without details"):
            hook.media.fetch("1")


ANSWERS: list[tuple[bytes, str, type[Exception] | None]] = [
    (b'{"_data":[],"_errors":["(#131052) Media download error"]}', "application/json", ChakraRequestError),
    (
        b'{"error":{"message":"no","code":100,"fbtrace_id":"A"}}',
        "application/json; charset=utf-8",
        ChakraRequestError,
    ),
    (b'{"invoice": 7}', "application/json", None),
    (b"[1, 2]", "application/json", None),
    (b'{"error": 7}', "text/plain", None),
    (b"{" + b" " * 100_000 + b"}", "application/json", None),
    (b"", "image/jpeg", ChakraUnknownError),
]


@pytest.mark.parametrize(("content", "content_type", "error"), ANSWERS)
def test_a_refusal_is_told_from_a_file_of_json(tmp_path, monkeypatch, content, content_type, error):
    with raw_server(_media({}, content, content_type)) as server:
        hook = _hook_of(server, monkeypatch)
        for download in (hook.media.download, hook.media.download_attachment):
            if error is None:
                assert download("1", tmp_path / "a") == SavedFile(
                    content_type, len(content), hashlib.sha256(content).hexdigest()
                )
            else:
                with pytest.raises(error):
                    download("1", tmp_path / "a")
                assert list(tmp_path.iterdir()) == []
