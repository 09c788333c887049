"""The sandbox's page, in a real browser: what was sent is seen, and the customer is played."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from local_airflow import free_port
from playwright.sync_api import expect

from airflow_provider_chakra.sandbox.server import SandboxServer
from tests.sandbox import interactive as parts
from tests.sandbox.samples import (
    buttons,
    image,
    listing,
    message,
    session_for,
    template,
    text,
)

from .phone import ASHA, NARROW, WIDE, chats, last, payloads, picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from airflow_provider_chakra.sandbox.client import Sandbox

pytestmark = pytest.mark.system

LIST = listing(
    body={"text": "When shall we come?"},
    action={
        "button": "See times",
        "sections": [
            {
                "title": "Today",
                "rows": [
                    {"id": "t-10", "title": "10:00", "description": "With Asha"},
                    {"id": "t-11", "title": "11:30"},
                ],
            },
            {"title": "Tomorrow", "rows": [{"id": "t-33", "title": "09:00"}]},
        ],
    },
)
NAMED = template(
    {"type": "header", "parameters": [{"type": "document", "document": {"id": "7", "filename": "Bill.pdf"}}]},
    {
        "type": "body",
        "parameters": [
            {"type": "text", "text": "Asha", "parameter_name": "customer"},
            {"type": "date_time", "parameter_name": "day", "date_time": {"fallback_value": "Friday"}},
        ],
    },
    {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": "COME"}],
    },
    {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "a42"}]},
)
CARDS = template(
    {
        "type": "carousel",
        "cards": [
            {
                "card_index": place,
                "components": [
                    {"type": "header", "parameters": [{"type": "image", "image": {"id": "7"}}]},
                    {"type": "body", "parameters": [{"type": "text", "text": f"Card of {name}"}]},
                ],
            }
            for place, name in enumerate(("Asha", "Bruno"))
        ],
    }
)

SEEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "text": (text("Your slot is confirmed. ✨"), ["Your slot is confirmed. ✨"]),
    "image": (
        image(link="https://cdn.example.com/leaflet.jpg", caption="The way"),
        ["https://cdn.example.com/leaflet.jpg", "The way"],
    ),
    "image by id": (image(id="42"), ["image", "id 42"]),
    "video": (message("video", {"link": "https://example.com/v.mp4", "caption": "How to"}), ["video", "How"]),
    "audio": (
        message("audio", {"link": "https://example.com/a.ogg"}),
        ["audio", "https://example.com/a.ogg"],
    ),
    "voice note": (message("audio", {"id": "42", "voice": True}), ["voice note"]),
    "document": (
        message("document", {"link": "https://example.com/1", "filename": "Bill 42.pdf"}),
        ["Bill 42.pdf", "https://example.com/1"],
    ),
    "sticker": (message("sticker", {"id": "42"}), ["sticker"]),
    "location": (message("location", {"latitude": 12.97, "longitude": 77.59}), ["12.97, 77.59"]),
    "place": (
        message("location", {"latitude": 1, "longitude": 2, "name": "Office", "address": "MG Road"}),
        ["Office", "MG Road"],
    ),
    "contacts": (
        message(
            "contacts",
            [
                {
                    "name": {"formatted_name": "Asha", "first_name": "Asha"},
                    "phones": [{"phone": "+91 98765"}],
                }
            ],
        ),
        ["Asha", "+91 98765"],
    ),
    "reaction to another chat's": (
        message("reaction", {"message_id": "wamid.theirs", "emoji": "👍"}),
        ["Reacted 👍"],
    ),
    "list": (LIST, ["When shall we come?", "See times"]),
    "buttons": (
        buttons(("y", "Yes"), ("n", "No"), header=parts.TEXT, footer={"text": "Tap one"}),
        ["Header", "Body", "Tap one", "Yes", "No"],
    ),
    "button with a picture": (buttons(("y", "Yes"), header=parts.IMAGE), [parts.LINK, "Yes"]),
    "page": (parts.cta(), ["Body", "Open"]),
    "flow": (parts.flow(), ["Body", "Start"]),
    "location request": (parts.ALL["location_request_message"], ["Send location"]),
    "address": (parts.address(), ["Provide address"]),
    "product": (parts.ALL["product"], ["sku", "Body", "View"]),
    "products": (parts.product_list(parts.goods(2)), ["Header", "Body", "View items"]),
    "catalog": (parts.ALL["catalog_message"], ["View catalog"]),
    "cards": (parts.carousel(parts.page(0), parts.page(1)), ["Body", parts.LINK, "Open"]),
    "cards of products": (parts.carousel(parts.product(0), parts.product(1)), ["sku-0", "sku-1"]),
    "call permission": (parts.ALL["call_permission_request"], ["Allow calls"]),
    "call": (parts.voice(display_text="Ring us"), ["Ring us"]),
    "call as it is": (parts.ALL["voice_call"], ["Call Now"]),
    "contact info": (parts.ALL["request_contact_info"], ["Share contact info"]),
    "order": (parts.order_details(), ["Order 42", "pending", "Review and pay"]),
    "order status": (parts.order_status(), ["Order 42", "shipped"]),
    "template": (
        NAMED,
        ["reminder (en)", "Bill.pdf", "customer", "Asha", "day", "Friday", "COME", "url: a42"],
    ),
    "cards of a template": (CARDS, ["reminder (en)", "Card of Asha", "Card of Bruno", "id 7"]),
}

THEIRS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "location": ({"type": "location", "location": {"latitude": 1.5, "longitude": 2}}, ["1.5, 2"]),
    "template's button": ({"type": "button", "button": {"text": "I come", "payload": "COME"}}, ["I come"]),
    "form": (
        {
            "type": "interactive",
            "interactive": {
                "type": "nfm_reply",
                "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"day": 1}'},
            },
        },
        ["Form: Sent", '{"day": 1}'],
    ),
    "order": (
        {
            "type": "order",
            "order": {
                "catalog_id": "1",
                "text": "Quickly, please",
                "product_items": [{"product_retailer_id": "sku-7", "quantity": 2}],
            },
        },
        ["Quickly, please", "sku-7", "2 ×"],
    ),
    "unknown": ({"type": "hologram", "hologram": {}}, ["[hologram]"]),
    "not even an object": ({"type": "unsupported", "unsupported": None}, ["[unsupported]"]),
    "text that is none": ({"type": "text", "text": None}, ["[text]"]),
    "contacts that are none": ({"type": "contacts", "contacts": [{}, None]}, ["[contacts]"]),
    "reaction that is none": ({"type": "reaction", "reaction": None}, ["Took a reaction back"]),
}


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def test_messages_of_every_kind_appear(
    sandbox: Sandbox,
    send: Callable[[dict[str, Any]], str],
    show: Callable[..., Page],
    size: tuple[int, int],
    scheme: str,
) -> None:
    page = show(size, scheme)
    expect(page.get_by_text("No chats yet.")).to_be_visible()
    sandbox.receive(ASHA, "Hello")
    page.get_by_role("navigation", name="Chats").get_by_role("link", name=ASHA).click()
    for payload, _ in SEEN.values():
        send(payload)
    for payload, _ in THEIRS.values():
        sandbox.receive(ASHA, payload=payload)
    drawn = page.get_by_role("article")
    expect(drawn).to_have_count(1 + len(SEEN) + len(THEIRS))
    for place, (_, seen) in enumerate((*SEEN.values(), *THEIRS.values()), 1):
        whose = "business" if place <= len(SEEN) else "customer"
        expect(drawn.nth(place)).to_have_accessible_name(f"From the {whose}")
        for words in seen:
            expect(drawn.nth(place)).to_contain_text(words)
    expect(last(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    colours = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (max(colours) < 60) == (scheme == "dark")


def test_words_stay_words(send: Callable[[dict[str, Any]], str], show: Callable[..., Page]) -> None:
    page = show()
    nasty = '<script>alert(1)</script><img src=x onerror="alert(2)"> javascript:alert(3) &amp;'
    send(text(nasty))
    expect(last(page)).to_contain_text(nasty)
    send(image(link="https://example.com/a.jpg", caption=f"*{nasty}*"))
    expect(last(page).locator("strong")).to_have_text(nasty)
    send(parts.cta(display_text="<b>Open</b>", url="https://example.com/?<b>"))
    expect(last(page).get_by_role("link", name="<b>Open</b>")).to_be_visible()
    send(listing(action={"button": "<i>x</i>", "sections": [{"rows": [{"id": "<u>", "title": "<u>"}]}]}))
    page.get_by_role("button", name="<i>x</i>").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="<u>")).to_be_visible()
    assert page.locator("#messages :is(script, img, b:not(blockquote b):not(.file b), i, u)").count() == 0


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "data:text/html,x", "/v1/health", "https://"])
def test_what_is_no_address_is_no_link(sandbox: Sandbox, show: Callable[..., Page], scheme: str) -> None:
    # No message with such an address is taken; a page that trusted in that would be one mistake from harm.
    sandbox.receive(ASHA, "x")
    page = show()
    made = page.evaluate(
        """async (address) => {
            const payload = {type: "document", document: {link: address, filename: "a"}};
            await fetch("/_sandbox/inbound", {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({from: "919876543210", payload}),
            });
        }""",
        scheme,
    )
    assert made is None
    expect(last(page)).to_contain_text(scheme)
    expect(last(page).get_by_role("link")).to_have_count(0)


def test_markup(send: Callable[[dict[str, Any]], str], show: Callable[..., Page]) -> None:
    page = show()
    send(
        text(
            "*bold* _it *both*_ ~gone~ ```*as\nis*``` `code` 2*3*4 snake_case_name * no * "
            "https://example.com/a_b_c. *https://example.com/x*\nnext "
            "HTTPS://EXAMPLE.COM/Y (see https://example.com/A_(B)), https://example.com/(open"
        )
    )
    bubble = last(page)
    expect(bubble).to_contain_text("2*3*4 snake_case_name * no *")
    for tag, found in {
        "strong": ["bold", "both", "https://example.com/x"],
        "em": ["it both"],
        "s": ["gone"],
        "code": ["*as\nis*", "code"],
        "a": [
            "https://example.com/a_b_c",
            "https://example.com/x",
            "HTTPS://EXAMPLE.COM/Y",
            "https://example.com/A_(B)",
            "https://example.com/",
        ],
    }.items():
        assert bubble.locator(tag).all_text_contents() == found
    expect(bubble.get_by_role("link").first).to_have_attribute("rel", "noopener noreferrer")
    expect(page.get_by_role("link", name=ASHA)).to_contain_text("bold it both gone")


def test_what_is_written_from_the_right_is_drawn_so(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    words = "متى؟ (10:00)"
    rows = [{"id": "1", "title": words, "description": words}]
    theirs = sandbox.receive(ASHA, words)
    page = show()
    send(text("x", context={"message_id": theirs}))
    send(buttons(("y", words), header={"type": "text", "text": words}, footer={"text": words}))
    send(parts.cta(display_text=words, url="https://example.com/"))
    send(parts.flow(flow_cta=words))
    send(message("document", {"link": "https://example.com/1", "filename": words}))
    send(listing(action={"button": words, "sections": [{"title": words, "rows": rows}]}))
    sandbox.receive(ASHA, words)
    expect(page.get_by_role("article")).to_have_count(8)
    page.get_by_role("button", name=words).last.click()
    drawn = page.get_by_text(words)
    expect(drawn).to_have_count(15)
    directions = drawn.evaluate_all("(all) => all.map((each) => getComputedStyle(each).direction)")
    assert set(directions) == {"rtl"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edge_of_what_can_be_changed_is_seen(
    sandbox: Sandbox, show: Callable[..., Page], scheme: str
) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show(scheme=scheme)
    # https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    contrasts = page.evaluate(r"""() => {
        const light = (colour) => {
            const parts = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
            const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
        };
        const pane = light(getComputedStyle(document.querySelector(".bar")).backgroundColor);
        const all = "textarea, input:not([type=checkbox]), select, .top button, .switch, #switches label";
        const edge = (each) => light(getComputedStyle(each).borderTopColor);
        return [...document.querySelectorAll(all)].map((each) => edge(each) / pane);
    }""")
    assert len(contrasts) >= 9
    assert [ratio for ratio in contrasts if 1 / 3 < ratio < 3] == []


def test_pictures_that_the_sandbox_has(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    with session_for(sandbox) as http:
        upload = f"{sandbox.url}/v1/ext/plugin/whatsapp/{sandbox.plugin_id}/upload-public-media"
        file = {"file": ("a.png", picture(2000), "image/png")}
        link = http.post(upload, files=file, timeout=60).json()["_data"]["publicMediaUrl"]
    shows = "(image) => image.decode().then(() => image.naturalWidth)"
    # By either of its names the sandbox is the same.
    for known in (link, link.replace("127.0.0.1", "localhost")):
        send(image(link=known, caption="Ours"))
        expect(last(page).get_by_role("img", name="Ours")).to_be_visible()
        assert last(page).get_by_role("img", name="Ours").evaluate(shows) == 2000
    theirs = sandbox.add_media(picture(), "image/png")
    sandbox.receive(ASHA, payload={"type": "image", "image": {"id": theirs}})
    expect(last(page)).to_have_accessible_name("From the customer")
    assert last(page).get_by_role("img", name="image").evaluate(shows) == 24
    assert page.get_by_role("log", name="Messages").evaluate("(log) => log.scrollWidth <= log.clientWidth")
    # Another port of this machine, and another machine, are not asked, whatever the path.
    here = sandbox.url.removeprefix("http://")
    for there in ("127.0.0.1:9", here.replace("127.0.0.1", "example.com")):
        elsewhere = link.replace(here, there)
        send(image(link=elsewhere))
        expect(last(page).get_by_role("link", name=elsewhere)).to_be_visible()
        expect(last(page).locator("img")).to_have_count(0)


def test_a_row_is_tapped(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    wamid = send(LIST)
    opener = page.get_by_role("button", name="See times")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="See times")
    expect(dialog.get_by_role("heading", level=3)).to_have_text(["Today", "Tomorrow"])
    expect(dialog.get_by_role("button", name="10:00")).to_have_accessible_description("With Asha")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    assert payloads(sandbox) == []

    opener.click()
    dialog.get_by_role("button", name="10:00").click()
    expect(dialog).to_be_hidden()
    expect(last(page)).to_have_accessible_name("From the customer")
    expect(last(page)).to_contain_text("10:00")
    expect(last(page).get_by_role("blockquote")).to_contain_text("When shall we come?")
    (chosen,) = payloads(sandbox)
    assert chosen["interactive"]["list_reply"] == {"id": "t-10", "title": "10:00", "description": "With Asha"}
    assert chosen["context"] == {"id": wamid}


def test_buttons_are_tapped(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    send(buttons(("y", "Yes"), ("n", "No")))
    page.get_by_role("button", name="No").click()
    expect(last(page)).to_have_accessible_name("From the customer")
    send(NAMED)
    page.get_by_role("button", name="COME").click()
    expect(last(page)).to_contain_text("COME")
    cards = [{"type": "quick_reply", "quick_reply": {"id": f"p{n}", "title": f"Pick {n}"}} for n in (0, 1)]
    send(
        parts.carousel(*(parts.page(place, action={"buttons": [reply]}) for place, reply in enumerate(cards)))
    )
    page.get_by_role("button", name="Pick 1").click()
    expect(last(page)).to_contain_text("Pick 1")
    sandbox.add_template(
        "visit", body="Is *{{1}}* fine?", buttons=[{"type": "QUICK_REPLY", "text": "It is fine"}]
    )
    parameter = {"type": "text", "text": "Friday"}
    language = {"code": "en_US"}
    send(template({"type": "body", "parameters": [parameter]}, name="visit", language=language))
    expect(last(page)).to_contain_text("Is Friday fine?")
    expect(last(page).locator("strong")).to_have_text("Friday")
    page.get_by_role("button", name="It is fine").click()
    expect(page.get_by_role("article", name="From the customer")).to_have_count(4)
    replies = [payload[payload["type"]] for payload in payloads(sandbox)]
    assert [reply.get("button_reply", reply) for reply in replies] == [
        {"id": "n", "title": "No"},
        {"payload": "COME", "text": "COME"},
        {"id": "p1", "title": "Pick 1"},
        {"payload": "It is fine", "text": "It is fine"},
    ]


def test_a_template_is_drawn_as_it_is_read(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    buttons = [
        {"type": "QUICK_REPLY", "text": "It is fine"},
        {"type": "URL", "text": "Track it", "url": "https://example.com/{{1}}"},
        {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+911234567890"},
    ]
    sandbox.add_template("visit", header="Your visit", body="Dear {{1}}", footer="STOP ends", buttons=buttons)
    body = {"type": "body", "parameters": [{"type": "text", "text": "Asha"}]}
    track = {
        "type": "button",
        "sub_type": "url",
        "index": "1",
        "parameters": [{"type": "text", "text": "a42"}],
    }
    send(template(body, track, name="visit", language={"code": "en_US"}))
    drawn = last(page)
    expect(drawn.locator(".bubble p")).to_have_text(
        ["visit (en_US)", "Your visit", "Dear Asha", re.compile(r"^STOP ends")]
    )
    expect(drawn.get_by_role("link", name="Track it")).to_have_attribute("href", "https://example.com/a42")
    expect(drawn.locator(".taps > *")).to_have_text(["It is fine", "Track it", "Call us"])
    cards = [
        {
            "components": [
                {"type": "BODY", "text": "Card of {{1}}"},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": f"Take {place}"}]},
            ]
        }
        for place in (0, 1)
    ]
    order = {
        "name": "reminder",
        "language": "en",
        "category": "MARKETING",
        "components": [{"type": "CAROUSEL", "cards": cards}],
        "status": "APPROVED",
    }
    with session_for(sandbox) as http:
        assert http.post(f"{sandbox.url}/_sandbox/templates", json=order, timeout=60).status_code == 200
    send(CARDS)
    expect(last(page).locator(".card")).to_contain_text(["Card of Asha", "Card of Bruno"])
    last(page).locator(".card").nth(1).get_by_role("button", name="Take 1").click()
    expect(last(page)).to_have_accessible_name("From the customer")
    assert payloads(sandbox)[0]["button"]["text"] == "Take 1"


def test_products_are_listed(send: Callable[[dict[str, Any]], str], show: Callable[..., Page]) -> None:
    page = show()
    send(parts.product_list(parts.goods(2)))
    page.get_by_role("button", name="View items").click()
    dialog = page.get_by_role("dialog", name="Items")
    expect(dialog.get_by_text("sku")).to_have_count(2)


def test_an_answer_in_words(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    send(text())
    field = page.get_by_role("textbox", name="Message as the customer")
    field.press_sequentially("Yes,")
    field.press("Shift+Enter")
    field.press_sequentially("*gladly*")
    field.press("Enter")
    expect(last(page).locator("strong")).to_have_text("gladly")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    field.fill("And again")
    page.get_by_role("button", name="Send").click()
    expect(last(page)).to_contain_text("And again")
    field.fill("   ")
    field.press("Enter")
    assert [payload["text"]["body"] for payload in payloads(sandbox)] == ["Yes,\n*gladly*", "And again"]


def test_ticks_move(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    wamid = send(text())
    blue = "rgb(11, 114, 196)"
    for status in ("DELIVERED", "READ"):
        expect(
            last(page).get_by_role("img", name="sent" if status == "DELIVERED" else "delivered")
        ).to_be_visible()
        sandbox.deliver(wamid, status)
        tick = last(page).get_by_role("img", name=status.lower(), exact=True)
        expect(tick).to_be_visible()
        (expect(tick).to_have_css if status == "READ" else expect(tick).not_to_have_css)("color", blue)
        # Not by colour alone.
        width = "2.6px" if status == "READ" else "1.6px"
        expect(tick.locator("svg")).to_have_css("stroke-width", width)
    sandbox.deliver(wamid, "FAILED", error="(#131026) Message undeliverable")
    expect(last(page).get_by_role("img", name="failed")).to_have_text("!")
    expect(last(page)).to_contain_text("Not delivered: (#131026) Message undeliverable")
    expect(page.get_by_role("article")).to_have_count(1)
    sandbox.receive(ASHA, "Hello")
    expect(last(page)).to_have_accessible_name("From the customer")
    expect(last(page).get_by_role("img")).to_have_count(0)


def test_reactions_and_replies(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    theirs = sandbox.receive(ASHA, "Is it *open*?")
    ours = send(text("It is.", context={"message_id": theirs}))
    quote = last(page).get_by_role("blockquote")
    expect(quote).to_contain_text("Customer")
    expect(quote).to_contain_text("Is it open?")
    send(text("And?", context={"message_id": "wamid.of another chat"}))
    expect(last(page).get_by_role("blockquote")).to_have_text("An earlier message")
    send(message("reaction", {"message_id": theirs, "emoji": "👍"}))
    expect(page.get_by_role("article").first).to_contain_text("👍")
    sandbox.receive(ASHA, payload={"type": "reaction", "reaction": {"message_id": ours, "emoji": "✨"}})
    expect(page.get_by_role("article").nth(1)).to_contain_text("✨")
    sandbox.receive(ASHA, payload={"type": "reaction", "reaction": {"message_id": ours}})
    expect(page.get_by_role("article").nth(1)).not_to_contain_text("✨")
    expect(page.get_by_role("article")).to_have_count(3)
    # One that did not arrive is not there.
    lost = send(message("reaction", {"message_id": theirs, "emoji": "👎"}))
    sandbox.deliver(lost, "FAILED", error="(#131009) Parameter value is not valid")
    expect(last(page)).to_contain_text("Not delivered: (#131009)")
    expect(last(page)).to_contain_text("Reacted 👎")
    expect(page.get_by_role("article").first).to_contain_text("👍")
    expect(page.get_by_role("article").first).not_to_contain_text("👎")


def test_days_and_times(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    send(text())
    expect(page.get_by_role("log", name="Messages")).to_contain_text("Today")
    sandbox.advance(86400)
    send(text())
    lines = page.get_by_role("log", name="Messages").locator(".day")
    expect(lines).to_have_text([re.compile(r"^\w+day,? \d+ \w+$"), "Today"])
    expect(last(page).get_by_role("time")).to_have_text(re.compile(r"^\d\d:\d\d$"))


def test_the_customers_switches(sandbox: Sandbox, show: Callable[..., Page]) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    group = page.get_by_role("group", name="This customer")
    phone = group.get_by_role("combobox", name="Phone")
    boxes = {
        "blocks": group.get_by_role("checkbox", name="Blocks us"),
        "window_closed": group.get_by_role("checkbox", name="Window closed"),
    }

    def is_now(reach: str = "online", **state: bool) -> None:
        page.wait_for_timeout(400)
        expected = {"reach": reach, "blocks": False, "window_closed": False} | state
        assert chats(sandbox)[0]["state"] == expected
        expect(phone).to_have_value(reach)
        for name, box in boxes.items():
            expect(box).to_be_checked(checked=state.get(name, False))

    is_now()
    expect(page.get_by_text("Window open until")).to_be_visible()
    phone.select_option("Offline")
    is_now("offline")
    phone.select_option("Not on WhatsApp")
    is_now("not_on_whatsapp")
    boxes["blocks"].check()
    is_now("not_on_whatsapp", blocks=True)
    phone.select_option("Online")
    is_now(blocks=True)
    boxes["blocks"].uncheck()
    boxes["window_closed"].check()
    is_now(window_closed=True)
    expect(page.get_by_text("Window closed: templates only")).to_be_visible()
    sandbox.receive(ASHA, "Hello again")
    expect(page.get_by_text("Window open until")).to_be_visible()
    is_now()


def test_the_clock(sandbox: Sandbox, show: Callable[..., Page]) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    clock = page.get_by_role("group", name="Clock")
    shown = clock.get_by_role("time")
    moved = timedelta()
    for name, step in (("+1 min", 60), ("+1 h", 3600), ("+25 h", 90000)):
        before = shown.inner_text()
        clock.get_by_role("button", name=name).click()
        moved += timedelta(seconds=step)
        expect(shown).not_to_have_text(before)
        page.wait_for_timeout(400)
        told = datetime.fromisoformat(str(shown.get_attribute("datetime")))
        assert abs(told - datetime.now(UTC) - moved) < timedelta(seconds=5)
    expect(page.get_by_text("Window over, but not enforced")).to_be_visible()
    before = shown.inner_text()
    expect(shown).not_to_have_text(before)


def test_windows_are_enforced_and_the_page_tells_the_truth_of_them(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    page = show()
    enforced = page.get_by_role("checkbox", name="Enforce 24 h")
    send(text())
    expect(page.get_by_text("Window over, but not enforced: all messages pass")).to_be_visible()
    expect(enforced).not_to_be_checked()
    enforced.check()
    expect(page.get_by_text("Window closed: templates only")).to_be_visible()
    send(text("Too late"))
    expect(last(page)).to_contain_text("Not delivered: (#131047)")
    sandbox.windows("refuse")
    expect(page.get_by_text("Window closed: templates only")).to_be_visible()
    page.wait_for_timeout(400)
    expect(enforced).to_be_checked()
    enforced.uncheck()
    expect(page.get_by_text("Window over, but not enforced")).to_be_visible()
    send(text("In time"))
    page.wait_for_timeout(1500)
    expect(last(page).get_by_role("img", name="sent")).to_be_visible()


def test_a_new_chat(sandbox: Sandbox, show: Callable[..., Page]) -> None:
    sandbox.receive("447700900123", "Hello")
    page = show()
    page.get_by_role("button", name="New chat").click()
    dialog = page.get_by_role("dialog", name="New chat")
    number = dialog.get_by_role("textbox", name="Customer's number")
    number.fill("nobody")
    dialog.get_by_role("button", name="Start chat").click()
    expect(dialog).to_be_visible()
    number.fill("+91 98765 43210")
    dialog.get_by_role("textbox", name="First message").fill("Is it open?")
    dialog.get_by_role("button", name="Start chat").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name=ASHA)).to_be_visible()
    expect(last(page)).to_contain_text("Is it open?")
    assert chats(sandbox)[0]["contact"] == ASHA
    page.get_by_role("button", name="New chat").click()
    expect(number).to_have_value("")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()


def test_everything_is_forgotten(sandbox: Sandbox, show: Callable[..., Page]) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show()
    expect(last(page)).to_contain_text("Hello")
    dialog = page.get_by_role("dialog", name="Forget everything?")
    page.get_by_role("button", name="Reset").click()
    dialog.get_by_role("button", name="Cancel").click()
    assert chats(sandbox)
    page.get_by_role("button", name="Reset").click()
    dialog.get_by_role("button", name="Forget everything").click()
    expect(page.get_by_text("No chats yet.")).to_be_visible()
    expect(dialog).to_be_hidden()
    assert chats(sandbox) == []


def test_what_happens_meanwhile_disturbs_nothing(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    first = send(LIST)
    for count in range(20):
        send(text(f"Message {count}"))
    page = show()
    log = page.get_by_role("log", name="Messages")
    expect(last(page)).to_be_in_viewport()
    expect(log).to_have_attribute("aria-live", "polite")
    field = page.get_by_role("textbox", name="Message as the customer")
    field.fill("Half an ans")
    log.evaluate("(list) => (list.scrollTop = 0)")
    page.get_by_role("button", name="See times").click()
    dialog = page.get_by_role("dialog", name="See times")
    dialog.get_by_role("button", name="11:30").focus()
    sandbox.deliver(first, "READ")
    send(text("Meanwhile"))
    expect(last(page)).to_contain_text("Meanwhile")
    expect(dialog.get_by_role("button", name="11:30")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="See times")).to_be_focused()
    assert log.evaluate("(list) => list.scrollTop") == 0
    expect(field).to_have_value("Half an ans")
    # Whoever reads the end goes on reading it.
    log.evaluate("(list) => (list.scrollTop = list.scrollHeight)")
    field.focus()
    page.wait_for_timeout(100)
    send(text("At the end"))
    expect(last(page)).to_contain_text("At the end")
    expect(last(page)).to_be_in_viewport()
    expect(field).to_be_focused()


def test_chats_are_in_order_and_keep_the_focus(
    sandbox: Sandbox, send: Callable[[dict[str, Any]], str], show: Callable[..., Page]
) -> None:
    numbers = ["447700900123", "919876543211", ASHA]
    for number in numbers:
        sandbox.receive(number, f"From {number}")
    page = show()
    links = page.get_by_role("navigation", name="Chats").get_by_role("link")
    expect(links).to_contain_text(numbers[::-1])
    expect(page.get_by_role("heading", name=ASHA)).to_be_visible()
    expect(page.get_by_role("link", name=ASHA)).to_have_attribute("aria-current", "true")
    oldest = page.get_by_role("link", name=numbers[0])
    oldest.focus()
    sandbox.receive(numbers[0], "Once more")
    expect(links).to_contain_text(["Once more", ASHA, numbers[1]])
    expect(oldest).to_be_focused()
    expect(page.get_by_role("heading", name=ASHA)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=numbers[0])).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator("[aria-current]")).to_have_count(1)


def test_one_pane_at_a_time_where_it_is_narrow(sandbox: Sandbox, show: Callable[..., Page]) -> None:
    sandbox.receive(ASHA, "Hello")
    page = show(NARROW)
    chat = page.get_by_role("link", name=ASHA)
    expect(chat).to_be_visible()
    expect(page.get_by_role("log")).to_be_hidden()
    chat.click()
    expect(page.get_by_role("log", name="Messages")).to_be_visible()
    expect(chat).to_be_hidden()
    page.get_by_role("link", name="All chats").click()
    expect(chat).to_be_visible()
    expect(page.get_by_role("log")).to_be_hidden()
    page.go_back()
    expect(page.get_by_role("log", name="Messages")).to_be_visible()


def test_a_sandbox_that_stops_and_comes_back(browser: Browser) -> None:
    port = free_port(0)
    with browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}) as context:
        page = context.new_page()
        with SandboxServer(port=port) as server:
            server.sandbox.receive(ASHA, "Before")
            page.goto(server.url)
            expect(last(page)).to_contain_text("Before")
        expect(page.get_by_role("status")).to_contain_text("does not answer")
        page.get_by_role("textbox", name="Message as the customer").fill("Lost?")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_have_text("The sandbox does not answer.")
        expect(page.get_by_role("textbox", name="Message as the customer")).to_have_value("Lost?")
        with SandboxServer(port=port) as server:
            server.sandbox.receive(ASHA, "After")
            expect(last(page)).to_contain_text("After")
            expect(page.get_by_role("article")).to_have_count(1)
            expect(page.get_by_role("status")).to_have_text("")
