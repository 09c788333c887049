"""The retry policy: errors in, decisions out; and in a real run."""

from __future__ import annotations

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
    ("error", "try_number", "action", "seconds"),
    [
        (ChakraThrottledError("x", status=429, retry_after=90), 1, RETRY, (90, 99)),
        (ChakraThrottledError("x", status=400, code=131056), 1, RETRY, (1, 1)),
        (ChakraThrottledError("x", status=400, code=131056), 4, RETRY, (64, 64)),
        (ChakraThrottledError("x", status=400, code=131048, retryable=False), 1, FAIL, None),
        (ChakraConnectError("x"), 3, RETRY, (0, 4)),
        (ChakraAuthError("x", status=401), 1, FAIL, None),
        (InvalidMessageError("message", []), 1, FAIL, None),
        (ChakraUnknownError("x"), 1, FAIL, None),
        (ChakraUnknownError("x", retryable=True), 1, RETRY, (0, 60)),
        (ValueError("x"), 1, DEFAULT, None),
    ],
)
def test_an_error_decides(error, try_number, action, seconds):
    decision = ChakraRetryPolicy().evaluate(error, try_number, 5)
    assert decision.action is action
    if action is not DEFAULT:
        assert decision.reason == str(error)
    if seconds:
        assert seconds[0] <= decision.retry_delay.total_seconds() <= seconds[1]


def test_the_unknown_is_tried_again_only_if_asked_for():
    decision = ChakraRetryPolicy(retry_unknown=True).evaluate(ChakraUnknownError("x"), 1, 5)
    assert decision.action is RETRY


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
