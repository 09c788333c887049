"""Operators that send files: by link or id, or by uploading one first, once for all tries. Over HTTP."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, ObjectStoragePath

from airflow_provider_chakra.api.media import MediaAPI
from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraUnknownError
from airflow_provider_chakra.operators.messages import (
    SendAudioOperator,
    SendDocumentOperator,
    SendImageOperator,
    SendStickerOperator,
    SendVideoOperator,
)
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from tests.operators.arguments import assert_arguments_are_template_fields

PHONE = "919876543210"
LINK = "https://cdn.example.com/a"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)
CONTENTS = {
    "image": ("a.png", PNG, "image/png"),
    "video": ("a.mp4", b"\x00\x00\x00\x20ftypisom" + bytes(1000), "video/mp4"),
    "audio": ("a.ogg", b"OggS" + bytes(1000), "audio/ogg"),
    "document": ("a.pdf", b"%PDF-1.7" + bytes(1000), "application/pdf"),
    "sticker": ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(1000), "image/webp"),
}
OPERATORS: dict[str, Any] = {
    "image": SendImageOperator,
    "video": SendVideoOperator,
    "audio": SendAudioOperator,
    "document": SendDocumentOperator,
    "sticker": SendStickerOperator,
}


def make(kind: str, **arguments: Any) -> Any:
    """Make an operator."""
    return OPERATORS[kind](**{"task_id": "t", "to": PHONE} | arguments)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    for name, content, _ in CONTENTS.values():
        (tmp_path / name).write_bytes(content)
    return {kind: tmp_path / name for kind, (name, _, _) in CONTENTS.items()}


@pytest.mark.parametrize("operator", OPERATORS.values())
def test_every_argument_is_a_template_field_and_plainly_assigned(operator):
    assert_arguments_are_template_fields(operator)


REQUESTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    *((kind, {"link": LINK}, {"link": LINK}) for kind in OPERATORS),
    *((kind, {"media_id": "1003", "link": "", "file": ""}, {"id": "1003"}) for kind in OPERATORS),
    ("video", {"link": LINK, "caption": "19.90"}, {"link": LINK, "caption": "19.90"}),
    ("audio", {"link": LINK, "voice": True}, {"link": LINK, "voice": True}),
    ("audio", {"link": LINK, "voice": "False"}, {"link": LINK, "voice": False}),
    ("audio", {"link": LINK, "voice": ""}, {"link": LINK}),
    (
        "document",
        {"link": LINK, "caption": "May", "filename": "may.pdf", "public": True},
        {"link": LINK, "caption": "May", "filename": "may.pdf"},
    ),
]


@pytest.mark.parametrize(("kind", "arguments", "content"), REQUESTS)
def test_a_link_or_an_id_is_sent_as_it_is(chakra_sandbox, kind, arguments, content):
    wamid = make(kind, **arguments).execute({})
    (arrived,) = chakra_sandbox.messages()
    assert arrived["payload"] == {
        "messaging_product": "whatsapp",
        "to": PHONE,
        "type": kind,
        kind: content,
    }
    assert wamid == arrived["wamid"]
    assert len(chakra_sandbox.requests()) == 1


@pytest.mark.parametrize(
    "as_what", [str, Path, lambda path: ObjectStoragePath(f"file://{path}"), Path.as_uri]
)
@pytest.mark.parametrize("kind", OPERATORS)
def test_a_file_is_uploaded_and_its_link_is_sent(chakra_sandbox, logged, files, kind, as_what):
    name, content, mime_type = CONTENTS[kind]
    make(kind, file=as_what(files[kind]), public=True).execute({})
    (upload,) = chakra_sandbox.uploads()
    assert (upload["filename"], upload["mime_type"]) == (name, mime_type)
    assert upload["sha256"] == hashlib.sha256(content).hexdigest()
    (arrived,) = chakra_sandbox.messages()
    named = {"filename": name} if kind == "document" else {}
    assert arrived["payload"][kind] == {"link": upload["url"]} | named
    assert len(chakra_sandbox.requests()) == 2
    assert upload["url"] not in logged()


def test_a_document_is_called_what_is_said(chakra_sandbox, files):
    make("document", file=files["image"], public=True, filename="May.png", caption="x").execute({})
    assert chakra_sandbox.messages()[0]["payload"]["document"] == {
        "link": chakra_sandbox.uploads()[0]["url"],
        "filename": "May.png",
        "caption": "x",
    }


MISTAKES: list[tuple[str, dict[str, Any], set[str]]] = [
    *((kind, {}, {f"{kind}.link"}) for kind in OPERATORS),
    *((kind, {"link": LINK, "media_id": "1"}, {f"{kind}.link"}) for kind in OPERATORS),
    ("image", {"file": "a.png"}, {"public"}),
    ("image", {"file": "a.png", "public": "False"}, {"public"}),
    ("image", {"file": "a.png", "public": True, "link": LINK}, {"file"}),
    ("image", {"file": "a.png", "media_id": "1"}, {"file", "public"}),
    ("image", {"file": "https://example.com/a.png", "public": True}, {"file"}),
    ("video", {"file": "a.mp4", "public": True, "caption": "x" * 1025}, {"video.caption"}),
    ("audio", {"link": LINK, "voice": "maybe"}, {"audio.voice"}),
    ("sticker", {"link": "a.webp"}, {"sticker.link"}),
    ("document", {"link": LINK, "caption": "x" * 1025, "to": "12"}, {"document.caption", "to"}),
]


@pytest.mark.parametrize(("kind", "arguments", "fields"), MISTAKES)
def test_a_mistake_breaks_the_import_of_the_dag_and_no_file_is_looked_for(kind, arguments, fields):
    with pytest.raises(UnsendableMessageError) as caught:
        make(kind, **arguments)
    assert {problem.field for problem in caught.value.problems} == fields


def test_public_is_true_or_false():
    with pytest.raises(ChakraConfigError, match="public must be true or false"):
        make("image", file="a.png", public="yes")


def test_a_dag_may_be_parsed_where_the_file_is_not(chakra_sandbox):
    operator = make("image", file="/nowhere/a.png", public=True)
    with pytest.raises(AirflowFailException, match="No such file"):
        operator.execute({})
    assert chakra_sandbox.requests() == []


@pytest.mark.parametrize(
    ("kind", "of", "told"),
    [("image", "sticker", "JPEG or PNG"), ("video", "image", "MP4 or 3GPP"), ("sticker", "image", "WebP")],
)
def test_a_file_that_whatsapp_does_not_take_is_refused_with_all_else(chakra_sandbox, files, kind, of, told):
    operator = make(kind, file=files[of], public=True)
    operator.to = "12"
    with pytest.raises(UnsendableMessageError, match=told) as caught:
        operator.execute({})
    assert {problem.field for problem in caught.value.problems} == {"file", "to"}
    assert chakra_sandbox.requests() == []


def test_arguments_that_contradict_are_told_before_a_file_is_looked_for(chakra_sandbox):
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1)):
        operator = make("image", file="{{ file }}", public="{{ public }}")
    operator.render_template_fields({"file": "https://example.com/a.png", "public": ""})
    with pytest.raises(UnsendableMessageError) as caught:
        operator.execute({})
    assert {problem.field for problem in caught.value.problems} == {"file", "public"}


def test_a_refused_file_may_be_mended_and_sent_by_the_same_operator(chakra_sandbox, files):
    operator = make("image", file=files["image"], public=True)
    files["image"].write_bytes(b"")
    with pytest.raises(UnsendableMessageError):
        operator.execute({})
    files["image"].write_bytes(PNG)
    assert operator.execute({}) == chakra_sandbox.messages()[0]["wamid"]


def test_any_file_may_be_a_document(chakra_sandbox, files):
    files["image"].write_bytes(b"GIF89a" + bytes(100))
    make("document", file=files["image"].rename(files["image"].with_suffix(".gif")), public=True).execute({})
    assert chakra_sandbox.uploads()[0]["mime_type"] == "image/gif"


# --- once for all tries


class StateStore(dict[str, Any]):
    """Airflow's task_state_store, without an Airflow."""

    def set(self, key: str, value: Any, *, retention: Any) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)


class Task:
    """A task instance through its tries: the store stays, the operator is new for each try."""

    def __init__(self, file: Path) -> None:
        self.store = StateStore()
        self.file = file
        self.max_tries = 2

    def run(self, **arguments: Any) -> str:
        operator = make("image", **{"file": str(self.file), "public": True} | arguments)
        ti = SimpleNamespace(max_tries=self.max_tries, xcom_push=lambda key, value: None)
        wamid: str = operator.execute({"task_state_store": self.store, "ti": ti})
        return wamid


@pytest.fixture
def task(connect, files) -> Task:
    connect({"max_tries": 1})
    return Task(files["image"])


def test_a_try_after_the_message_was_sent_uploads_nothing(chakra_sandbox, task, tmp_path):
    wamid = task.run()
    assert task.run() == wamid
    moved = task.file.rename(tmp_path / "elsewhere.png")
    assert task.run(file=moved) == wamid
    assert len(chakra_sandbox.uploads()) == len(chakra_sandbox.messages()) == 1
    assert len(chakra_sandbox.requests()) == 2


def test_another_content_is_another_message(chakra_sandbox, task):
    first = task.run()
    task.file.write_bytes(PNG + b"x")
    assert task.run() != first
    assert task.run(caption="x") != first
    assert len(chakra_sandbox.uploads()) == len(chakra_sandbox.messages()) == 3


def test_a_doubt_whether_it_was_sent_uploads_nothing_more(chakra_sandbox, task):
    chakra_sandbox.fault(close="after", path_contains="/messages")
    with pytest.raises(AirflowFailException, match="no answer came"):
        task.run()
    with pytest.raises(AirflowFailException, match="An earlier try was about to send"):
        task.run()
    assert len(chakra_sandbox.uploads()) == len(chakra_sandbox.messages()) == 1


def test_a_refused_message_is_uploaded_and_sent_by_the_next_try(chakra_sandbox, task):
    chakra_sandbox.fault(status=400, errors=["(#131047) x"], path_contains="/messages")
    with pytest.raises(AirflowFailException):
        task.run()
    wamid = task.run()
    (arrived,) = chakra_sandbox.messages()
    assert arrived["wamid"] == wamid
    assert arrived["payload"]["image"]["link"] == chakra_sandbox.uploads()[1]["url"]


@pytest.mark.parametrize("close", ["before", "after"])
@pytest.mark.parametrize("on_unknown", ["fail", "reconcile", "resend"])
def test_a_doubt_whether_it_was_uploaded_is_left_to_airflows_retries(chakra_sandbox, task, close, on_unknown):
    chakra_sandbox.fault(close=close)
    with pytest.raises(ChakraUnknownError, match="To upload it again is safe"):
        task.run(on_unknown=on_unknown)
    assert task.store == {}
    assert task.run(on_unknown=on_unknown) == chakra_sandbox.messages()[0]["wamid"]
    assert len(chakra_sandbox.messages()) == 1


def test_reconcile_finds_a_file_that_was_sent_in_the_same_try(chakra_sandbox, task, monkeypatch):
    monkeypatch.setattr("airflow_provider_chakra.hooks.chakra._LISTED_AFTER", (0, 0, 0))
    chakra_sandbox.fault(close="after", path_contains="/messages")
    assert task.run(on_unknown="reconcile") == chakra_sandbox.messages()[0]["wamid"]
    assert len(chakra_sandbox.uploads()) == len(chakra_sandbox.messages()) == 1


def test_reconcile_claims_nothing_of_what_an_earlier_try_uploaded(chakra_sandbox, task):
    chakra_sandbox.fault(close="after", path_contains="/messages")
    with pytest.raises(AirflowFailException):
        task.run()
    with pytest.raises(AirflowFailException, match="An earlier try was about to send") as caught:
        task.run(on_unknown="reconcile")
    assert "does not list" not in str(caught.value)
    assert len(chakra_sandbox.messages()) == 1


def test_a_file_that_changes_between_look_and_upload_is_not_sent(chakra_sandbox, task, monkeypatch):
    original = MediaAPI.upload

    def late(self: Any, *args: Any, **kwargs: Any) -> Any:
        task.file.write_bytes(PNG[:8] + b"y" * 1000)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(MediaAPI, "upload", late)
    with pytest.raises(Exception, match="changed while it was uploaded"):
        task.run()
    assert chakra_sandbox.uploads() == chakra_sandbox.messages() == []


# --- a template in its place

TEMPLATE = {"name": "report_ready", "language": "en", "body": ["May"]}


def test_where_the_window_is_closed_the_template_goes_and_no_other_try_uploads(chakra_sandbox, task):
    chakra_sandbox.windows("refuse")
    wamid = task.run(fallback_template=TEMPLATE, callback_data="run-7")
    (arrived,) = chakra_sandbox.messages()
    assert (arrived["type"], arrived["wamid"]) == ("template", wamid)
    assert arrived["payload"]["biz_opaque_callback_data"] == "run-7"
    assert task.run(fallback_template=TEMPLATE, callback_data="run-7") == wamid
    assert len(chakra_sandbox.uploads()) == len(chakra_sandbox.messages()) == 1


@pytest.mark.parametrize("on_unknown", ["fail", "reconcile"])
def test_a_template_in_doubt_uploads_and_sends_nothing_more(chakra_sandbox, task, monkeypatch, on_unknown):
    monkeypatch.setattr("airflow_provider_chakra.hooks.chakra._LISTED_AFTER", (0,))
    chakra_sandbox.fault(path_contains="/messages", status=400, errors=["(#131047) Re-engagement message"])
    chakra_sandbox.fault(path_contains="/messages", close="after")
    with pytest.raises(AirflowFailException, match="template message"):
        task.run(fallback_template=TEMPLATE, on_unknown=on_unknown)
    chakra_sandbox.receive(PHONE, "Hi")
    with pytest.raises(AirflowFailException, match="earlier try was about to send the template message"):
        task.run(fallback_template=TEMPLATE, on_unknown=on_unknown)
    assert len(chakra_sandbox.uploads()) == 1
    assert [message["type"] for message in chakra_sandbox.messages()] == ["template"]


def test_a_template_that_is_wrong_is_told_with_the_file_that_is_wrong(chakra_sandbox, task):
    task.file.write_bytes(b"")
    with pytest.raises(UnsendableMessageError) as caught:
        task.run(file=task.file, fallback_template=TEMPLATE | {"name": "Report"})
    assert {problem.field for problem in caught.value.problems} == {"fallback_template: template.name"}
    with pytest.raises(UnsendableMessageError) as caught:
        task.run(file=task.file, fallback_template=TEMPLATE)
    assert {problem.field for problem in caught.value.problems} == {"file"}
    assert chakra_sandbox.requests() == []


# --- templates


def test_paths_are_rendered_and_objects_survive(chakra_sandbox, files):
    folder = files["image"].parent
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1), render_template_as_native_obj=True):
        text = make("image", task_id="a", file=f"{folder}/{{{{ name }}}}.png", public="{{ yes }}")
        path = make("image", task_id="b", file=files["image"], public=True)
        stored = make(
            "image", task_id="c", file=ObjectStoragePath(f"file://{folder}/{{{{ name }}}}.png"), public=True
        )
        later = make("image", task_id="d", file=text.output, public=True)
    for operator in (text, path, stored):
        operator.render_template_fields({"name": "a", "yes": True})
    assert text.file == str(files["image"])
    assert path.file == files["image"]
    assert type(stored.file) is ObjectStoragePath
    assert str(stored.file).endswith("/a.png")
    assert later.file is not None
    for operator in (text, path, stored):
        operator.execute({})
    assert [upload["filename"] for upload in chakra_sandbox.uploads()] == ["a.png"] * 3
