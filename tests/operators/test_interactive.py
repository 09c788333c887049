"""Buttons, links and flows: arguments in; exact requests or an error out. Over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.operators.messages import (
    SendButtonsOperator,
    SendCtaUrlOperator,
    SendFlowOperator,
)
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError

PHONE = "919876543210"
LINK = "https://cdn.example.com/leaflet"
YES_NO = [
    {"type": "reply", "reply": {"id": "yes", "title": "Yes"}},
    {"type": "reply", "reply": {"id": "no", "title": "No"}},
]


def interactive(kind: str, action: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Make a payload."""
    content = {"type": kind, "body": {"text": "Shall we?"}, "action": action} | parts
    return {"messaging_product": "whatsapp", "to": PHONE, "type": "interactive", "interactive": content}


def cta(**parts: Any) -> dict[str, Any]:
    """Make the payload of a link."""
    return interactive(
        "cta_url", {"name": "cta_url", "parameters": {"display_text": "Open", "url": LINK}}, **parts
    )


def flow(**parameters: Any) -> dict[str, Any]:
    """Make the payload of a flow."""
    fields = {"flow_message_version": "3", "flow_cta": "Start"} | parameters
    return interactive("flow", {"name": "flow", "parameters": fields})


def make(kind: Any, **arguments: Any) -> Any:
    """Make an operator."""
    return kind(**{"task_id": "t", "to": PHONE, "body": "Shall we?"} | arguments)


BUTTONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"buttons": {"yes": "Yes", "no": "No"}}, interactive("button", {"buttons": YES_NO})),
    (
        {"buttons": [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}], "footer": "Foot"},
        interactive("button", {"buttons": YES_NO}, footer={"text": "Foot"}),
    ),
    ({"buttons": YES_NO, "header": ""}, interactive("button", {"buttons": YES_NO})),
    ({"buttons": '{"yes": "Yes", "no": "No"}'}, interactive("button", {"buttons": YES_NO})),
    (
        {"buttons": YES_NO, "header": "Head"},
        interactive("button", {"buttons": YES_NO}, header={"type": "text", "text": "Head"}),
    ),
    (
        {"buttons": YES_NO, "header": {"image": LINK}},
        interactive("button", {"buttons": YES_NO}, header={"type": "image", "image": {"link": LINK}}),
    ),
    (
        {"buttons": YES_NO, "header": '{"document": "' + LINK + '", "filename": "a.pdf"}'},
        interactive(
            "button",
            {"buttons": YES_NO},
            header={"type": "document", "document": {"link": LINK, "filename": "a.pdf"}},
        ),
    ),
    (
        {"buttons": YES_NO, "header": {"type": "video", "video": {"id": "1003"}}},
        interactive("button", {"buttons": YES_NO}, header={"type": "video", "video": {"id": "1003"}}),
    ),
]

REQUESTS: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    *((SendButtonsOperator, arguments, payload) for arguments, payload in BUTTONS),
    (SendCtaUrlOperator, {"button": "Open", "url": LINK}, cta()),
    (
        SendCtaUrlOperator,
        {"button": "Open", "url": LINK, "header": {"video": LINK}, "footer": "Foot"},
        cta(header={"type": "video", "video": {"link": LINK}}, footer={"text": "Foot"}),
    ),
    (SendFlowOperator, {"button": "Start", "flow_id": "17"}, flow(flow_id="17")),
    (
        SendFlowOperator,
        {"button": "Start", "flow_name": "survey", "mode": "draft", "flow_token": "t1", "screen": ""},
        flow(flow_name="survey", mode="draft", flow_token="t1"),
    ),
    (
        SendFlowOperator,
        {"button": "Start", "flow_id": "17", "flow_action": "navigate", "screen": "ONE", "data": {"k": "v"}},
        flow(flow_id="17", flow_action="navigate", flow_action_payload={"screen": "ONE", "data": {"k": "v"}}),
    ),
    (
        SendFlowOperator,
        {"button": "Start", "flow_id": "17", "data": '{"k": 1}'},
        flow(flow_id="17", flow_action_payload={"data": {"k": 1}}),
    ),
]


@pytest.mark.parametrize(("operator", "arguments", "payload"), REQUESTS)
def test_arguments_become_one_exact_request_and_the_wamid_comes_back(
    chakra_sandbox, operator, arguments, payload
):
    wamid = make(operator, **arguments).execute({})
    (arrived,) = chakra_sandbox.messages()
    assert (arrived["payload"], arrived["wamid"]) == (payload, wamid)


MISTAKES: list[tuple[Any, dict[str, Any], set[str]]] = [
    (SendButtonsOperator, {"buttons": []}, {"interactive.action.buttons"}),
    (SendButtonsOperator, {"buttons": "Yes"}, {"interactive.action.buttons"}),
    (SendButtonsOperator, {"buttons": {str(n): str(n) for n in range(4)}}, {"interactive.action.buttons"}),
    (
        SendButtonsOperator,
        {"buttons": {"yes": "x" * 21}, "body": "", "header": {"audio": LINK}},
        {"interactive.action.buttons[0].reply.title", "interactive.body.text", "interactive.header.type"},
    ),
    (
        SendButtonsOperator,
        {"buttons": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]},
        {"interactive.action.buttons[1].reply.id"},
    ),
    (SendCtaUrlOperator, {"button": "x" * 21, "url": LINK}, {"interactive.action.parameters.display_text"}),
    (SendCtaUrlOperator, {"button": "Open", "url": "leaflet"}, {"interactive.action.parameters.url"}),
    (SendFlowOperator, {"button": "Start"}, {"interactive.action.parameters.flow_id"}),
    (
        SendFlowOperator,
        {"button": "Start", "flow_id": "1", "mode": "test"},
        {"interactive.action.parameters.mode"},
    ),
    (
        SendFlowOperator,
        {"button": "Start", "flow_id": "1", "data": {}},
        {"interactive.action.parameters.flow_action_payload.data"},
    ),
]


@pytest.mark.parametrize(("operator", "arguments", "fields"), MISTAKES)
def test_a_mistake_breaks_the_import_with_every_broken_rule(operator, arguments, fields):
    with pytest.raises(UnsendableMessageError) as caught:
        make(operator, **arguments)
    assert {problem.field for problem in caught.value.problems} == fields
