"""Whole Dags against the sandbox: every example, and the ways in which operators are used."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from furnish import furnish, make_orders

from tests.running import ROOT, hurry, load_dag, returned, run, states, waits

DAGS = ROOT / "tests" / "dags"
AIRFLOW = tuple(map(int, version("apache-airflow").split(".")[:2]))
# Watchers came with Airflow 3, requests to people with 3.1.
_TOO_NEW = {"example_chakra_sales": (3, 0), "example_chakra_hitl": (3, 1)}
LOADABLE = [
    path
    for path in sorted((ROOT / "example_dags").glob("*.py"))
    if _TOO_NEW.get(path.stem, AIRFLOW) <= AIRFLOW
]
# Those that wait for somebody's answer have tests of their own.
_ELSEWHERE = {f"example_chakra_{name}" for name in ("approval", "hitl", "slot")}
EXAMPLES = [path for path in LOADABLE if path.stem not in _ELSEWHERE]

pytestmark = pytest.mark.usefixtures("airflow_db")


@pytest.fixture
def furnished(chakra_sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a sandbox in which the example Dags find what they need."""
    furnish(chakra_sandbox)
    chakra_sandbox.pace(0, 0)
    monkeypatch.setenv("AIRFLOW_CONN_ORDERS_DB", make_orders(tmp_path / "orders.db"))
    return chakra_sandbox


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_to_its_end(path, furnished):
    dag = load_dag(path)
    instances = run(dag)
    assert dag.dag_id == path.stem
    assert dag.doc_md
    assert dag.catchup is False
    assert {state for states_ in states(instances).values() for state in states_} <= {"success", "skipped"}
    assert furnished.messages()
    assert all(request["status"] == 200 for request in furnished.requests())


def test_each_unpaid_order_gets_a_reminder(furnished):
    instances = run(load_dag(ROOT / "example_dags" / "example_chakra_orders.py"))
    messages = {message["wamid"]: message["payload"] for message in furnished.messages()}
    sent = [messages.pop(returned(instance)) for instance in instances["remind"]]
    assert not messages
    assert [(payload["to"], payload["biz_opaque_callback_data"]) for payload in sent] == [
        ("919876543210", "order-4711"),
        ("919876543212", "order-4713"),
    ]
    assert sent[0]["template"] == {
        "name": "payment_reminder",
        "language": {"code": "en"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": text} for text in ("Asha", "4711", "1499.00")],
            },
            {
                "type": "button",
                "sub_type": "url",
                "index": 0,
                "parameters": [{"type": "text", "text": "orders/4711"}],
            },
        ],
    }
    # One process looks at the template once, however many customers there are.
    looks = [request for request in furnished.requests() if request["path"].endswith("/message_templates")]
    assert len(looks) <= 1


@pytest.mark.parametrize("path", LOADABLE, ids=lambda path: path.stem)
def test_what_waits_in_an_example_has_retries_that_come_soon(path):
    for task in filter(waits, load_dag(path).tasks):
        assert (task.retries, task.retry_delay) == (3, timedelta(seconds=30))


@pytest.mark.parametrize(
    ("rule", "kinds"), [("refuse", ["text", "template"]), ("late", ["text", "text", "template"])]
)
def test_an_answer_goes_as_a_text_or_as_a_template(furnished, rule, kinds):
    path = ROOT / "example_dags" / "example_chakra_window.py"
    furnished.windows(rule)
    furnished.receive("919876543210", "Does it fit?")
    assert returned(run(hurry(load_dag(path)))["cost"][0]) == "nothing"
    furnished.advance(25 * 3600)
    assert returned(run(hurry(load_dag(path)))["cost"][0]) == "a template"
    assert [message["type"] for message in furnished.messages()] == kinds


def test_the_three_messages_arrive_and_their_wamids_are_in_xcom(chakra_sandbox, logged):
    instances = run(load_dag(ROOT / "example_dags" / "example_chakra_messages.py"), to="+91 98765 43219")
    text, image, listed = chakra_sandbox.messages()
    assert [message["payload"]["type"] for message in (text, image, listed)] == [
        "text",
        "image",
        "interactive",
    ]
    assert listed["payload"]["context"] == {"message_id": text["wamid"]}
    assert {message["payload"]["to"] for message in (text, image, listed)} == {"919876543219"}
    assert [returned(instances[name][0]) for name in ("send_text", "send_image", "send_list")] == [
        text["wamid"],
        image["wamid"],
        listed["wamid"],
    ]
    told = logged()
    for kind, message in (("text", text), ("image", image), ("list", listed)):
        wamid = re.escape(message["wamid"])
        assert re.search(rf"WhatsApp accepted the {kind} message to 91\*{{6}}3219 as {wamid} in \d+ ms", told)
    assert chakra_sandbox.token not in told


def test_a_failed_load_sends_the_alert_and_a_good_one_the_report(furnished):
    dag = hurry(load_dag(ROOT / "example_dags" / "example_chakra_alert.py"))
    assert states(run(dag))["alert"] == ["skipped"]
    (report,) = furnished.messages()
    assert report["payload"]["text"]["body"] == "✅ example_chakra_alert: 4711 rows loaded."
    found = run(dag, fail=True)
    assert states(found)["report"] == ["upstream_failed"]
    alert = furnished.messages()[-1]
    assert alert["payload"]["text"]["body"].startswith("🚨 *example_chakra_alert* failed in run ")
    assert returned(found["alert"][0]) == alert["wamid"]


def test_an_alert_reaches_who_has_not_written_lately(furnished):
    furnished.windows("late")
    found = run(hurry(load_dag(ROOT / "example_dags" / "example_chakra_alert.py")), fail=True)
    text, template = furnished.messages()
    assert (text["type"], template["payload"]["template"]["name"]) == ("text", "load_failed")
    assert returned(found["alert"][0]) == template["wamid"]


def test_an_alert_that_nobody_gets_is_a_failed_task(furnished):
    furnished.contact("919876543210", reach="not_on_whatsapp")
    found = run(hurry(load_dag(ROOT / "example_dags" / "example_chakra_alert.py")), fail=True)
    assert states(found)["alert"] == ["failed"]


def test_mapping_groups_and_native_rendering(chakra_sandbox):
    instances = run(load_dag(DAGS / "dag_mapping.py"))
    assert {state for states_ in states(instances).values() for state in states_} == {"success"}
    by_wamid = {message["wamid"]: message["payload"] for message in chakra_sandbox.messages()}

    def sent(task_id: str) -> list[Any]:
        return [by_wamid.pop(returned(instance)) for instance in instances[task_id]]

    assert [payload["to"] for payload in sent("over_to")] == ["919876543210", "919876543211"]
    assert [payload["image"] for payload in sent("group.over_kwargs")] == [
        {"link": "https://example.com/a.png"},
        {"id": "1003", "caption": "19.90"},
    ]
    assert [(p["to"], p["text"]) for p in sent("group.one_payload_for_all")] == [
        ("919876543210", {"body": "007"})
    ]
    assert [(p["to"], p["text"]) for p in sent("native")] == [
        ("919876543210", {"body": "19.90", "preview_url": True})
    ]
    (nested,) = sent("nested")
    assert nested["to"] == "919876543210"
    assert nested["interactive"]["body"] == {"text": "2"}
    assert nested["interactive"]["action"] == {
        "button": "007",
        "sections": [{"rows": [{"id": "007", "title": "19.90"}]}],
    }
    (whole,) = sent("whole")
    assert whole["interactive"]["action"]["sections"] == [
        {"rows": [{"id": "1", "title": "{{ not_rendered }}"}]}
    ]
    assert not by_wamid


def test_setup_and_teardown_send_around_work_that_fails(chakra_sandbox):
    instances = run(load_dag(DAGS / "dag_setup_teardown.py"))
    assert states(instances) == {"begin": ["success"], "work": ["failed"], "end": ["success"]}
    begin, end = chakra_sandbox.messages()
    assert end["payload"]["context"] == {"message_id": begin["wamid"]}


def test_what_no_retry_mends_is_not_tried_again(chakra_sandbox):
    chakra_sandbox.fault(status=400, errors=["(#131047) Re-engagement message"])
    instances = run(load_dag(DAGS / "dag_failing.py"))
    assert {state for states_ in states(instances).values() for state in states_} == {"failed"}
    assert {instance.try_number for tis in instances.values() for instance in tis} == {1}
    assert len(chakra_sandbox.requests()) == 1
    assert chakra_sandbox.messages() == []


def test_what_was_throttled_waits_for_its_retry(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=400, errors=["(#130429) Rate limit hit"])
    instances = run(load_dag(DAGS / "dag_failing.py"))
    (throttled,) = instances["not_accepted"]
    assert states(instances)["not_accepted"] == ["success"]
    assert throttled.try_number == 2
    assert [request["status"] for request in chakra_sandbox.requests()] == [400, 200]
    assert len(chakra_sandbox.messages()) == 1


REMEMBERS = AIRFLOW >= (3, 3)


@pytest.mark.parametrize(
    ("ledger", "remembered"), [("", REMEMBERS), ("airflow_provider_chakra.ledger.VariableStore", True)]
)
def test_a_message_that_was_sent_is_not_sent_again_by_a_retry(chakra_sandbox, ledger, remembered):
    instances = run(load_dag(DAGS / "dag_tries.py"), ledger=ledger)
    assert states(instances) == {"send": ["success", "success"]}
    assert [instance.try_number for instance in instances["send"]] == [2, 2]
    assert len(chakra_sandbox.messages()) == (2 if remembered else 4)
    if remembered:
        wamids = {
            message["payload"]["text"]["body"]: message["wamid"] for message in chakra_sandbox.messages()
        }
        assert [returned(instance) for instance in instances["send"]] == [wamids["First"], wamids["Second"]]
