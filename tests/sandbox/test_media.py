from __future__ import annotations

import hashlib
import socket
import tracemalloc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from airflow_provider_chakra.sandbox import media_routes

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox

PDF = b"%PDF-1.7 " + bytes(range(256)) * 4000


def address(sandbox: Sandbox) -> str:
    return f"{sandbox.url}/v1/ext/plugin/whatsapp/{sandbox.plugin_id}/upload-public-media"


def test_an_upload_is_there_for_everybody(sandbox: Sandbox, http: requests.Session) -> None:
    answer = http.post(address(sandbox), files={"file": ("Bill.PDF", PDF, "application/pdf")})
    assert answer.status_code == 200
    (url,) = answer.json()["_data"].values()
    assert url.startswith(f"{sandbox.url}/public-media/")
    assert url.endswith(".pdf")
    (upload,) = sandbox.uploads()
    assert upload.pop("received_at")
    assert upload == {
        "filename": "Bill.PDF",
        "mime_type": "application/pdf",
        "size": len(PDF),
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "url": url,
    }
    for _ in range(2):
        fetched = requests.get(url, timeout=60)
        assert (fetched.content, fetched.headers["Content-Type"]) == (PDF, "application/pdf")
    assert requests.get(url + "x", timeout=60).status_code == 404
    sandbox.reset()
    assert requests.get(url, timeout=60).status_code == 404
    assert sandbox.uploads() == []


def test_the_record_of_an_upload_holds_no_file(sandbox: Sandbox, http: requests.Session) -> None:
    answer = http.post(address(sandbox), files={"file": ("a.pdf", PDF, "application/pdf")})
    (request,) = sandbox.requests()
    assert request["status"] == answer.status_code
    assert request["body"] == {"bytes": int(answer.request.headers["Content-Length"])}
    assert request["headers"]["content-type"].startswith("multipart/form-data")


@pytest.mark.parametrize(
    ("file", "fields", "name", "suffix"),
    [
        (("a.pdf", b"x", "application/pdf"), {"filename": "Bill of May.pdf"}, "Bill of May.pdf", ".pdf"),
        (("photo", b"x", "image/jpeg"), {}, "photo", ".jpg"),
        (("what", b"", "x-what/ever"), {}, "what", ".bin"),
    ],
)
def test_names(
    sandbox: Sandbox,
    http: requests.Session,
    file: tuple[str, bytes, str],
    fields: dict[str, str],
    name: str,
    suffix: str,
) -> None:
    answer = http.post(address(sandbox), files={"file": file}, data=fields)
    assert answer.json()["_data"]["publicMediaUrl"].endswith(suffix)
    assert sandbox.uploads()[0]["filename"] == name


FORM = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"files": {"other": b"x"}}, 400),
        ({"files": {"file": (None, "text")}}, 400),
        ({"files": {"file": b"x", "more": b"x"}}, 500),
        ({"json": {"file": "x"}}, 500),
        ({"data": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 500),
        ({"data": b"no boundary anywhere", "headers": FORM}, 500),
        ({"data": b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", "headers": FORM}, 500),
    ],
)
def test_bad_uploads(sandbox: Sandbox, http: requests.Session, sent: dict[str, Any], status: int) -> None:
    answer = http.post(address(sandbox), **sent)
    assert (answer.status_code, answer.json()["_data"]) == (status, [])
    assert sandbox.uploads() == []


def test_an_upload_needs_token_and_plugin(sandbox: Sandbox, http: requests.Session) -> None:
    files = {"file": b"x"}
    assert http.post(address(sandbox).replace(sandbox.plugin_id, "other"), files=files).status_code == 404
    del http.headers["Authorization"]
    assert http.post(address(sandbox), files=files).status_code == 401
    assert sandbox.uploads() == []


def part(size: int) -> Iterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    for _ in range(size // 65536):
        yield bytes(65536)
    yield b"\r\n--b--\r\n"


def test_a_large_upload_passes_by_the_memory(sandbox: Sandbox, http: requests.Session) -> None:
    size = 48 * 1024 * 1024
    tracemalloc.start()
    try:
        answer = http.post(address(sandbox), data=part(size), headers=FORM)
        assert tracemalloc.get_traced_memory()[1] < size / 4
    finally:
        tracemalloc.stop()
    assert answer.status_code == 200
    assert sandbox.uploads()[0]["size"] == size
    fetched = requests.get(sandbox.uploads()[0]["url"], timeout=60)
    assert (len(fetched.content), fetched.headers["Content-Length"]) == (size, str(size))


@pytest.mark.parametrize("announced", [True, False])
def test_an_upload_can_be_too_large(
    sandbox: Sandbox, http: requests.Session, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    monkeypatch.setattr(media_routes, "MOST_BYTES", 100_000)
    data: Any = b"".join(part(200_000)) if announced else part(200_000)
    answer = http.post(address(sandbox), data=data, headers=FORM)
    assert answer.status_code == 413
    assert sandbox.uploads() == []


def test_an_upload_that_is_cut_off_is_none(
    sandbox: Sandbox, http: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    parts = urlsplit(address(sandbox))
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {sandbox.token}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n".encode()
        )
    assert http.post(address(sandbox), files={"file": b"x"}).status_code == 200
    cut_off, whole = sandbox.requests()
    assert (cut_off["status"], whole["status"]) == (None, 200)
    assert "Exception" not in caplog.text
    assert len(sandbox.uploads()) == 1


@pytest.mark.parametrize(
    ("fault", "status", "uploads"),
    [
        ({"status": 503}, 503, 0),
        ({"status": 503, "accept": True}, 503, 1),
        ({"close": "before"}, None, 0),
        ({"close": "after"}, None, 1),
        ({"delay": 0.1}, 200, 1),
    ],
)
def test_faults(
    sandbox: Sandbox, http: requests.Session, fault: dict[str, Any], status: int | None, uploads: int
) -> None:
    sandbox.fault(**fault)
    files = {"file": bytes(3_000_000)}
    if status is None:
        with pytest.raises(requests.ConnectionError):
            http.post(address(sandbox), files=files)
    else:
        assert http.post(address(sandbox), files=files).status_code == status
    assert len(sandbox.uploads()) == uploads
    assert sandbox.requests()[0]["body"]["bytes"] > 3_000_000, "a client is not hung up on while it sends"


def test_media_of_customers(sandbox: Sandbox, http: requests.Session) -> None:
    media_id = sandbox.add_media(PDF, "application/pdf")
    told = http.get(f"{sandbox.url}/v1/whatsapp/v23.0/media/{media_id}").json()
    assert told == {
        "url": f"{sandbox.url}/v2/whatsapp/v23.0/media/{media_id}/show",
        "mime_type": "application/pdf",
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "file_size": len(PDF),
        "id": media_id,
        "messaging_product": "whatsapp",
    }
    for url in (told["url"], told["url"].replace("/v2/", "/v1/")):
        shown = http.get(url)
        assert (shown.content, shown.headers["Content-Type"]) == (PDF, "application/pdf")
        assert requests.get(url, timeout=60).status_code == 401


def test_unknown_media(sandbox: Sandbox, http: requests.Session) -> None:
    told = http.get(f"{sandbox.url}/v1/whatsapp/v23.0/media/42")
    assert (told.status_code, told.json()["error"]["code"]) == (400, 100)
    for version in ("v1", "v2"):
        shown = http.get(f"{sandbox.url}/{version}/whatsapp/v23.0/media/42/show")
        assert (shown.status_code, shown.json()["_data"]) == (404, [])
    assert http.get(f"{sandbox.url}/v2/whatsapp/latest/media/42/show").status_code == 400


def test_attachments_are_at_another_host_which_must_not_see_the_token(
    sandbox: Sandbox, http: requests.Session
) -> None:
    media_id = sandbox.add_media(PDF, "application/pdf")
    url = f"{sandbox.url}/v2/whatsapp/v23.0/media/whatsapp_business/attachments"
    answer = http.get(url, params={"mid": media_id}, allow_redirects=False)
    assert answer.status_code == 302
    target = answer.headers["Location"]
    assert {urlsplit(url).hostname, urlsplit(target).hostname} == {"127.0.0.1", "localhost"}
    # This client takes the token off when the host changes; its session must not have put it there itself.
    followed = requests.get(url, params={"mid": media_id}, headers=dict(http.headers), timeout=60)
    assert followed.content == PDF
    assert sandbox.requests()[-1]["path"] == "/lookaside/attachments"
    assert "authorization" not in sandbox.requests()[-1]["headers"]
    assert requests.get(target, headers=dict(http.headers), timeout=60).status_code == 401
    assert "authorization" in sandbox.requests()[-1]["headers"]
    assert requests.get(url, params={"mid": media_id}, timeout=60).status_code == 401
