"""The triggers that start Dags: over HTTP, in an event loop, with a store as Airflow 3.3 gives one."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest

from airflow_provider_chakra.events import Inbound
from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.messages.marks import mark_of, marked
from airflow_provider_chakra.triggers import place, poller, source, waits
from airflow_provider_chakra.triggers.watch import ChakraMessageTrigger, ChakraOptOutTrigger
from tests.triggers.waiting import Webhooks, asked_at, pauses, see_it_ended, the_poller, until

ANNA, BEN = "919876543210", "919876543211"
USER = "IN.13491208655302741918"
LIST = "/v1/ext/chat"


class Store:
    """The store of one asset, without an Airflow."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.broken = False

    async def aget(self, key: str, default: Any = None) -> Any:
        return json.loads(self.values[key]) if key in self.values else default

    async def aset(self, key: str, value: Any) -> None:
        if self.broken:
            raise RuntimeError("no database")
        self.values[key] = json.dumps(value)

    def knows(self, told: list[dict[str, Any]]) -> bool:
        """Tell whether every place in it counts these events as told."""
        wamids = {event["wamid"] for event in told}
        return all(wamids <= set(json.loads(value)["told"]) for value in self.values.values())


class Stores:
    """The stores of several assets."""

    def __init__(self, *names: str) -> None:
        self._by_name = {name: Store() for name in names}


def messages(store: Any = None, **arguments: Any) -> ChakraMessageTrigger:
    """Make a trigger, as a triggerer does."""
    kind = arguments.pop("kind", ChakraMessageTrigger)
    made = kind(**{"poke_interval": 0.05, **arguments})
    trigger = kind(**json.loads(json.dumps(made.serialize()[1])))
    trigger.asset_state_store = store
    return trigger


def stops(store: Any = None, **arguments: Any) -> ChakraOptOutTrigger:
    """Make a trigger for opt-outs."""
    return messages(store, kind=ChakraOptOutTrigger, **arguments)


class Told(list[dict[str, Any]]):
    """What a trigger told."""

    @property
    def texts(self) -> list[str]:
        return [event["text"] for event in self]


@asynccontextmanager
async def joining(*triggers: Any) -> AsyncGenerator[list[Told], None]:
    """Let triggers watch, and give what each of them tells."""
    told = [Told() for _ in triggers]

    async def collect(trigger: Any, into: Told) -> None:
        async for event in trigger.run():
            into.append(event.payload)

    tasks = [asyncio.create_task(collect(*pair)) for pair in zip(triggers, told, strict=True)]
    try:
        yield told
        assert not [task.exception() for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def running(*triggers: Any) -> AsyncGenerator[list[Told], None]:
    """Let triggers watch, and see that the poller ends with the last of them."""
    async with joining(*triggers) as told:
        yield told
    await see_it_ended()


def asked(sandbox: Any) -> Counter[str]:
    """Count the requests by path."""
    return Counter(row["path"] for row in sandbox.requests())


async def looks(sandbox: Any, more: int = 2) -> None:
    """Wait until the list was asked for some more times."""
    before = (await asyncio.to_thread(asked, sandbox))[LIST]
    await until(lambda: asked(sandbox)[LIST] >= before + more)


async def write(sandbox: Any, customer: str, text: str | None = None, **payload: Any) -> str:
    """Let a customer write."""
    return await asyncio.to_thread(sandbox.receive, customer, text, payload=payload or None)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_TAKEN_AFTER", 0.05)


@pytest.fixture
def some_seconds_pass(chakra_sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give what lets time pass for the sandbox, and for those who begin to watch from then on."""

    class Later(datetime):
        """Times as they are after that."""

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=5)

    def let_pass() -> None:
        chakra_sandbox.advance(5)
        monkeypatch.setattr(place, "datetime", Later)

    return let_pass


def test_each_message_is_told_once_and_what_was_before_is_not(chakra_sandbox, some_seconds_pass):
    chakra_sandbox.receive(ANNA, "Before")
    # Times of messages are whole seconds: what was written in the last one counts as new.
    some_seconds_pass()

    async def run() -> Told:
        async with running(messages()) as (told,):
            await looks(chakra_sandbox)
            assert not told
            for number in range(3):
                await write(chakra_sandbox, ANNA, str(number))
                await write(chakra_sandbox, BEN, str(number))
                await until(lambda number=number: len(told) == 2 * number + 2)
            await looks(chakra_sandbox)
            return told

    told = asyncio.run(run())
    assert sorted(told.texts) == ["0", "0", "1", "1", "2", "2"]
    assert len({event["wamid"] for event in told}) == 6


def test_the_event_says_who_wrote_what_to_whom_when_and_does_not_show_it(chakra_sandbox):
    began = datetime.now(UTC)

    async def run() -> dict[str, Any]:
        async with running(messages()) as (told,):
            await looks(chakra_sandbox)
            await write(chakra_sandbox, ANNA, "Sales?")
            await until(lambda: told)
            return told[0]

    event = asyncio.run(run())
    at = datetime.fromisoformat(event["at"])
    # To the millisecond, which it tells.
    assert began - timedelta(milliseconds=1) <= at <= datetime.now(UTC)
    assert "Sales?" not in repr(event)
    assert ANNA not in repr(event)
    assert json.loads(json.dumps(event)) == {
        "wamid": event["wamid"],
        "sender": ANNA,
        "user_id": None,
        "phone_number_id": chakra_sandbox.phone_number_id,
        "at": event["at"],
        "type": "text",
        "text": "Sales?",
        "choice": None,
        "media": None,
        "location": None,
        "reply_to": None,
    }


def test_a_customer_without_a_phone_number_is_heard(chakra_sandbox):
    async def run() -> list[Told]:
        async with running(messages(senders=[USER]), messages(senders=[ANNA])) as told:
            await looks(chakra_sandbox)
            await write(chakra_sandbox, USER, "Hello")
            await until(lambda: told[0])
            await looks(chakra_sandbox)
            return told

    (event,), others = asyncio.run(run())
    assert (event["sender"], event["user_id"], event["text"]) == (None, USER, "Hello")
    assert not others


def inbound(text: str | None = None, **fields: Any) -> Inbound:
    """Make a message."""
    return Inbound(
        **{"wamid": "wamid.1", "type": "text", "sender": ANNA, "text": text, "payload": {}} | fields
    )


def tapped(title: str, kind: str, choice_id: str | None = "1") -> Inbound:
    """Make a tap."""
    shape = "button" if kind == "template_button" else "interactive"
    return inbound(title, type=shape, choice={"id": choice_id, "title": title, "kind": kind})


@pytest.mark.parametrize(
    ("arguments", "message", "wanted"),
    [
        ({}, inbound("Hello"), True),
        ({}, inbound(None, type="image"), True),
        ({}, inbound("👍", type="reaction"), False),
        ({}, inbound("changed", type="system"), False),
        ({}, inbound(None, type="unsupported"), False),
        ({"types": ["Reaction"]}, inbound("👍", type="reaction"), True),
        ({"types": ["image", "video"]}, inbound("Hello"), False),
        ({"types": ["image", "video"]}, inbound(None, type="video"), True),
        ({"keywords": ["sales"]}, inbound("Send me today's SALES!"), True),
        ({"keywords": ["sales"]}, inbound("Salesman"), False),
        ({"keywords": ["sales"]}, inbound(None, type="image"), False),
        ({"keywords": ["buy", "today's sales"]}, inbound("today’s  sales"), True),
        ({"keywords": ["straße"]}, inbound("Welche STRASSE?"), True),
        ({"keywords": ["बिक्री"]}, inbound("आज की बिक्री?"), True),
        ({"keywords": ["बिक"]}, inbound("आज की बिक्री?"), False),
        ({"keywords": ["don't stop"]}, inbound("Please don't stop"), True),
        ({"matches": r"order \d+"}, inbound(" Order 42 "), True),
        ({"matches": r"order \d+"}, inbound("My order 42"), False),
        ({"senders": ["+91 98765 43210"]}, inbound("Hello"), True),
        ({"senders": [919876543210]}, inbound("Hello"), True),
        ({"senders": [BEN]}, inbound("Hello"), False),
        ({"senders": []}, inbound("Hello"), False),
        ({"senders": [BEN]}, inbound("Hello", sender=None), False),
        ({"senders": [USER]}, inbound("Hello", user_id=USER), True),
        ({"phone_number_id": "1"}, inbound("Hello", phone_number_id="1"), True),
        ({"phone_number_id": "1"}, inbound("Hello", phone_number_id="2"), False),
        ({"phone_number_id": "1"}, inbound("Hello"), False),
        ({}, inbound("Stop."), False),
        ({"types": ["text"]}, inbound(" UNSUBSCRIBE"), False),
        ({"matches": ".*"}, inbound("रोकें"), False),
        ({}, inbound("Stop at my house"), True),
        ({"stop_words": ["Ende"]}, inbound("ende"), False),
        ({"stop_words": ["Ende"]}, inbound("Stop"), True),
        ({"stop_words": []}, inbound("Stop"), True),
        ({}, tapped("Cancel", "button"), True),
        ({}, tapped("Alto", "list"), True),
        ({}, tapped("End", "flow"), True),
        ({"keywords": ["cancel"], "stop_words": ["stop"]}, tapped("Cancel", "button"), True),
        ({}, tapped("Stop promotions", "template_button"), False),
    ],
)
def test_which_messages_start_a_dag(arguments, message, wanted):
    trigger = messages(**arguments)
    assert trigger.wants()(message) is wanted
    assert type(trigger)(**trigger.serialize()[1]).serialize() == trigger.serialize()


@pytest.mark.parametrize(
    ("arguments", "message", "wanted"),
    [
        ({}, inbound("STOP"), True),
        ({}, tapped("Stop promotions", "template_button"), True),
        ({}, tapped("Stop", "template_button", None), True),
        ({}, tapped("Later", "template_button"), False),
        ({}, tapped("Cancel", "template_button", marked("cancel", mark_of(1))), False),
        ({}, tapped("Cancel", "button"), False),
        ({}, tapped("Alto", "list"), False),
        ({}, tapped("End", "flow"), False),
        ({}, inbound("Stop at my house"), False),
        ({}, inbound(None, type="image"), False),
        ({"stop_words": ["Ende"]}, inbound("Ende!"), True),
        ({"stop_words": ["Ende"]}, inbound("Stop"), False),
        ({"senders": [BEN]}, inbound("Stop"), False),
        ({"phone_number_id": "1"}, inbound("Stop", phone_number_id="2"), False),
    ],
)
def test_which_messages_are_opt_outs(arguments, message, wanted):
    assert stops(**arguments).wants()(message) is wanted


@pytest.mark.parametrize(
    ("kind", "arguments", "says"),
    [
        (ChakraMessageTrigger, {"keywords": "sales"}, "keywords must be a list, not a str"),
        (ChakraMessageTrigger, {"types": 1}, "types must be a list, not a int"),
        (ChakraMessageTrigger, {"senders": ANNA}, "senders must be a list, not a str"),
        (ChakraMessageTrigger, {"senders": ["Anna"]}, "senders must be phone numbers or user ids"),
        (ChakraMessageTrigger, {"stop_words": "stop"}, "stop_words must be a list"),
        (ChakraMessageTrigger, {"keywords": ["👍"]}, "there is none in '👍': use matches"),
        (ChakraMessageTrigger, {"keywords": ["Stop"]}, "'Stop' says that somebody wants no more"),
        (ChakraMessageTrigger, {"keywords": ["a"], "matches": "a"}, "keywords or matches, not both"),
        (ChakraMessageTrigger, {"matches": "("}, "matches must be a regular expression"),
        (ChakraMessageTrigger, {"poke_interval": 0}, "poke_interval must be more than 0"),
        (ChakraOptOutTrigger, {"stop_words": []}, "Without stop_words nothing says"),
        (ChakraOptOutTrigger, {"senders": ["Anna"]}, "senders must be phone numbers or user ids"),
    ],
)
def test_a_wrong_argument_is_told_when_the_dag_is_read(kind, arguments, says):
    with pytest.raises(ChakraConfigError, match=says) as raised:
        kind(**arguments)
    assert ANNA not in str(raised.value)


def test_a_stop_is_an_opt_out_and_nothing_else(chakra_sandbox):
    async def run() -> list[Told]:
        async with running(messages(), stops()) as told:
            await looks(chakra_sandbox)
            await write(chakra_sandbox, ANNA, "Stop!")
            await write(chakra_sandbox, ANNA, "Do not stop")
            await until(lambda: told[0] and told[1])
            await looks(chakra_sandbox)
            return told

    written, stopped = asyncio.run(run())
    assert (written.texts, stopped.texts) == (["Do not stop"], ["Stop!"])


def test_many_watchers_ask_no_more_than_one(chakra_sandbox, some_seconds_pass):
    for number in range(30):
        chakra_sandbox.receive(str(919876500000 + number), "Before")
    some_seconds_pass()

    async def run() -> Counter[str]:
        async with running(*(messages() for _ in range(20))) as told:
            await looks(chakra_sandbox, 4)
            listeners = the_poller()._listeners
            await until(lambda: not listeners._unread)
            before = await asyncio.to_thread(asked, chakra_sandbox)
            await write(chakra_sandbox, "919876500007", "Hello")
            await until(lambda: all(told))
            await looks(chakra_sandbox)
            return (await asyncio.to_thread(asked, chakra_sandbox)) - before

    counted = asyncio.run(run())
    del counted[LIST]
    # The pauses are those of one watcher.
    assert min(pauses(asked_at(chakra_sandbox, LIST))[1:]) >= 0.05
    assert sum(counted.values()) == 1, counted


def test_a_chat_is_read_no_further_back_than_a_message_may_be_late(chakra_sandbox):
    async def run() -> int:
        async with running(messages()) as (told,):
            for number in range(110):
                await write(chakra_sandbox, ANNA, str(number))
            await until(lambda: len(told) == 110)
            await asyncio.to_thread(chakra_sandbox.advance, 3 * 3600)
            await write(chakra_sandbox, BEN, "Later")
            await until(lambda: len(told) == 111)
            await looks(chakra_sandbox)
            before = await asyncio.to_thread(asked, chakra_sandbox)
            await write(chakra_sandbox, ANNA, "Last")
            await until(lambda: len(told) == 112)
            counted = (await asyncio.to_thread(asked, chakra_sandbox)) - before
            del counted[LIST]
            return counted.total()

    assert asyncio.run(run()) == 1


def test_a_watcher_that_joins_or_leaves_does_no_harm_to_the_others(chakra_sandbox, some_seconds_pass):
    async def run() -> list[Told]:
        async with running(messages()) as (first,):
            await looks(chakra_sandbox)
            await write(chakra_sandbox, ANNA, "1")
            await until(lambda: first)
            await asyncio.to_thread(some_seconds_pass)
            async with joining(messages()) as (second,):
                await looks(chakra_sandbox)
                await write(chakra_sandbox, ANNA, "2")
                await until(lambda: second and len(first) == 2)
            await write(chakra_sandbox, ANNA, "3")
            await until(lambda: len(first) == 3)
            return [first, second]

    first, second = asyncio.run(run())
    assert (first.texts, second.texts) == (["1", "2", "3"], ["2"])


def test_a_watcher_that_joins_while_a_list_is_read_has_one_of_its_own(chakra_sandbox):
    chakra_sandbox.fault(delay=0.5, path_contains="ext/chat")

    async def run() -> None:
        async with running(messages(poke_interval=600)):
            await until(lambda: asked(chakra_sandbox)[LIST])
            async with joining(messages(poke_interval=600)):
                await until(lambda: asked(chakra_sandbox)[LIST] == 2)

    asyncio.run(run())


def test_a_restart_goes_on_where_the_last_look_ended(chakra_sandbox):
    store = Store()

    async def run(*wanted: str) -> list[str]:
        async with running(messages(store)) as (told,):
            await until(lambda: len(told) >= len(wanted))
            await looks(chakra_sandbox, 4)
            await until(lambda: store.knows(told))
            return sorted(told.texts)

    assert asyncio.run(run()) == []
    chakra_sandbox.receive(ANNA, "1")
    assert asyncio.run(run("1")) == ["1"]
    assert asyncio.run(run()) == []
    chakra_sandbox.advance(1800)
    for customer, text in [(ANNA, "2"), (BEN, "3"), (ANNA, "4")]:
        chakra_sandbox.receive(customer, text)
    assert asyncio.run(run("2", "3", "4")) == ["2", "3", "4"]
    assert asyncio.run(run()) == []
    chakra_sandbox.advance(3 * 24 * 3600)
    chakra_sandbox.receive(ANNA, "5")
    assert asyncio.run(run("5")) == ["5"]


def test_an_event_that_was_told_just_before_the_triggerer_ended_is_told_again(chakra_sandbox, monkeypatch):
    monkeypatch.setattr(place, "_TAKEN_AFTER", 3600)
    store = Store()

    async def run(*, writes: bool) -> list[str]:
        async with running(messages(store)) as (told,):
            await looks(chakra_sandbox)
            if writes:
                await write(chakra_sandbox, ANNA, "Hello")
            await until(lambda: told)
            return told.texts

    assert asyncio.run(run(writes=True)) == ["Hello"]
    assert asyncio.run(run(writes=False)) == ["Hello"]


def test_a_busy_chat_does_not_keep_the_place_from_being_kept(chakra_sandbox, monkeypatch):
    monkeypatch.setattr(place, "_TAKEN_AFTER", 0.3)
    store = Store()

    async def run() -> None:
        async with running(messages(store)) as (told,):
            await until(lambda: store.values)
            first = dict(store.values)
            for number in range(8):
                await write(chakra_sandbox, ANNA, str(number))
                await until(lambda number=number: len(told) > number)
                await asyncio.sleep(0.1)
            assert store.values != first
            await until(lambda: store.knows(told))

    asyncio.run(run())


def test_what_is_kept_is_as_old_as_the_wait_for_it(monkeypatch):
    monkeypatch.setattr(place, "_TAKEN_AFTER", 3600)
    store = Store()

    def kept() -> set[str]:
        (state,) = map(json.loads, store.values.values())
        return set(state["told"])

    async def run() -> None:
        now = asyncio.get_running_loop().time
        here = place.Place([store], "x")
        here.tell(inbound(wamid="wamid.1", at=datetime.now(UTC)))
        assert now() < here.due <= now() + place._TAKEN_AFTER
        due = here.due
        here.tell(inbound(wamid="wamid.2", at=datetime.now(UTC)))
        assert here.due == due
        await here.keep()
        assert kept() == {"wamid.1"}
        assert now() < here.due <= now() + place._TAKEN_AFTER
        await here.keep()
        assert kept() == {"wamid.1", "wamid.2"}
        assert here.due == float("inf")

    asyncio.run(run())


def test_watchers_of_one_asset_keep_places_of_their_own_and_one_of_several_assets_keeps_it_in_each(
    chakra_sandbox,
):
    stores = Stores("a", "b")
    shared = stores._by_name["a"]

    async def run() -> list[Told]:
        async with running(messages(stores), messages(shared, keywords=["hello"])) as told:
            await looks(chakra_sandbox)
            await write(chakra_sandbox, ANNA, "Hello")
            await until(lambda: all(told))
            await looks(chakra_sandbox)
            await until(lambda: all(store.knows(told[0]) for store in stores._by_name.values()))
            return told

    assert [told.texts for told in asyncio.run(run())] == [["Hello"], ["Hello"]]
    places = {name: set(store.values) for name, store in stores._by_name.items()}
    assert len(places["a"]) == 2
    assert places["b"] < places["a"]
    # One asset is gone, and the other still knows.
    assert asyncio.run(_quiet(chakra_sandbox, messages(stores._by_name["b"]))) == [[]]


def test_airflow_gives_a_store_for_each_asset():
    context = pytest.importorskip("airflow.sdk.execution_time.context")
    if not hasattr(context, "AssetStateStoreAccessors"):
        pytest.skip("Airflow before 3.3 has no such store")
    from airflow.sdk import Asset

    for names in (["a"], ["a", "b"]):
        trigger = messages(context.AssetStateStoreAccessors(inlets=[Asset(name) for name in names]))
        stores = place.stores_of(trigger)
        assert stores == [context.AssetStateStoreAccessor(name=name) for name in names]
    assert place.stores_of(messages()) == []


async def _quiet(sandbox: Any, trigger: Any) -> list[Told]:
    async with running(trigger) as told:
        await looks(sandbox, 4)
        return told


def test_a_store_that_fails_or_holds_nonsense_does_no_harm(chakra_sandbox, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(place.log, "warning", lambda text, *values: said.append(text % values))
    store = Store()
    trigger = messages(store)
    store.values = {trigger._name(): json.dumps({"reached": "soon", "told": 1})}
    store.broken = True

    async def run() -> Told:
        async with running(trigger) as (told,):
            await looks(chakra_sandbox)
            await write(chakra_sandbox, ANNA, "Hello")
            await until(lambda: told)
            await until(lambda: len(said) > 1)
            return told

    assert asyncio.run(run()).texts == ["Hello"]
    assert "Airflow did not keep how far" in said[0]


@pytest.mark.usefixtures("_no_chance")
@pytest.mark.parametrize("path", ["ext/chat", "/message"])
def test_what_fails_for_now_is_told_later(chakra_sandbox, connect, path):
    connect({"max_tries": 1})

    async def run() -> Told:
        async with running(messages()) as (told,):
            await looks(chakra_sandbox)
            await asyncio.to_thread(chakra_sandbox.fault, status=503, times=3, path_contains=path)
            await write(chakra_sandbox, ANNA, "Hello")
            await until(lambda: told)
            return told

    assert asyncio.run(run()).texts == ["Hello"]


@pytest.mark.usefixtures("_no_chance")
def test_what_fails_for_now_is_tried_again_with_growing_pauses(chakra_sandbox, connect):
    connect({"max_tries": 1})

    async def run() -> None:
        async with running(messages(poke_interval=0.1)) as (told,):
            await looks(chakra_sandbox)
            await asyncio.to_thread(chakra_sandbox.fault, status=503, times=3, path_contains="/message")
            await write(chakra_sandbox, ANNA, "Hello")
            await until(lambda: told)

    asyncio.run(run())
    # 1, 2 and 4 times the interval, counted from when a failure is known: however slow, never less.
    first, second, third = pauses(asked_at(chakra_sandbox, "/message"))
    assert (first >= 0.1, second >= 0.2, third >= 0.4) == (True, True, True)


def test_it_is_looked_as_often_as_the_most_impatient_asks_for(chakra_sandbox):
    async def run() -> None:
        async with running(messages(poke_interval=0.3), messages(poke_interval=90)):
            await until(lambda: asked(chakra_sandbox)[LIST] >= 4)

    asyncio.run(run())
    # The second may look at once, as it could have come too late for the first look.
    assert min(pauses(asked_at(chakra_sandbox, LIST))[1:]) >= 0.3


def test_it_is_looked_no_more_often_than_the_most_impatient_asks_for(chakra_sandbox):
    async def run() -> int:
        async with running(messages(poke_interval=600), messages(poke_interval=900)):
            await until(lambda: asked(chakra_sandbox)[LIST])
            await asyncio.sleep(0.5)
            return (await asyncio.to_thread(asked, chakra_sandbox))[LIST]

    assert asyncio.run(run()) == 1


def test_a_chat_that_is_gone_does_not_hold_up_the_others(chakra_sandbox):
    store = Store()

    async def run() -> Told:
        async with running(messages(store)) as (told,):
            await looks(chakra_sandbox)
            await asyncio.to_thread(
                chakra_sandbox.fault, status=404, errors=["Chat not found"], path_contains="/message"
            )
            await write(chakra_sandbox, ANNA, "Gone")
            await looks(chakra_sandbox, 3)
            await write(chakra_sandbox, BEN, "Hello")
            await until(lambda: told)
            return told

    assert asyncio.run(run()).texts == ["Hello"]


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("ext/chat", 401, "access token"),
        ("/message", 401, "access token"),
        ("/message", 402, "402"),
        ("/message", 403, "may not do this"),
    ],
)
def test_what_no_retry_mends_is_said_and_tried_again_after_a_while(
    chakra_sandbox, monkeypatch, path, status, why
):
    monkeypatch.setattr(waits, "PAUSE", 0.3)
    said: list[str] = []
    trigger = messages(Store())
    monkeypatch.setattr(trigger.log, "error", lambda text, *values: said.append(text % values))

    async def run() -> Told:
        async with running(trigger) as (told,):
            await looks(chakra_sandbox)
            await asyncio.to_thread(
                chakra_sandbox.fault, status=status, errors=["Refused"], path_contains=path, times=2
            )
            await write(chakra_sandbox, ANNA, "Hello")
            await until(lambda: told)
            return told

    assert asyncio.run(run()).texts == ["Hello"]
    assert why in said[0]


def test_a_connection_that_is_not_there_is_said_and_looked_for_again(monkeypatch):
    monkeypatch.setattr(waits, "PAUSE", 0.05)
    said: list[str] = []
    trigger = messages(chakra_conn_id="nowhere")
    monkeypatch.setattr(trigger.log, "error", lambda text, *values: said.append(text % values))

    async def run() -> None:
        async with running(trigger):
            await until(lambda: len(said) > 1)

    asyncio.run(run())
    assert "nowhere" in said[0]


def test_what_webhooks_bring_is_told_at_once_and_the_list_does_not_tell_it_again(chakra_sandbox, monkeypatch):
    webhooks = Webhooks()

    monkeypatch.setattr(source, "open_feed", AsyncMock(return_value=webhooks))
    monkeypatch.setattr(poller, "_FEED_INTERVAL", 0.05)
    monkeypatch.setattr(poller, "_NET_INTERVAL", 0.05)

    async def run() -> Told:
        # The list is not looked at by itself, so that the webhook comes first.
        async with running(messages(poke_interval=3600)) as (told,):
            await until(lambda: any(row["status"] for row in chakra_sandbox.requests()))
            wamid = await write(chakra_sandbox, ANNA, "Hello")
            message = inbound("Hello", wamid=wamid, at=datetime.now(UTC), phone_number_id="1")
            webhooks.came = [message, message]
            await until(lambda: told)
            webhooks.came = [message]
            # Somebody else lets it be looked at.
            async with joining(messages(senders=[BEN])):
                await until(lambda: any(path.endswith("/message") for path in asked(chakra_sandbox)))
                await looks(chakra_sandbox)
            return told

    (event,) = asyncio.run(run())
    assert event["phone_number_id"] == "1"


def test_of_many_messages_the_newest_are_remembered_and_the_older_ones_count_as_told(monkeypatch):
    monkeypatch.setattr(place, "_MOST_TOLD", 3)
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    told = [inbound(str(n), wamid=f"wamid.{n}", at=now + timedelta(seconds=n)) for n in range(5)]
    kept = place.Place([], "x")
    for message in told:
        kept.tell(message)
    kept.reach(now + timedelta(minutes=1))
    assert set(kept._told) == {"wamid.2", "wamid.3", "wamid.4"}
    assert [kept.is_new(message) for message in told] == [False] * 5
    assert kept.is_new(inbound("5", wamid="wamid.5", at=now + timedelta(seconds=2)))
    assert not kept.is_new(inbound("6", wamid="wamid.6", at=now))


def test_what_is_kept_has_a_bound_though_the_place_stays_where_it_is(monkeypatch):
    monkeypatch.setattr(place, "_MOST_TOLD", 3)
    store, now = Store(), datetime.now(UTC)
    told = [inbound(str(n), wamid=f"wamid.{n}", at=now + timedelta(seconds=n)) for n in range(5)]

    async def run() -> None:
        here = place.Place([store], "x")
        for message in told:
            here.tell(message)
        here._to_keep = None
        await here.keep()
        # As long as it lives it knows them all.
        assert [here.is_new(message) for message in told] == [False] * 5
        later = place.Place([store], "x")
        await later.recall()
        # Twice rather than never: what a chat holds that could not be read is older than all of them.
        assert [later.is_new(message) for message in told] == [True, True, False, False, False]
        assert later.since == here.since

    asyncio.run(run())


def test_a_message_may_come_an_hour_late_and_no_later():
    kept = place.Place([], "x")
    kept.since -= timedelta(days=1)
    kept.tell(inbound(wamid="wamid.old", at=datetime.now(UTC) - timedelta(hours=2)))
    kept.reach(datetime.now(UTC) + timedelta(seconds=1))
    now = datetime.now(UTC)
    assert kept.is_new(inbound(at=now - timedelta(minutes=59)))
    assert not kept.is_new(inbound(at=now - timedelta(minutes=61)))
    assert kept.is_new(inbound(at=None))
    assert not kept._told


def test_a_place_is_kept_while_the_chats_cannot_be_watched(monkeypatch):
    monkeypatch.setattr(waits, "PAUSE", 0.2)
    monkeypatch.setattr(place, "_TAKEN_AFTER", 0.05)
    store = Store()
    trigger = messages(store)

    async def run() -> None:
        reached = place.Place([store], "there")
        await reached.recall()
        reached.tell(Inbound(wamid="wamid.A", type="text", at=datetime.now(UTC), payload={}))
        assert not store.knows([{"wamid": "wamid.A"}])
        await trigger._pause(reached)

    asyncio.run(run())
    assert store.knows([{"wamid": "wamid.A"}])
