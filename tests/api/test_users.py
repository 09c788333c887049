"""Users and photos."""

from __future__ import annotations

import io

import pytest

from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraNotFoundError,
    ChakraRequestError,
    ChakraUnknownError,
)
from airflow_provider_chakra.hooks.chakra import ChakraHook


def test_users_are_listed_fetched_and_changed(chakra_sandbox):
    users = ChakraHook().users
    listed = list(users.list())
    assert [user["name"] for user in listed] == ["Asha", "Bruno"]
    assert list(users.list_v2()) == listed
    name = listed[0]["id"]
    assert users.fetch(name) == users.fetch_v2(name) == listed[0]
    assert users.update(name, {"name": "Asha K"})["name"] == "Asha K"
    assert users.fetch(name)["name"] == "Asha K"
    asked = [(request["method"], request["path"], request["body"]) for request in chakra_sandbox.requests()]
    assert asked[:5] == [
        ("GET", "/v1/ext/users", None),
        ("GET", "/v2/ext/users", None),
        ("GET", f"/v1/ext/user/{name}", None),
        ("GET", f"/v2/ext/user/{name}", None),
        ("PUT", f"/v1/ext/user/{name}", {"name": "Asha K"}),
    ]


def test_a_list_of_users_that_goes_on_is_followed(chakra_sandbox):
    first = {"_data": [{"id": "1"}], "_meta": {"nextPage": "/v2/ext/users?page=2"}}
    chakra_sandbox.fault(status=200, body=first)
    chakra_sandbox.fault(status=200, body={"_data": [{"id": "2"}], "_meta": {"nextPage": None}})
    assert [user["id"] for user in ChakraHook().users.list_v2()] == ["1", "2"]
    assert [request["query"] for request in chakra_sandbox.requests()] == ["", "page=2"]


def test_what_goes_wrong_with_users(chakra_sandbox):
    users = ChakraHook().users
    with pytest.raises(ChakraNotFoundError):
        users.fetch("nobody")
    with pytest.raises(ChakraConfigError, match="at least one field"):
        users.update("1", {})
    chakra_sandbox.fault(status=502, body="<html>")
    with pytest.raises(ChakraUnknownError):
        users.update("1", {"name": "x"})
    assert len(chakra_sandbox.requests()) == 2


PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 1000


def test_a_photo_goes_there_and_back(chakra_sandbox, tmp_path):
    path = tmp_path / "asha.png"
    path.write_bytes(PNG)
    photos = ChakraHook().photos
    photo_id = photos.upload(path)["id"]
    saved = photos.download(photo_id, tmp_path / "back.png")
    assert (saved.mime_type, saved.size) == ("image/png", len(PNG))
    assert (tmp_path / "back.png").read_bytes() == PNG
    again = photos.upload(b"GIF89a", photo_id=photo_id, filename="x.gif", mime_type="image/gif")
    assert again["id"] == photo_id
    there = io.BytesIO()
    assert photos.download(photo_id, there).mime_type == "image/gif"
    assert there.getvalue() == b"GIF89a"
    assert [(request["method"], request["path"]) for request in chakra_sandbox.requests()] == [
        ("POST", "/v1/ext/photo"),
        ("GET", f"/v1/ext/photo/{photo_id}"),
        ("POST", f"/v1/ext/photo/{photo_id}"),
        ("GET", f"/v1/ext/photo/{photo_id}"),
    ]


def test_what_is_no_photo_leaves_nothing_behind(chakra_sandbox, connect, tmp_path):
    connect({"max_tries": 1})
    photos, target = ChakraHook().photos, tmp_path / "back.png"
    with pytest.raises(ChakraNotFoundError):
        photos.download("none", target)
    chakra_sandbox.fault(status=200, body={"_data": [], "_errors": ["(#131009) no"]})
    with pytest.raises(ChakraRequestError):
        photos.download("1", target)
    chakra_sandbox.fault(status=200, body={"_data": {"url": "https://example.com/x.png"}})
    with pytest.raises(ChakraUnknownError, match="JSON in the place of a photo"):
        photos.download("1", target)
    chakra_sandbox.fault(status=200, body="")
    with pytest.raises(ChakraUnknownError, match="empty"):
        photos.download("1", target)
    chakra_sandbox.fault(status=200, body="a long photo", content_type="image/png")
    with pytest.raises(ChakraConfigError, match="max_bytes"):
        photos.download("1", target, max_bytes=5)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ChakraConfigError):
        photos.upload(tmp_path / "nowhere.png")
    chakra_sandbox.fault(status=502, body="<html>")
    with pytest.raises(ChakraUnknownError) as caught:
        photos.upload(PNG)
    assert caught.value.retryable is False
    assert len(chakra_sandbox.requests()) == 6
