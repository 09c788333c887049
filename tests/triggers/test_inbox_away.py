"""Waiting where webhooks arrive, while the API server or its database cannot be asked for them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_chakra.sandbox.defaults import PHONE_NUMBER_ID
from airflow_provider_chakra.triggers import chats, poller
from tests.events.samples import USER_ID, WAMID, whatsapp
from tests.inbox.serving import SECRET, Served
from tests.triggers.test_inbox import CUSTOMER, READ, are_read, asked, end, reply, send, start, status
from tests.triggers.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONN_ID = "chakra_default"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Name the folder of the inbox's database, which is not there at first."""
    return tmp_path / "later"


@pytest.fixture
def server(folder: Path, connect, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve an inbox without a database."""
    connect({"webhook_secret": SECRET})
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", "True")
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN", f"sqlite:///{folder}/inbox.db")
    with Served() as served:
        monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", served.url)
        yield served


def writes(user_id: str) -> dict[str, Any]:
    """Tell what somebody wrote who hides the number."""
    text = {"from_user_id": user_id, "id": WAMID, "timestamp": str(int(time.time())), "type": "text"}
    metadata = {"phone_number_id": PHONE_NUMBER_ID}
    return whatsapp(messages=[{**text, "text": {"body": "Yes"}}], metadata=metadata)


@pytest.mark.usefixtures("server")
def test_chats_are_listed_and_read_instead(chakra_sandbox):
    async def run() -> list[dict[str, Any]]:
        waiting = start(reply())
        await until(lambda: asked(chakra_sandbox)[READ])
        await asyncio.to_thread(chakra_sandbox.receive, CUSTOMER, "Yes")
        return await end(waiting)

    (told,) = asyncio.run(run())
    assert told["text"] == "Yes"


@pytest.mark.parametrize("who", [CUSTOMER, USER_ID])
def test_once_it_is_back_what_was_written_meanwhile_is_found(
    chakra_sandbox, server, folder, monkeypatch, caplog, who
):
    # Long enough for a webhook to arrive before that is noticed.
    monkeypatch.setattr(poller, "_DEAF_INTERVAL", 1)

    async def run() -> list[dict[str, Any]]:
        # Long enough that it is nothing else that finds it.
        waiting = start(reply(to=who, poke_interval=600))
        if who == CUSTOMER:
            await until(lambda: asked(chakra_sandbox)[READ])
            await asyncio.to_thread(chakra_sandbox.receive, who, "Yes")
            folder.mkdir()
        else:
            await until(lambda: "asking again" in caplog.text)
            folder.mkdir()
            posted = await asyncio.to_thread(server.post, writes(who), conn_id=CONN_ID)
            assert posted.status_code == 200
        return await end(waiting)

    (told,) = asyncio.run(run())
    assert told["text"] == "Yes"


@pytest.mark.usefixtures("server")
def test_once_it_is_there_all_are_read_for_what_no_list_tells(chakra_sandbox, folder, monkeypatch):
    # Only what is read because the inbox can be heard is read once more.
    monkeypatch.setattr(chats, "_UNASKED", 0)
    wamids = [send(), send("919876543211")]

    async def run() -> list[dict[str, Any]]:
        people = {CUSTOMER: wamids[0], "919876543211": wamids[1]}
        waiting = [start(status(wamid, to=to, poke_interval=600)) for to, wamid in people.items()]
        await until(lambda: are_read(chakra_sandbox) == 2)
        for wamid in wamids:
            await asyncio.to_thread(chakra_sandbox.deliver, wamid, "DELIVERED")
        folder.mkdir()
        return await end(*waiting)

    assert [told["status"] for told in asyncio.run(run())] == ["delivered"] * 2
