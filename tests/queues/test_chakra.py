"""WhatsApp as a queue of Airflow's common messages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("airflow.providers.common.messaging")

from airflow.providers.common.messaging.triggers import msg_queue
from airflow.providers_manager import ProvidersManager
from airflow.sdk import Asset, AssetWatcher

from airflow_provider_chakra.queues.chakra import ChakraMessageQueueProvider
from airflow_provider_chakra.triggers.watch import ChakraMessageTrigger
from tests.meanwhile import PATIENCE
from tests.triggers.waiting import until

ARGUMENTS: dict[str, Any] = {"keywords": ["sales"], "senders": ["919876543210"], "poke_interval": 0.05}


def test_airflow_knows_it():
    name = f"{ChakraMessageQueueProvider.__module__}.{ChakraMessageQueueProvider.__qualname__}"
    assert name in ProvidersManager().queue_class_names


def test_a_common_trigger_is_the_one_for_whatsapp(chakra_sandbox, monkeypatch):
    monkeypatch.setattr(msg_queue, "MESSAGE_QUEUE_PROVIDERS", [ChakraMessageQueueProvider()])
    trigger = msg_queue.MessageQueueTrigger(scheme="chakra", **ARGUMENTS)
    AssetWatcher(name="whatsapp", trigger=trigger)
    assert trigger.serialize() == ChakraMessageTrigger(**ARGUMENTS).serialize()

    async def first() -> dict[str, Any]:
        waiting = asyncio.ensure_future(anext(trigger.run()))
        await until(chakra_sandbox.requests)
        await asyncio.to_thread(chakra_sandbox.receive, "919876543210", "Sales?")
        return (await asyncio.wait_for(waiting, PATIENCE)).payload

    assert asyncio.run(first())["text"] == "Sales?"


def test_an_asset_takes_the_trigger():
    watcher = AssetWatcher(name="whatsapp", trigger=ChakraMessageTrigger(**ARGUMENTS))
    assert Asset("asked", watchers=[watcher]).watchers == [watcher]
