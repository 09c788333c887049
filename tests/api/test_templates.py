"""Templates: requests out, rows and errors in. Over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraRequestError,
    ChakraResponseError,
    ChakraUnknownError,
    InvalidMessageError,
)
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.messages.template_check import misfits, variables
from airflow_provider_chakra.messages.template_rules import check_change, check_definition
from tests.raw_server import http, raw_server

HELLO = {"type": "BODY", "text": "Hello {{1}}", "example": {"body_text": [["Asha"]]}}
DEFINITION = {"name": "hello", "language": "en_US", "category": "UTILITY", "components": [HELLO]}


@pytest.fixture
def templates(chakra_sandbox) -> Any:
    """Give the templates of the sandbox's account."""
    return ChakraHook().templates


def connection(url: str) -> str:
    return (
        f'{{"conn_type": "chakra", "host": "{url}", "password": "x", '
        '"extra": {"waba_id": "7", "phone_number_id": "1", "plugin_id": "p", "max_tries": 1}}'
    )


def test_listing_goes_through_all_pages_and_asks_for_each_when_it_is_needed(chakra_sandbox, templates):
    for number in range(5):
        chakra_sandbox.add_template(f"t{number}")
    rows = templates.list(page_size=2)
    assert chakra_sandbox.requests() == []
    assert next(rows)["name"] == "t0"
    assert len(chakra_sandbox.requests()) == 1
    assert [row["name"] for row in rows] == ["t1", "t2", "t3", "t4"]
    requests = chakra_sandbox.requests()
    path = f"/v1/ext/plugin/whatsapp/api/v24.0/{chakra_sandbox.waba_id}/message_templates"
    assert [(request["method"], request["path"]) for request in requests] == [("GET", path)] * 3


def test_a_listing_can_be_narrowed(chakra_sandbox, templates):
    chakra_sandbox.add_template("hello")
    chakra_sandbox.add_template("hello_you", status="PENDING")
    assert [row["name"] for row in templates.list(name="hello")] == ["hello", "hello_you"]
    rows = list(templates.list(status="PENDING", fields=["name"]))
    assert [(row["name"], "components" in row) for row in rows] == [("hello_you", False)]


def test_a_template_is_found_by_its_whole_name_and_language(chakra_sandbox, templates):
    chakra_sandbox.add_template("hello_you", language="hi")
    chakra_sandbox.add_template("hello", language="hi", status="REJECTED")
    found = templates.find("hello", "hi")
    assert (found["name"], found["status"], len(found["components"])) == ("hello", "REJECTED", 1)
    assert templates.find("hello", "en_US") is None
    assert templates.find("hell", "hi") is None


PAGES: list[tuple[bytes, type[Exception] | list[str]]] = [
    (b'{"data":[{"name":"a"}]}', ["a"]),
    (b'{"_data":{"data":[{"name":"a"}]}}', ["a"]),
    (b'{"_data":[{"name":"a"}]}', ["a"]),
    (b'{"data":[{"name":"a"},7],"paging":{"cursors":{"after":"x"}}}', ["a"]),
    (b'{"data":[]}', []),
    (b'{"data":[{"name":"a"}],"paging":{"next":"https://evil.invalid"}}', ChakraUnknownError),
    (b"{}", ChakraUnknownError),
    (b"", ChakraUnknownError),
    # The same page for ever.
    (b'{"data":[{"name":"a"}],"paging":{"cursors":{"after":"x"},"next":"y"}}', ChakraResponseError),
]


@pytest.mark.parametrize(("body", "expected"), PAGES)
def test_a_listing_is_read_leniently_and_never_for_more_than_it_is(monkeypatch, body, expected):
    with raw_server(http(body)) as server:
        monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DEFAULT", connection(server.url))
        rows = ChakraHook().templates.list()
        if isinstance(expected, list):
            assert [row["name"] for row in rows] == expected
        else:
            with pytest.raises(expected):
                list(rows)


def test_create_change_and_delete(chakra_sandbox, templates):
    created = templates.create(DEFINITION)
    assert (created["status"], created["category"]) == ("PENDING", "UTILITY")
    assert chakra_sandbox.requests()[-1]["body"] == DEFINITION
    with pytest.raises(ChakraRequestError):
        templates.create(DEFINITION)
    chakra_sandbox.approve_template("hello")
    components = [{"type": "BODY", "text": "Hi"}]
    assert templates.update(created["id"], components=components) == {"success": True}
    (request,) = chakra_sandbox.requests()[-1:]
    assert request["path"].endswith(f"/v1/ext/plugin/whatsapp/api/v24.0/{created['id']}")
    assert request["body"] == {"components": components}
    assert templates.delete("hello", created["id"]) == {"success": True}
    assert list(templates.list()) == []
    chakra_sandbox.add_template("hello", language="hi")
    chakra_sandbox.add_template("hello", language="en_US")
    assert templates.delete("hello") == {"success": True}
    assert list(templates.list()) == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"success":false}', b"[]"])
def test_an_answer_that_does_not_say_what_was_done_is_unknown(monkeypatch, body):
    with raw_server(http(body)) as server:
        monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DEFAULT", connection(server.url))
        with pytest.raises(ChakraUnknownError):
            ChakraHook().templates.create(DEFINITION)


def test_the_business_account_is_needed(connect):
    connect({"waba_id": None})
    with pytest.raises(ChakraConfigError, match="waba_id"):
        list(ChakraHook().templates.list())


@pytest.mark.parametrize(
    "body", [b'{"_data":{"externalId":"wamid.x"}}', b'{"_data":{"whatsappMessageId":"wamid.x"}}']
)
def test_the_wamid_of_chakrahqs_own_calls(monkeypatch, body):
    with raw_server(http(body)) as server:
        monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DEFAULT", connection(server.url))
        templates = ChakraHook().templates
        assert templates.send_to_number("919876543210", {"templateName": "x"}).wamid == "wamid.x"
        assert templates.send_to_process("lead", "a/b", {"templateName": "x"}).wamid == "wamid.x"
        assert b"/process/lead/a%2Fb/send-template-message" in server.requests[-1]


def with_body(**fields: Any) -> dict[str, Any]:
    return DEFINITION | {"components": [{"type": "BODY", **fields}]}


def with_part(part: Any, **fields: Any) -> dict[str, Any]:
    return DEFINITION | {"components": [HELLO, part]} | fields


def with_button(**button: Any) -> dict[str, Any]:
    return with_part({"type": "BUTTONS", "buttons": [button]})


BODY, PART = "components[0]", "components[1]"
BUTTON = f"{PART}.buttons[0]"
URL = {"type": "URL", "text": "Go", "url": "https://example.com/{{1}}", "example": ["1"]}
NAMED_EXAMPLE = {"body_text_named_params": [{"param_name": "who", "example": "Asha"}]}

DEFINITIONS: list[tuple[Any, set[str]]] = [
    (DEFINITION, set()),
    ([], {"template"}),
    ({}, {"name", "language", "category", "components"}),
    (DEFINITION | {"name": "Hello"}, {"name"}),
    (DEFINITION | {"name": "x" * 513}, {"name"}),
    (DEFINITION | {"language": "English"}, {"language"}),
    (DEFINITION | {"language": "pt_BR", "category": "utility"}, set()),
    (DEFINITION | {"category": "UTILTY"}, {"category"}),
    (DEFINITION | {"parameter_format": "NUMBERED"}, {"parameter_format"}),
    (DEFINITION | {"message_send_ttl_seconds": 30}, set()),
    (DEFINITION | {"message_send_ttl_seconds": -1}, set()),
    (DEFINITION | {"message_send_ttl_seconds": 29}, {"message_send_ttl_seconds"}),
    (DEFINITION | {"message_send_ttl_seconds": "60"}, {"message_send_ttl_seconds"}),
    (DEFINITION | {"components": {}}, {"components"}),
    (DEFINITION | {"components": []}, {"components"}),
    (DEFINITION | {"components": [HELLO, HELLO]}, {PART}),
    (with_part("x"), {PART}),
    (with_part({"text": "x"}), {f"{PART}.type"}),
    (with_part({"type": "FOTER", "text": "x"}), {f"{PART}.type"}),
    (with_part({"type": "SOMETHING_NEW"}), set()),
    (with_body(text="x" * 1024), set()),
    (with_body(text="x" * 1025), {f"{BODY}.text"}),
    (with_body(), {f"{BODY}.text"}),
    (with_body(text="{{1}}"), {f"{BODY}.example.body_text"}),
    (with_body(text="{{1}} {{2}}", example={"body_text": [["a"]]}), {f"{BODY}.example.body_text"}),
    (with_body(text="{{2}}", example={"body_text": [["a"]]}), {f"{BODY}.text"}),
    (with_body(text="{{who}}", example=NAMED_EXAMPLE), {f"{BODY}.text", f"{BODY}.example.body_text"}),
    (with_body(text="{{who}}", example=NAMED_EXAMPLE) | {"parameter_format": "NAMED"}, set()),
    (
        with_body(text="{{who}} {{Sum}}", example=NAMED_EXAMPLE) | {"parameter_format": "NAMED"},
        {f"{BODY}.text", f"{BODY}.example.body_text_named_params"},
    ),
    (DEFINITION | {"category": "AUTHENTICATION", "components": [{"type": "BODY"}]}, set()),
    (with_part({"type": "HEADER", "format": "TEXT", "text": "x" * 60}), set()),
    (with_part({"type": "HEADER", "format": "TEXT", "text": "x" * 61}), {f"{PART}.text"}),
    (
        with_part({"type": "HEADER", "format": "TEXT", "text": "{{1}}"}),
        {f"{PART}.example.header_text"},
    ),
    (
        with_part({"type": "HEADER", "format": "TEXT", "text": "{{1}}", "example": {"header_text": ["x"]}}),
        set(),
    ),
    (with_part({"type": "HEADER", "text": "x"}), {f"{PART}.format"}),
    (with_part({"type": "HEADER", "format": "IMAGE"}), {f"{PART}.example.header_handle"}),
    (with_part({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4:x"]}}), set()),
    (with_part({"type": "HEADER", "format": "LOCATION"}), set()),
    (with_part({"type": "FOOTER", "text": "x" * 60}), set()),
    (with_part({"type": "FOOTER", "text": "x" * 61}), {f"{PART}.text"}),
    (with_part({"type": "FOOTER", "text": "{{1}}"}), {f"{PART}.text"}),
    (with_part({"type": "FOOTER", "code_expiration_minutes": 90}), set()),
    (with_part({"type": "FOOTER", "code_expiration_minutes": 91}), {f"{PART}.code_expiration_minutes"}),
    (with_part({"type": "BUTTONS"}), {f"{PART}.buttons"}),
    (with_part({"type": "BUTTONS", "buttons": []}), {f"{PART}.buttons"}),
    (with_part({"type": "BUTTONS", "buttons": [URL] * 10}), set()),
    (with_part({"type": "BUTTONS", "buttons": [URL] * 11}), {f"{PART}.buttons"}),
    (with_part({"type": "BUTTONS", "buttons": ["x"]}), {BUTTON}),
    (with_button(type="QUICK_REPLY", text="x" * 25), set()),
    (with_button(type="QUICK_REPLY", text="x" * 26), {f"{BUTTON}.text"}),
    (with_button(type="QUICK_REPLY"), {f"{BUTTON}.text"}),
    (with_button(**URL | {"example": []}), {f"{BUTTON}.example"}),
    (with_button(**URL | {"url": f"https://example.com/{'x' * 1980}"}), set()),
    (with_button(**URL | {"url": f"https://example.com/{'x' * 1981}"}), {f"{BUTTON}.url"}),
    (with_button(**URL | {"url": "https://example.com/{{1}}/{{2}}"}), {f"{BUTTON}.url"}),
    (with_button(type="PHONE_NUMBER", text="Call", phone_number="1" * 20), set()),
    (with_button(type="PHONE_NUMBER", text="Call", phone_number="1" * 21), {f"{BUTTON}.phone_number"}),
    (with_button(type="COPY_CODE", example="SAVE20"), set()),
    (with_button(type="COPY_CODE"), {f"{BUTTON}.example"}),
    (with_part({"type": "CAROUSEL", "cards": [{"components": []}] * 2}), set()),
    (with_part({"type": "CAROUSEL", "cards": [{"components": []}]}), {f"{PART}.cards"}),
    (
        with_part({"type": "CAROUSEL", "cards": [{}, {"components": [{"type": "BODY"}]}]}),
        {f"{PART}.cards[0].components", f"{PART}.cards[1].components[0].text"},
    ),
]


@pytest.mark.parametrize(("definition", "fields"), DEFINITIONS)
def test_a_definition_is_refused_with_every_broken_rule(definition, fields):
    if not fields:
        check_definition(definition)
        return
    with pytest.raises(InvalidMessageError, match="This template was not sent, as it breaks") as caught:
        check_definition(definition)
    assert {problem.field for problem in caught.value.problems} == fields


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, {"components"}),
        ({"category": "NONE"}, {"category"}),
        ({"components": "x"}, {"components"}),
        ({"components": [{"type": "FOOTER", "text": "x" * 61}]}, {"components[0].text"}),
        ({"components": [HELLO]}, set()),
        ({"components": [{"type": "BODY", "text": "{{who}}", "example": NAMED_EXAMPLE}]}, set()),
    ],
)
def test_a_change_is_refused_with_every_broken_rule(change, fields):
    if not fields:
        check_change(change)
        return
    with pytest.raises(InvalidMessageError) as caught:
        check_change(change)
    assert {problem.field for problem in caught.value.problems} == fields


def test_a_definition_that_breaks_a_rule_is_not_sent(chakra_sandbox, templates):
    with pytest.raises(InvalidMessageError):
        templates.create({})
    with pytest.raises(InvalidMessageError):
        templates.update("1")
    assert chakra_sandbox.requests() == []


def test_variables_are_named_once_and_in_the_order_in_which_they_are_given():
    assert variables("{{2}} {{ 1 }} {{2}} {{10}}") == ["1", "2", "10"]
    assert variables("{{who}} {{what}}") == ["who", "what"]
    assert variables(None) == []


CARD = {"components": [{"type": "BODY", "text": "Take {{1}}"}]}
CAROUSEL = {"type": "CAROUSEL", "cards": [CARD, CARD]}


def filled(*indexes: int) -> list[Any]:
    parameters = [{"type": "text", "text": "x"}]
    cards = [
        {"card_index": index, "components": [{"type": "body", "parameters": parameters}]} for index in indexes
    ]
    return [{"type": "carousel", "cards": cards}]


@pytest.mark.parametrize(
    ("row", "components", "fields"),
    [
        ({"components": [CAROUSEL]}, filled(1, 0), []),
        ({"components": [CAROUSEL]}, [], ["carousel"]),
        ({"components": [CAROUSEL]}, filled(0, 2), ["cards[1].body"]),
        ({"components": [CAROUSEL]}, None, []),
        # What is not told is left to WhatsApp.
        ({"status": "APPROVED"}, filled(0), []),
        ({"components": [{"type": "BODY"}]}, [], []),
        ({"components": [{"type": "SOMETHING_NEW"}]}, [], []),
        ({"status": "approved", "components": [{"type": "body", "text": "Hi"}]}, [], []),
        (
            {"components": [{"type": "BODY", "text": "Hi"}]},
            [{"type": "limited_time_offer"}],
            ["limited_time_offer"],
        ),
        (
            {"components": [{"type": "BUTTONS", "buttons": [{"type": "SOMETHING_NEW"}]}]},
            [{"type": "button", "sub_type": "url", "index": "0"}],
            [],
        ),
        (
            {"components": [{"type": "BUTTONS", "buttons": [{"type": "PHONE_NUMBER"}]}]},
            [{"type": "button", "sub_type": "url", "index": "0"}],
            ["buttons[0]"],
        ),
        (
            {"components": [{"type": "BUTTONS", "buttons": [{"type": "OTP"}]}]},
            [],
            ["buttons[0]"],
        ),
    ],
)
def test_cards_offers_and_what_is_not_known(row, components, fields):
    versions = [{"name": "x", "language": "hi"} | row]
    assert [problem.field for problem in misfits(versions, "hi", components)] == fields
