"""Whole Dags with records against the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.hooks.chakra import ChakraHook
from tests.running import ROOT, load_dag, returned, run, states

pytestmark = pytest.mark.usefixtures("airflow_db")


def sent_texts(sandbox: Any) -> list[str]:
    """Give the bodies of the texts that arrived, sorted."""
    return sorted(message["payload"]["text"]["body"] for message in sandbox.messages())


def in_bulk(sandbox: Any) -> list[Any]:
    """Give the requests in bulk."""
    return [r for r in sandbox.requests() if r["method"] == "PATCH" or r["path"].endswith("/bulk-create")]


def test_leads_are_brought_up_to_date_and_failures_are_counted(chakra_sandbox, logged):
    leads = ChakraHook().leads
    leads.create(phone_number="919876543210", name="Asha")
    leads.create(phone_number="919876543211", name="B.")
    chakra_sandbox.fail_rows(0)
    dag = load_dag(ROOT / "example_dags" / "example_chakra_leads.py")
    instances = run(dag)
    assert {state for states_ in states(instances).values() for state in states_} == {"success"}
    # Whichever of the two came first.
    failed = [returned(instances[name][0])["failed"] for name in ("create", "update")]
    assert sorted(failed) == [0, 1]
    assert sent_texts(chakra_sandbox) == [f"Leads: {1 - failed[0]} new, {1 - failed[1]} changed, 1 failed."]
    told = logged()
    assert "1 of 1 rows failed in background job" in told
    assert "This row was made to fail" in told
    assert chakra_sandbox.token not in told
    # The next run makes up for it, and the one after that has nothing to do.
    run(dag)
    found = {lead["data"]["phone_number"]: lead["data"]["name"] for lead in chakra_sandbox.processes("lead")}
    assert found == {"919876543210": "Asha", "919876543211": "Bruno", "919876543212": "Chitra"}
    before = len(in_bulk(chakra_sandbox))
    run(dag)
    assert before == len(in_bulk(chakra_sandbox)) == 3
    assert "Leads: 0 new, 0 changed, 0 failed." in sent_texts(chakra_sandbox)
