"""How the sandbox's page is used: written in, tapped, found with the keyboard, on small and lost windows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.sandbox.samples import GROUP, buttons, listing, template, text

from .phone import ASHA, NARROW, WIDE, chats, last, payloads, picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from airflow_provider_chakra.sandbox.client import Sandbox

    Send = Callable[[dict[str, Any]], str]
    Show = Callable[..., Page]

pytestmark = pytest.mark.system

BRUNO = "447700900123"

# Answers come when the test says so: ``release()``.
HELD = """() => {
    const fetched = window.fetch;
    const held = new Promise((resolve) => (window.release = resolve));
    window.fetch = async (...given) => {
        await held;
        return fetched(...given);
    };
}"""


def answer_of(page: Page) -> Locator:
    """Give the field that the customer writes in."""
    return page.get_by_role("textbox", name="Message as the customer")


def bodies(sandbox: Sandbox) -> list[str]:
    """Give the texts that the customer wrote, oldest first."""
    return [payload["text"]["body"] for payload in payloads(sandbox)]


def test_what_is_typed_meanwhile_stays_and_is_sent_once(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    expect(last(page)).to_contain_text("Hello")
    page.evaluate(HELD)
    field = answer_of(page)
    field.fill("First")
    field.press("Enter")
    field.press("Enter")
    field.press_sequentially("second")
    page.evaluate("release(), null")
    expect(last(page)).to_contain_text("First")
    expect(field).to_have_value("second")
    field.press("Enter")
    expect(last(page)).to_contain_text("second")
    assert bodies(sandbox) == ["Hello", "First", "second"]


def test_what_was_not_sent_comes_back_before_what_was_typed_since(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    field = answer_of(page)
    field.fill("Lost")
    page.evaluate(HELD)
    page.route("**/_sandbox/inbound", lambda route: route.abort())
    field.press("Enter")
    field.press_sequentially("and on")
    page.evaluate("release(), null")
    expect(field).to_have_value("Lost\nand on")
    assert bodies(sandbox) == ["Hello"]


def test_each_chat_has_its_own_draft(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(BRUNO, "Hello")
    sandbox.receive(ASHA, "Hello")
    page = show()
    field = answer_of(page)
    field.fill("For Asha")
    page.get_by_role("link", name=BRUNO).click()
    expect(page.get_by_role("heading", name=BRUNO)).to_be_visible()
    expect(field).to_have_value("")
    field.fill("For Bruno")
    field.press("Enter")
    expect(last(page)).to_contain_text("For Bruno")
    page.get_by_role("link", name=ASHA).click()
    expect(field).to_have_value("For Asha")
    written = {chat["contact"]: [each["text"] for each in chat["messages"]] for chat in chats(sandbox)}
    assert written == {ASHA: ["Hello"], BRUNO: ["Hello", "For Bruno"]}


def test_who_answers_sees_the_answer_however_far_up_they_read(
    sandbox: Sandbox, send: Send, show: Show
) -> None:
    send(buttons(("y", "Yes"), ("n", "No")))
    for count in range(30):
        send(text(f"Message {count}"))
    page = show()
    log = page.get_by_role("log", name="Messages")
    expect(last(page)).to_be_in_viewport()
    for seen in ("By hand", "Yes"):
        answer_of(page).fill(seen)
        log.evaluate("(log) => (log.scrollTop = 0)")
        page.wait_for_timeout(100)
        if seen == "Yes":
            page.get_by_role("button", name="Yes").click()
        else:
            answer_of(page).press("Enter")
        expect(last(page)).to_contain_text(seen)
        expect(last(page)).to_be_in_viewport()


def test_a_double_click_is_one_tap(sandbox: Sandbox, send: Send, show: Show) -> None:
    page = show()
    send(buttons(("y", "Yes"), ("n", "No")))
    # Slowly: the first tap is answered before the second comes.
    page.get_by_role("button", name="Yes").dblclick(delay=150)
    expect(page.get_by_role("article", name="From the customer")).to_have_count(1)
    # And by keyboard, before the answer.
    page.evaluate(HELD)
    for _ in range(2):
        page.get_by_role("button", name="No").press("Enter")
    page.evaluate("release(), null")
    expect(page.get_by_role("article", name="From the customer")).to_have_count(2)
    page.wait_for_timeout(400)
    assert [payload["interactive"]["button_reply"]["id"] for payload in payloads(sandbox)] == ["y", "n"]


def test_the_customer_sends_a_photo(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    expect(last(page)).to_contain_text("Hello")
    answer_of(page).fill("A draft")
    for count in (1, 2):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose a photo").click()
        chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": picture()})
        expect(page.get_by_role("img", name="image")).to_have_count(count)
    photo = payloads(sandbox)[-1]["image"]
    assert photo.pop("id")
    assert photo == {"mime_type": "image/png"}
    expect(answer_of(page)).to_have_value("A draft")


def test_what_failed_cannot_be_tapped(sandbox: Sandbox, send: Send, show: Show) -> None:
    wamids = [send(payload) for payload in (buttons(("yes", "Yes")), listing())]
    page = show()
    taps = [page.get_by_role("article").nth(number).get_by_role("button") for number in (0, 1)]
    for tap, wamid in zip(taps, wamids, strict=True):
        expect(tap).to_be_enabled()
        sandbox.deliver(wamid, "FAILED", error="(#131026) Message undeliverable")
        expect(tap).to_be_disabled()


def test_a_refusal_is_told_where_it_is_seen_and_until_it_is_closed(sandbox: Sandbox, show: Show) -> None:
    # No number of WhatsApp's; the control API takes it for a message, but for nothing else.
    sandbox.receive("+1", "Hello")
    page = show()
    alert = page.get_by_role("alert")
    switch = page.get_by_role("checkbox", name="Blocks us")
    switch.click()
    expect(alert).to_contain_text("String should match pattern")
    expect(switch).not_to_be_checked()
    field = answer_of(page)
    field.fill("A long\nanswer\nof many\nlines")
    above, below = alert.bounding_box(), field.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] < below["y"]
    page.get_by_role("button", name="Close message").click()
    expect(alert).to_be_hidden()
    switch.click()
    expect(alert).to_be_visible()
    page.get_by_role("button", name="+1 min").click()
    expect(alert).to_be_hidden()

    page.route("**/_sandbox/inbound", lambda route: route.abort())
    page.get_by_role("button", name="New chat").click()
    dialog = page.get_by_role("dialog", name="New chat")
    dialog.get_by_role("textbox", name="Customer's number").fill(ASHA)
    dialog.get_by_role("button", name="Start chat").click()
    expect(alert).to_have_text("The sandbox does not answer.")
    # It is neither behind the dialog nor barred by it.
    dialog.get_by_role("button", name="Close message").click()
    expect(alert).to_be_hidden()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Start chat").click()
    expect(alert).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(alert).to_be_hidden()


def test_an_order_that_is_not_answered_is_given_up(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    page.evaluate("() => { const timeout = AbortSignal.timeout; AbortSignal.timeout = () => timeout(200); }")
    # Held for good, as where other windows have all connections.
    page.route("**/_sandbox/clock", lambda _: None)
    page.get_by_role("button", name="+1 min").click()
    expect(page.get_by_role("alert")).to_contain_text("Is this page open in more than five windows?")


def test_a_page_that_nobody_sees_holds_no_connection(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    expect(last(page)).to_contain_text("Hello")
    turn = """(hidden) => {
        Object.defineProperty(document, "hidden", {configurable: true, value: hidden});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(turn, True)
    sandbox.receive(ASHA, "Meanwhile")
    page.wait_for_timeout(600)
    expect(last(page)).to_contain_text("Hello")
    page.evaluate(turn, False)
    expect(last(page)).to_contain_text("Meanwhile")
    sandbox.receive(ASHA, "And on")
    expect(last(page)).to_contain_text("And on")
    expect(page.get_by_role("status")).to_have_text("")


def test_one_wrong_answer_is_not_the_end(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show(path="/_sandbox/page/icon.svg")
    page.route("**/_sandbox/live", lambda route: route.fulfill(status=502), times=1)
    page.goto("/")
    expect(page.get_by_role("status")).to_contain_text("does not answer")
    expect(last(page)).to_contain_text("Hello")
    expect(page.get_by_role("status")).to_have_text("")


def test_nothing_is_read_out_but_news(sandbox: Sandbox, send: Send, show: Show) -> None:
    wamids = [send(text(f"Message {count}")) for count in range(3)]
    page = show()
    log = page.get_by_role("log", name="Messages")
    expect(last(page)).to_contain_text("Message 2")
    page.evaluate("""() => {
        window.changed = [];
        const note = ({target}) => changed.push(target.className ?? target.parentElement.className);
        new MutationObserver((all) => all.forEach(note)).observe(
            document.getElementById("messages"), {childList: true, characterData: true, subtree: true});
    }""")
    sandbox.receive(BRUNO, "In another chat")
    expect(page.get_by_role("link", name=BRUNO)).to_be_visible()
    sandbox.deliver(wamids[1], "READ")
    expect(page.get_by_role("article").nth(1).get_by_role("img", name="read")).to_be_visible()
    assert page.evaluate("changed") == ["how"]
    expect(log.locator(".how").first).to_have_attribute("data-status", "SENT")
    assert log.locator(".how").evaluate_all("(all) => all.every((how) => how.closest('[aria-live=off]'))")


def test_roles_and_names(sandbox: Sandbox, send: Send, show: Show) -> None:
    wamid = send(text("See you"))
    sandbox.deliver(wamid, "READ")
    page = show()
    log = page.get_by_role("log", name="Messages")
    expect(log.get_by_role("list").get_by_role("listitem")).to_have_count(2)
    chat = page.get_by_role("navigation", name="Chats").get_by_role("link")
    expect(chat).to_have_accessible_name(re.compile(rf"^{ASHA} \d\d:\d\d read See you$"))


def test_the_focus_goes_where_one_goes_on(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(BRUNO, "Hello")
    sandbox.receive(ASHA, "Hello")
    page = show(NARROW)
    page.get_by_role("link", name=BRUNO).press("Enter")
    expect(page.get_by_role("heading", name=BRUNO)).to_be_focused()
    page.get_by_role("link", name="All chats").press("Enter")
    expect(page.get_by_role("link", name=BRUNO)).to_be_focused()
    for size in (NARROW, WIDE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.get_by_role("button", name="New chat").click()
        dialog = page.get_by_role("dialog", name="New chat")
        number = f"91987654{size[0]:04}"
        dialog.get_by_role("textbox", name="Customer's number").fill(number)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=number)).to_be_visible()
        expect(answer_of(page)).to_be_focused()
        page.go_back()
    # With the keyboard, past all chats and messages.
    page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    page.keyboard.press("Tab")
    skip = page.get_by_role("button", name="Skip to the answer")
    expect(skip).to_be_focused()
    expect(skip).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(answer_of(page)).to_be_focused()


@pytest.mark.parametrize("size", [(320, 256), (800, 300), (1280, 400), (667, 375)])
def test_all_can_be_read_and_reached_in_a_low_window(
    sandbox: Sandbox, send: Send, show: Show, size: tuple[int, int]
) -> None:
    for count in range(10):
        send(text(f"Message {count}"))
    page = show(size, path=f"/#{ASHA}")
    log = page.get_by_role("log", name="Messages")
    expect(last(page)).to_contain_text("Message 9")
    box = log.bounding_box()
    assert box
    assert box["height"] >= 160
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    blocks = page.get_by_role("checkbox", name="Blocks us")
    blocks.check()
    expect(blocks).to_be_in_viewport(ratio=1)
    answer_of(page).fill("Hello")
    expect(answer_of(page)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Send").click()
    expect(last(page)).to_contain_text("Hello")


def test_an_address_that_names_nobody_does_no_harm(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show(path="/#%")
    expect(page.get_by_text("Choose a chat.")).to_be_visible()
    page.get_by_role("link", name=ASHA).click()
    expect(last(page)).to_contain_text("Hello")


def test_after_a_reset_the_next_chat_is_opened(sandbox: Sandbox, show: Show) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    expect(last(page)).to_contain_text("Hello")
    answer_of(page).fill("A draft")
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="Forget everything").click()
    expect(page.get_by_text("No chats yet.")).to_be_visible()
    sandbox.receive(BRUNO, "Who is it?")
    expect(last(page)).to_contain_text("Who is it?")
    sandbox.receive(ASHA, "Hello")
    page.get_by_role("link", name=ASHA).click()
    expect(last(page)).to_contain_text("Hello")
    expect(answer_of(page)).to_have_value("")


def test_in_a_group_somebody_writes_and_taps(sandbox: Sandbox, send: Send, show: Show) -> None:
    parameter = {"type": "payload", "payload": "Yes"}
    part = {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [parameter]}
    send(template(part) | {"to": GROUP, "recipient_type": "group"})
    page = show()
    who = page.get_by_role("textbox", name="Who writes")
    expect(page.get_by_text("what its members write stands in their own chats")).to_be_visible()
    page.get_by_role("button", name="Yes").click()
    expect(who).to_be_focused()
    who.fill("+91 98765 43210")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("link", name=ASHA)).to_contain_text("Yes")
    answer_of(page).fill("Here we are")
    answer_of(page).press("Enter")
    expect(page.get_by_role("link", name=ASHA)).to_contain_text("Here we are")
    who.fill("")
    answer_of(page).fill("Nobody's")
    answer_of(page).press("Enter")
    expect(who).to_be_focused()
    expect(answer_of(page)).to_have_value("Nobody's")
    page.get_by_role("link", name=ASHA).click()
    expect(who).to_be_hidden()
    answer_of(page).fill("By myself")
    answer_of(page).press("Enter")
    expect(last(page)).to_contain_text("By myself")
    inbound = [
        [each["contact"], each["text"]]
        for chat in chats(sandbox)
        for each in [{"contact": chat["contact"], **message} for message in chat["messages"]]
        if each["direction"] == "INBOUND"
    ]
    assert inbound == [[ASHA, "Yes"], [ASHA, "Here we are"], [ASHA, "By myself"]]


def test_a_conversation_for_the_readme(sandbox: Sandbox, send: Send, show: Show, pictures: Path) -> None:
    sandbox.pace(0, 0)
    sandbox.receive(BRUNO, "Thank you!")
    sandbox.receive(ASHA, "Hello")
    rows = [
        {"id": "am", "title": "Morning", "description": "8:00 to 12:00"},
        {"id": "pm", "title": "Afternoon"},
    ]
    question = send(
        listing(
            header={"type": "text", "text": "Delivery"},
            body={"text": "Your order *#4711* is packed. When shall we come?"},
            footer={"text": "You can change your mind until 18:00."},
            action={"button": "Choose a time", "sections": [{"rows": rows}]},
        )
    )
    sandbox.choose(ASHA, question, "am")
    send(text("See you tomorrow morning."))
    page = show((900, 560))
    expect(last(page)).to_contain_text("See you tomorrow morning.")
    expect(last(page)).to_be_in_viewport(ratio=1)
    page.screenshot(path=pictures / "phone.png", animations="disabled")
