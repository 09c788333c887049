"""Operators for files themselves: uploading one, saving one. Over HTTP."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, ObjectStoragePath

from airflow_provider_chakra.exceptions import ChakraUnknownError
from airflow_provider_chakra.operators.media import DownloadMediaOperator, UploadMediaOperator
from tests.operators.arguments import assert_arguments_are_template_fields

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)
SHA256 = hashlib.sha256(PNG).hexdigest()


def upload(source: Any, **arguments: Any) -> UploadMediaOperator:
    """Make an operator that uploads."""
    return UploadMediaOperator(**{"task_id": "t", "source": source, "public": True} | arguments)


def download(target: Any, **arguments: Any) -> DownloadMediaOperator:
    """Make an operator that downloads."""
    return DownloadMediaOperator(**{"task_id": "t", "target": target} | arguments)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    return path


@pytest.mark.parametrize("operator", [UploadMediaOperator, DownloadMediaOperator])
def test_every_argument_is_a_template_field_and_plainly_assigned(operator):
    assert_arguments_are_template_fields(operator)


def test_an_upload_returns_the_link_and_does_not_log_it(chakra_sandbox, logged, image):
    for source in (image, str(image), image.as_uri(), ObjectStoragePath(image.as_uri())):
        link = upload(source).execute({})
        assert link == chakra_sandbox.uploads()[-1]["url"]
        assert link not in logged()
    assert [upload["sha256"] for upload in chakra_sandbox.uploads()] == [SHA256] * 4


def test_what_is_said_of_an_upload_goes_before_what_it_seems_to_be(chakra_sandbox, image):
    upload(image, kind="document", filename="b.bin", mime_type="application/x-b", public="True").execute({})
    upload(image, kind="", filename="", mime_type="").execute({})
    assert [(one["filename"], one["mime_type"]) for one in chakra_sandbox.uploads()] == [
        ("b.bin", "application/x-b"),
        ("a.png", "image/png"),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"public": False}, "Anyone who has the link can read"),
        ({"public": "False"}, "Anyone who has the link can read"),
        ({"public": ""}, "Anyone who has the link can read"),
        ({"kind": "video"}, "MP4 or 3GPP"),
        ({"source": "/nowhere/a.png"}, "No such file"),
    ],
)
def test_what_cannot_be_uploaded_ends_the_task(chakra_sandbox, image, arguments, told):
    with pytest.raises(AirflowFailException, match=told):
        upload(**{"source": image} | arguments).execute({})
    assert chakra_sandbox.requests() == []


def test_a_doubt_about_an_upload_is_left_to_airflows_retries(chakra_sandbox, image):
    chakra_sandbox.fault(close="before")
    with pytest.raises(ChakraUnknownError):
        upload(image).execute({})
    upload(image).execute({})
    assert len(chakra_sandbox.uploads()) == 1


def test_a_download_returns_where_and_what_it_is(chakra_sandbox, tmp_path):
    media_id = chakra_sandbox.add_media(PNG, "image/png")
    targets = (
        tmp_path / "1",
        str(tmp_path / "2"),
        (tmp_path / "3").as_uri(),
        ObjectStoragePath((tmp_path / "4").as_uri()),
    )
    for number, target in enumerate(targets, 1):
        which = (
            {"mid": media_id, "media_id": ""} if number == 2 else {"media_id": media_id, "max_bytes": "1008"}
        )
        told = download(target, **which).execute({})
        assert told == {"path": str(target), "mime_type": "image/png", "size": 1008, "sha256": SHA256}
        assert json.loads(json.dumps(told)) == told
        assert (tmp_path / str(number)).read_bytes() == PNG


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "exactly one of media_id and mid"),
        ({"media_id": "1", "mid": "1"}, "exactly one of media_id and mid"),
        ({"media_id": "1", "max_bytes": "large"}, "max_bytes must be a number"),
        ({"media_id": "1", "max_bytes": "-1"}, "max_bytes must be a number"),
    ],
)
def test_what_cannot_be_downloaded_ends_the_task(chakra_sandbox, tmp_path, arguments, told):
    with pytest.raises(AirflowFailException, match=told):
        download(tmp_path / "a", **arguments).execute({})
    assert chakra_sandbox.requests() == []


def test_the_bound_of_a_download_is_kept(chakra_sandbox, tmp_path):
    media_id = chakra_sandbox.add_media(PNG, "image/png")
    for which in ({"media_id": media_id}, {"mid": media_id}):
        with pytest.raises(AirflowFailException, match="max_bytes, 1007"):
            download(tmp_path / "a", max_bytes=1007, **which).execute({})
    assert list(tmp_path.iterdir()) == []


def test_paths_are_rendered(tmp_path):
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1)):
        one = download("/data/{{ ds }}/a.jpg", media_id="{{ id }}", max_bytes="{{ most }}")
        two = upload(ObjectStoragePath(f"file://{tmp_path}/{{{{ ds }}}}.png"), task_id="u")
    for operator in (one, two):
        operator.render_template_fields({"ds": "2026-01-01", "id": "7", "most": 9})
    assert (one.target, one.media_id, one.max_bytes) == ("/data/2026-01-01/a.jpg", "7", "9")
    assert type(two.source) is ObjectStoragePath
    assert str(two.source).endswith("/2026-01-01.png")


CHEAP = """
import sys
from airflow.providers.common.compat.sdk import BaseOperator
before = set(sys.modules)
import airflow_provider_chakra.operators.media, airflow_provider_chakra.operators.messages.media
heavy = ("requests", "pydantic", "airflow_provider_chakra.messages.", "airflow_provider_chakra.api.media")
print(sorted(name for name in set(sys.modules) - before if name.startswith(heavy)))
"""


def test_importing_the_operators_is_cheap():
    done = subprocess.run([sys.executable, "-c", CHEAP], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
