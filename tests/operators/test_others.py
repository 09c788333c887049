"""Places, people, reactions and read receipts: arguments in; exact requests or an error out. Over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_provider_chakra.exceptions import ChakraUnknownError
from airflow_provider_chakra.operators.messages import (
    MarkAsReadOperator,
    SendContactsOperator,
    SendLocationOperator,
    SendReactionOperator,
)
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError

PHONE = "919876543210"
WAMID = "wamid.HBgMOTE5ODc2NTQzMjEwFQIAERgSQUJDREVGMDEyMzQ1Njc4OUFCAA=="
ASHA = {
    "name": {"formatted_name": "Asha Rao", "first_name": "Asha"},
    "phones": [{"phone": "+91 98765 43210"}],
}


def make(kind: Any, **arguments: Any) -> Any:
    """Make an operator."""
    return kind(**{"task_id": "t", "to": PHONE} | arguments)


REQUESTS: list[tuple[Any, dict[str, Any], str, Any]] = [
    (
        SendLocationOperator,
        {"latitude": 12.97, "longitude": "77.59", "name": "Office", "address": ""},
        "location",
        {"latitude": 12.97, "longitude": "77.59", "name": "Office"},
    ),
    (SendLocationOperator, {"latitude": 0, "longitude": 0}, "location", {"latitude": 0, "longitude": 0}),
    (SendContactsOperator, {"contacts": [ASHA]}, "contacts", [ASHA]),
    (SendReactionOperator, {"wamid": WAMID, "emoji": "👍"}, "reaction", {"message_id": WAMID, "emoji": "👍"}),
    (SendReactionOperator, {"wamid": WAMID, "emoji": ""}, "reaction", {"message_id": WAMID, "emoji": ""}),
]


@pytest.mark.parametrize(("operator", "arguments", "kind", "content"), REQUESTS)
def test_arguments_become_one_exact_request_and_the_wamid_comes_back(
    chakra_sandbox, operator, arguments, kind, content
):
    wamid = make(operator, **arguments).execute({})
    (arrived,) = chakra_sandbox.messages()
    assert arrived["payload"] == {"messaging_product": "whatsapp", "to": PHONE, "type": kind, kind: content}
    assert arrived["wamid"] == wamid


MISTAKES: list[tuple[Any, dict[str, Any], set[str]]] = [
    (SendLocationOperator, {"latitude": 91, "longitude": "x"}, {"location.latitude", "location.longitude"}),
    (SendLocationOperator, {"latitude": None, "longitude": 1}, {"location.latitude"}),
    (SendContactsOperator, {"contacts": []}, {"contacts"}),
    (SendContactsOperator, {"contacts": ASHA}, {"contacts"}),
    (SendReactionOperator, {"wamid": "", "emoji": "👍"}, {"reaction.message_id"}),
    (SendReactionOperator, {"wamid": WAMID, "emoji": "👍", "reply_to": WAMID}, {"context"}),
]


@pytest.mark.parametrize(("operator", "arguments", "fields"), MISTAKES)
def test_a_mistake_breaks_the_import_with_every_broken_rule(operator, arguments, fields):
    with pytest.raises(UnsendableMessageError) as caught:
        make(operator, **arguments)
    assert {problem.field for problem in caught.value.problems} == fields


@pytest.mark.parametrize(
    ("typing", "more"),
    [
        (False, {}),
        ("False", {}),
        (True, {"typing_indicator": {"type": "text"}}),
        ("True", {"typing_indicator": {"type": "text"}}),
    ],
)
def test_a_message_is_marked_as_read(chakra_sandbox, typing, more):
    assert MarkAsReadOperator(task_id="t", wamid=WAMID, typing=typing).execute({}) is None
    (request,) = chakra_sandbox.requests()
    assert request["body"] == {"messaging_product": "whatsapp", "status": "read", "message_id": WAMID} | more
    assert chakra_sandbox.messages() == []


def test_a_receipt_is_made_again_where_no_answer_came(chakra_sandbox, connect):
    connect({"max_tries": 2})
    chakra_sandbox.fault(status=502, body="Bad Gateway")
    MarkAsReadOperator(task_id="t", wamid=WAMID).execute({})
    assert [request["status"] for request in chakra_sandbox.requests()] == [502, 200]
    chakra_sandbox.fault(status=502, body="Bad Gateway", times=2)
    with pytest.raises(ChakraUnknownError) as caught:
        MarkAsReadOperator(task_id="t", wamid=WAMID).execute({})
    assert caught.value.retryable


def test_a_receipt_without_a_message_is_not_sent(chakra_sandbox):
    with pytest.raises(AirflowFailException, match="message_id"):
        MarkAsReadOperator(task_id="t", wamid="").execute({})
    assert chakra_sandbox.requests() == []
