from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from .test_app import refused

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 2000


def part(content: bytes = JPEG, mime_type: str = "image/jpeg", name: str = "photo") -> dict[str, Any]:
    return {name: ("me.jpg", content, mime_type)}


def test_a_photo_is_kept_and_replaced(sandbox: Sandbox, http: requests.Session) -> None:
    path = f"{sandbox.url}/v1/ext/photo"
    photo_id = http.post(path, files=part()).json()["_data"]["id"]
    assert uuid.UUID(photo_id)
    other = http.post(path, files=part(b"other")).json()["_data"]["id"]
    fetched = http.get(f"{path}/{photo_id}")
    assert (fetched.content, fetched.headers["Content-Type"]) == (JPEG, "image/jpeg")
    replaced = http.post(f"{path}/{photo_id}", files=part(b"\x89PNG", "image/png"))
    assert replaced.json() == {"_data": {"id": photo_id}}
    fetched = http.get(f"{path}/{photo_id}")
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"\x89PNG", "image/png")
    assert http.get(f"{path}/{other}").content == b"other"
    sandbox.reset()
    assert http.get(f"{path}/{photo_id}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_such_photo(sandbox: Sandbox, http: requests.Session, method: str) -> None:
    answer = http.request(method, f"{sandbox.url}/v1/ext/photo/x", files=part() if method == "POST" else None)
    assert (answer.status_code, refused(answer)) == (404, "Photo not found")


@pytest.mark.parametrize("files", [part(name="file"), {"photo": (None, "text")}])
def test_an_upload_without_a_photo(sandbox: Sandbox, http: requests.Session, files: dict[str, Any]) -> None:
    answer = http.post(f"{sandbox.url}/v1/ext/photo", files=files)
    assert (answer.status_code, refused(answer)) == (400, "photo is required")


def test_a_replacement_without_a_photo_leaves_the_old_one(sandbox: Sandbox, http: requests.Session) -> None:
    path = f"{sandbox.url}/v1/ext/photo"
    photo_id = http.post(path, files=part()).json()["_data"]["id"]
    assert http.post(f"{path}/{photo_id}", files=part(name="file")).status_code == 400
    assert http.get(f"{path}/{photo_id}").content == JPEG
