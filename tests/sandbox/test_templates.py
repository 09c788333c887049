from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .samples import message

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

pytestmark = pytest.mark.usefixtures("machine")

BODY = {"type": "BODY", "text": "Hello {{1}}, {{2}}", "example": {"body_text": [["Asha", "42"]]}}
NAMED = {
    "type": "BODY",
    "text": "Hello {{name}}",
    "example": {"body_text_named_params": [{"param_name": "name", "example": "Asha"}]},
}
URL_BUTTON = {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["42"]}


def url(sandbox: Sandbox, suffix: str = "") -> str:
    return (
        f"{sandbox.url}/v1/ext/plugin/whatsapp/api/v23.0/{suffix or sandbox.waba_id + '/message_templates'}"
    )


def new(*components: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "name": "order_update",
        "category": "UTILITY",
        "language": "en_US",
        "components": list(components) or [BODY],
    } | fields


def error_of(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"error"}
    error: dict[str, Any] = answer.json()["error"]
    assert (error["type"], error["code"]) == ("OAuthException", 100)
    return error


def statuses(sandbox: Sandbox, http: requests.Session) -> list[str]:
    return [template["status"] for template in http.get(url(sandbox)).json()["data"]]


def test_a_new_template_waits_until_it_is_approved(sandbox: Sandbox, http: requests.Session) -> None:
    made = http.post(url(sandbox), json=new()).json()
    assert made == {"id": made["id"], "status": "PENDING", "category": "UTILITY"}
    (listed,) = http.get(url(sandbox)).json()["data"]
    assert listed == new() | {"id": made["id"], "status": "PENDING", "parameter_format": "POSITIONAL"}
    sandbox.advance(10**6)
    assert statuses(sandbox, http) == ["PENDING"]
    sandbox.approve_template("order_update")
    assert statuses(sandbox, http) == ["APPROVED"]


def test_a_template_is_approved_by_itself_if_that_was_asked_for(
    sandbox: Sandbox, http: requests.Session
) -> None:
    sandbox.approve_templates_after(60)
    http.post(url(sandbox), json=new())
    sandbox.advance(59)
    assert statuses(sandbox, http) == ["PENDING"]
    sandbox.advance(1)
    assert statuses(sandbox, http) == ["APPROVED"]


def test_a_rejected_template_tells_why_if_it_is_asked(sandbox: Sandbox, http: requests.Session) -> None:
    http.post(url(sandbox), json=new())
    http.post(url(sandbox), json=new(language="hi"))
    sandbox.reject_template("order_update", "ABUSIVE_CONTENT", language="hi")
    english, hindi = http.get(url(sandbox), params={"fields": "status,rejected_reason"}).json()["data"]
    assert english == {"id": english["id"], "status": "PENDING"}
    assert hindi == {"id": hindi["id"], "status": "REJECTED", "rejected_reason": "ABUSIVE_CONTENT"}
    with pytest.raises(ValueError, match="no template other"):
        sandbox.approve_template("other")


LONG = "x" * 1025
GOOD: dict[str, dict[str, Any]] = {
    "named": new(NAMED, parameter_format="NAMED"),
    "limits": new(
        {"type": "HEADER", "format": "TEXT", "text": "h" * 60},
        {"type": "BODY", "text": "b" * 1024},
        {"type": "FOOTER", "text": "f" * 60},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "t" * 25}] * 10},
    ),
    "lower case": new({"type": "body", "text": "Hello"}, category="utility"),
    "media header": new(
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}}, {**BODY}
    ),
    "header with a variable": new(
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["42"]}}, BODY
    ),
    "buttons": new(
        BODY,
        {
            "type": "BUTTONS",
            "buttons": [
                URL_BUTTON,
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "919876543210"},
                {"type": "COPY_CODE", "example": "SAVE20"},
            ],
        },
    ),
    "one-time code": new(
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]},
        category="AUTHENTICATION",
    ),
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_good_templates(sandbox: Sandbox, http: requests.Session, body: dict[str, Any]) -> None:
    answer = http.post(url(sandbox), json=body)
    assert answer.status_code == 200, answer.text


def header(**fields: Any) -> dict[str, Any]:
    return new({"type": "HEADER", "format": "TEXT", **fields}, BODY)


def buttons(*listed: Any) -> dict[str, Any]:
    return new(BODY, {"type": "BUTTONS", "buttons": list(listed)})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (new(name="Order Update"), "name"),
        (new(name="x" * 513), "name"),
        (new(name=None), "name"),
        (new(category="OTHER"), "category"),
        (new(language="English"), "language"),
        (new(parameter_format="BOTH"), "parameter_format"),
        (new(components="x"), "components"),
        (new(components=[]), "BODY"),
        (new({"type": "TAIL"}), "type of a component"),
        (new(BODY, BODY), "two components"),
        (new({"type": "BODY"}), "body is required"),
        (new({"type": "BODY", "text": LONG}), "1024"),
        (new({"type": "BODY", "text": "{{1}}"}), "example"),
        (new(BODY | {"example": {"body_text": [["Asha"]]}}), "example"),
        (new({"type": "BODY", "text": "{{2}}", "example": {"body_text": [["x"]]}}), "{{1}}, {{2}}"),
        (new(NAMED), "{{1}}, {{2}}"),
        (new(BODY, parameter_format="NAMED"), "names in lower case"),
        (new(NAMED | {"example": {"body_text_named_params": []}}, parameter_format="NAMED"), "example"),
        (
            new(
                NAMED | {"example": {"body_text_named_params": [{"param_name": []}]}},
                parameter_format="NAMED",
            ),
            "example",
        ),
        (header(text="h" * 61), "60"),
        (header(text="{{1}} {{2}}", example={"header_text": ["a", "b"]}), "at most one variable"),
        (header(text="{{1}}"), "example"),
        (header(format="AUDIO"), "format of the header"),
        (header(format="IMAGE"), "header_handle"),
        (new(BODY, {"type": "FOOTER", "text": "f" * 61}), "60"),
        (new(BODY, {"type": "FOOTER", "text": "{{1}}"}), "footer"),
        (buttons(), "1 to 10"),
        (buttons(*[{"type": "QUICK_REPLY", "text": "a"}] * 11), "1 to 10"),
        (buttons("x"), "array of objects"),
        (buttons({"type": "LINK", "text": "a"}), "type of a button"),
        (buttons({"type": "QUICK_REPLY", "text": "t" * 26}), "25"),
        (buttons(URL_BUTTON | {"url": "https://example.com/" + "x" * 2000}), "2000"),
        (buttons({**URL_BUTTON, "example": []}), "example"),
        (buttons({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "9" * 21}), "20"),
        (buttons({"type": "COPY_CODE"}), "example"),
        (new(BODY, {"type": "CAROUSEL", "cards": [{}]}), "2 to 10 cards"),
        (new(BODY, {"type": "BUTTONS", "buttons": [URL_BUTTON]}, category="AUTHENTICATION"), "OTP"),
        (new(BODY, {"type": "FOOTER", "text": "x"}, category="AUTHENTICATION"), "code_expiration_minutes"),
        (new(BODY, {"type": "HEADER"}, category="AUTHENTICATION"), "no component of type HEADER"),
    ],
)
def test_bad_templates(sandbox: Sandbox, http: requests.Session, body: dict[str, Any], reason: str) -> None:
    assert reason in error_of(http.post(url(sandbox), json=body))["message"]
    assert http.get(url(sandbox)).json() == {"data": []}


def test_there_is_one_template_of_a_name_and_language(sandbox: Sandbox, http: requests.Session) -> None:
    assert http.post(url(sandbox), json=new()).status_code == 200
    assert http.post(url(sandbox), json=new(language="hi")).status_code == 200
    assert error_of(http.post(url(sandbox), json=new()))["error_subcode"] == 2388024
    with pytest.raises(ValueError, match="order_update in hi"):
        sandbox.add_template("order_update", language="hi")


def test_pages_go_on_by_after_and_never_by_next(sandbox: Sandbox, http: requests.Session) -> None:
    for number in range(5):
        sandbox.add_template(f"t{number}")
    found, query = [], {"limit": "2", "fields": "name"}
    while True:
        page = http.get(url(sandbox), params=query).json()
        found.append([template["name"] for template in page["data"]])
        if "next" not in page["paging"]:
            break
        assert page["paging"]["next"].startswith("https://graph.facebook.invalid/")
        query["after"] = page["paging"]["cursors"]["after"]
    assert found == [["t0", "t1"], ["t2", "t3"], ["t4"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"name": "order"}, ["order_update", "order_paid"]),
        ({"status": "PAUSED"}, ["order_paid"]),
        ({"language": "hi"}, ["hello"]),
        ({"name": "order", "status": "APPROVED"}, ["order_update"]),
        ({"name": "none"}, []),
    ],
)
def test_filters(sandbox: Sandbox, http: requests.Session, query: dict[str, str], names: list[str]) -> None:
    sandbox.add_template("order_update")
    sandbox.add_template("order_paid", status="PAUSED")
    sandbox.add_template("hello", language="hi")
    data = http.get(url(sandbox), params=query).json()["data"]
    assert [template["name"] for template in data] == names


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "x"},
        {"limit": "1001"},
        {"fields": "name,colour"},
        {"after": "?"},
        {"status": "x"},
    ],
)
def test_bad_questions(sandbox: Sandbox, http: requests.Session, query: dict[str, str]) -> None:
    sandbox.add_template("order_update")
    error_of(http.get(url(sandbox), params=query))


def test_an_edited_template_waits_again(sandbox: Sandbox, http: requests.Session) -> None:
    template_id = sandbox.add_template("order_update")
    address = url(sandbox, template_id)
    assert http.post(address, json={"components": [BODY]}).json() == {"success": True}
    (listed,) = http.get(url(sandbox)).json()["data"]
    assert (listed["status"], listed["components"]) == ("PENDING", [BODY])
    assert "PENDING cannot be edited" in error_of(http.post(address, json={"components": [BODY]}))["message"]


def test_an_edited_template_is_reviewed_from_the_start(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.approve_templates_after(60)
    template_id = sandbox.add_template("order_update")
    sandbox.advance(100)
    http.post(url(sandbox, template_id), json={"components": [BODY]})
    assert statuses(sandbox, http) == ["PENDING"]
    sandbox.advance(61)
    assert statuses(sandbox, http) == ["APPROVED"]


@pytest.mark.parametrize(
    "change",
    [{}, {"category": "MARKETING"}, {"components": [{"type": "BODY", "text": LONG}]}, {"components": None}],
)
def test_bad_edits(sandbox: Sandbox, http: requests.Session, change: dict[str, Any]) -> None:
    address = url(sandbox, sandbox.add_template("order_update"))
    error_of(http.post(address, json=change))
    assert statuses(sandbox, http) == ["APPROVED"]


def test_deleting(sandbox: Sandbox, http: requests.Session) -> None:
    for name in ("a", "b"):
        for language in ("en", "hi", "ta"):
            sandbox.add_template(name, language=language)
    first = http.get(url(sandbox)).json()["data"][0]["id"]
    assert http.delete(url(sandbox), params={"name": "a", "hsm_id": first}).json() == {"success": True}
    assert len(statuses(sandbox, http)) == 5
    assert http.delete(url(sandbox), params={"name": "a"}).json() == {"success": True}
    assert len(statuses(sandbox, http)) == 3
    error_of(http.delete(url(sandbox), params={"name": "a"}))
    error_of(http.delete(url(sandbox), params={"name": "b", "hsm_id": first}))
    error_of(http.delete(url(sandbox)))


@pytest.mark.parametrize(("method", "path"), [("GET", "42/message_templates"), ("POST", "42")])
def test_unknown_ids(sandbox: Sandbox, http: requests.Session, method: str, path: str) -> None:
    error = error_of(http.request(method, url(sandbox, path), json=new()))
    assert "Object with ID '42' does not exist" in error["message"]


def component(kind: str, *parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": kind, "parameters": list(parameters)} | fields


def words(text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": text} | fields


def template_message(name: str, *components: dict[str, Any], language: str = "en_US") -> dict[str, Any]:
    return message("template", {"name": name, "language": {"code": language}, "components": list(components)})


IMAGE = {"type": "image", "image": {"link": "https://example.com/a.jpg"}}
HELLO = component("body", words("Asha"))


def button(*parameters: dict[str, Any], sub_type: str = "url", index: str = "0") -> dict[str, Any]:
    return component("button", *parameters, sub_type=sub_type, index=index)


@pytest.fixture
def known(sandbox: Sandbox) -> None:
    sandbox.add_template("hello")
    sandbox.add_template("plain", body="Hello")
    sandbox.add_template("named", body="Hello {{name}}, {{order}}")
    sandbox.add_template("picture", header="IMAGE")
    sandbox.add_template("headed", header="Order {{1}}", body="Hello")
    sandbox.add_template(
        "buttons",
        body="Hello",
        buttons=[
            {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"},
            {"type": "URL", "text": "Home", "url": "https://example.com/"},
            {"type": "QUICK_REPLY", "text": "Stop"},
        ],
    )
    sandbox.add_template("coupon", body="Hello", buttons=[{"type": "COPY_CODE", "example": "SAVE20"}])
    for status in ("PENDING", "REJECTED", "PAUSED", "DISABLED"):
        sandbox.add_template(status.lower(), body="Hello", status=status)


TRACK = button(words("42"))


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (template_message("hello", HELLO), "Hello Asha"),
        (template_message("plain"), "Hello"),
        (
            template_message(
                "named",
                component("body", words("42", parameter_name="order"), words("Asha", parameter_name="name")),
            ),
            "Hello Asha, 42",
        ),
        (template_message("picture", component("header", IMAGE), HELLO), "Hello Asha"),
        (template_message("headed", component("header", words("42"))), "Hello"),
        (template_message("buttons", TRACK), "Hello"),
        (
            template_message(
                "buttons",
                TRACK,
                button({"type": "payload", "payload": "s"}, sub_type="quick_reply", index="2"),
            ),
            "Hello",
        ),
        (
            template_message(
                "coupon", button({"type": "coupon_code", "coupon_code": "SAVE20"}, sub_type="copy_code")
            ),
            "Hello",
        ),
    ],
)
@pytest.mark.usefixtures("known")
def test_a_message_that_fits_is_taken(
    sandbox: Sandbox, http: requests.Session, payload: dict[str, Any], text: str
) -> None:
    answer = http.post(sandbox.messages_url, json=payload)
    assert answer.status_code == 200, (answer.text, sandbox.requests()[-1]["refusals"])
    address = f"{sandbox.url}/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"
    (listed,) = http.post(address, json={"customerPhoneNumber": "919876543210"}).json()["_data"]
    assert listed["text"] == text


@pytest.mark.parametrize(
    ("payload", "code", "details"),
    [
        (template_message("other"), 132001, "template name (other) does not exist in en_US"),
        (template_message("hello", HELLO, language="hi"), 132001, "does not exist in hi"),
        (template_message("pending"), 132001, "PENDING"),
        (template_message("rejected"), 132001, "REJECTED"),
        (template_message("paused"), 132015, "paused"),
        (template_message("disabled"), 132016, "disabled"),
        (template_message("hello"), 132000, "params (0) does not match the expected number (1)"),
        (template_message("hello", component("body", words("a"), words("b"))), 132000, "params (2)"),
        (template_message("plain", HELLO), 132000, "params (1)"),
        (template_message("plain", component("header", words("a"))), 132000, "header"),
        (template_message("headed"), 132000, "header"),
        (template_message("hello", component("body", words("a", parameter_name="b"))), 132012, "positional"),
        (template_message("named", component("body", words("a"), words("b"))), 132012, "name, order"),
        (template_message("picture", HELLO), 132012, "expected IMAGE, received UNKNOWN"),
        (
            template_message("picture", component("header", {"type": "video", "video": {"id": "1"}}), HELLO),
            132012,
            "expected IMAGE, received VIDEO",
        ),
        (template_message("buttons"), 131008, "Button at index 0 of type URL requires a parameter"),
        (template_message("coupon"), 131008, "Button at index 0 of type COPY_CODE"),
        (template_message("buttons", TRACK, button(words("x"), index="1")), 132018, "index 1"),
        (template_message("buttons", TRACK, button(words("x"), index="3")), 132012, "no button at index 3"),
        (template_message("buttons", TRACK, button(words("x"), index="2")), 132012, "expected QUICK_REPLY"),
    ],
)
@pytest.mark.usefixtures("known")
def test_a_message_that_does_not_fit_is_refused(
    sandbox: Sandbox, http: requests.Session, payload: dict[str, Any], code: int, details: str
) -> None:
    answer = http.post(sandbox.messages_url, json=payload)
    assert answer.status_code == 400
    assert answer.json()["_errors"][0].startswith(f"(#{code}) ")
    (refusal, *_) = sandbox.requests()[-1]["refusals"]
    assert details in refusal["details"]
    assert sandbox.messages() == []


def test_a_template_of_a_one_time_code_wants_it_twice(sandbox: Sandbox, http: requests.Session) -> None:
    http.post(url(sandbox), json=GOOD["one-time code"])
    sandbox.approve_template("order_update")
    code = component("body", words("123456"))
    answer = http.post(sandbox.messages_url, json=template_message("order_update", code))
    assert answer.json()["_errors"] == ["(#131008) Required parameter is missing"]
    twice = template_message("order_update", code, button(words("123456")))
    assert http.post(sandbox.messages_url, json=twice).status_code == 200


def test_without_templates_every_message_is_taken_until_there_is_one(
    sandbox: Sandbox, http: requests.Session
) -> None:
    assert http.post(sandbox.messages_url, json=template_message("any")).status_code == 200
    http.post(url(sandbox), json=new())
    assert http.post(sandbox.messages_url, json=template_message("any")).status_code == 400
    sandbox.reset()
    assert http.post(sandbox.messages_url, json=template_message("any")).status_code == 200
