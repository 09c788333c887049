"""The retry policy: errors in, decisions out; and in a real run."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("airflow.sdk.definitions.retry_policy", reason="needs Airflow 3.3")

from airflow.sdk.definitions.retry_policy import RetryAction

from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraConnectError,
    ChakraThrottledError,
    ChakraUnknownError,
    InvalidMessageError,
)
from airflow_provider_chakra.retry_policy import ChakraRetryPolicy
from tests.running import ROOT, load_dag, run, states

RETRY, FAIL, DEFAULT = RetryAction.RETRY, RetryAction.FAIL, RetryAction.DEFAULT


@pytest.mark.parametrize(
    ("error", "try_number", "action", "seconds", "said"),
    [
        (
            ChakraThrottledError("x", status=429, retry_after=90),
            1,
            RETRY,
            (90, 99),
            r"Trying again in 9\d s: x",
        ),
        (ChakraThrottledError("x", status=400, code=131056), 1, RETRY, (1, 1), "Trying again in 1 s: x"),
        (ChakraThrottledError("x", status=400, code=131056), 4, RETRY, (64, 64), "Trying again in 64 s: x"),
        (
            ChakraThrottledError("x", status=400, code=131056),
            5,
            RETRY,
            (256, 256),
            "Trying again in 256 s: x",
        ),
        (ChakraThrottledError("x", status=400, code=131056), 6, DEFAULT, None, "No retries are left: x"),
        (ChakraThrottledError("x", code=131048, retryable=False), 1, FAIL, None, "Failing now: x"),
        (ChakraThrottledError("x", code=131048, retryable=False), 6, FAIL, None, "Failing now: x"),
        (ChakraConnectError("x"), 3, RETRY, (0, 4), r"Trying again in \d s: x"),
        (ChakraAuthError("x", status=401), 1, FAIL, None, "Failing now: x"),
        (ChakraAuthError("x" * 600, status=401), 1, FAIL, None, "Failing now: x{487}"),
        (
            InvalidMessageError("message", []),
            1,
            FAIL,
            None,
            "Failing now: This message was not sent, (?s:.*)",
        ),
        (ChakraUnknownError("x"), 1, FAIL, None, "Failing now: x"),
        (ChakraUnknownError("x", retryable=True), 1, RETRY, (0, 60), r"Trying again in \d+ s: x"),
        (ValueError("x"), 1, DEFAULT, None, None),
    ],
)
def test_an_error_decides(error, try_number, action, seconds, said):
    decision = ChakraRetryPolicy().evaluate(error, try_number, 5)
    assert decision.action is action
    if said is None:
        assert decision.reason is None
    else:
        assert re.fullmatch(said, decision.reason)
    if seconds:
        assert seconds[0] <= decision.retry_delay.total_seconds() <= seconds[1]


def test_the_unknown_is_tried_again_only_if_asked_for():
    decision = ChakraRetryPolicy(retry_unknown=True).evaluate(ChakraUnknownError("x"), 1, 5)
    assert (decision.action, decision.retry_delay) == (RETRY, None)
    assert decision.reason == "Trying again after the task's retry_delay: x"
    assert ChakraRetryPolicy(retry_unknown=True).evaluate(ChakraUnknownError("x"), 6, 5).action is DEFAULT


def test_a_policy_survives_serialization():
    policy = ChakraRetryPolicy(retry_unknown=True)
    assert ChakraRetryPolicy.deserialize(policy.serialize()).retry_unknown is True


@pytest.mark.usefixtures("airflow_db")
def test_a_run_follows_the_policy(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(path_contains="/messages", status=429, errors=["x"], headers={"Retry-After": "0"})
    chakra_sandbox.fault(path_contains="/messages", status=401, errors=["UNAUTHORIZED"])
    instances = run(load_dag(ROOT / "tests" / "dags" / "dag_policy.py"))
    assert states(instances) == {"send": ["failed"]}
    assert instances["send"][0].try_number == 2
    assert [request["status"] for request in chakra_sandbox.requests()] == [429, 401]
