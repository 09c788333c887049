"""Interactive messages but lists, at every limit and one over."""

from __future__ import annotations

from typing import Any

import pytest

from .samples import buttons, interactive, listing, message, rows, with_one_less, without, words

LINK = "https://example.com/a"
IMAGE = {"type": "image", "image": {"link": LINK}}
TEXT = {"type": "text", "text": "Header"}


def named(kind: str, name: str | None = None, parameters: Any = ..., **parts: Any) -> dict[str, Any]:
    action = {"name": name or kind} | ({} if parameters is ... else {"parameters": parameters})
    return interactive(kind, action, **parts)


def bare(payload: dict[str, Any], part: str) -> dict[str, Any]:
    return payload | {"interactive": without(payload["interactive"], part)}


def cta(**changes: Any) -> dict[str, Any]:
    return named("cta_url", None, {"display_text": "Open", "url": LINK} | changes)


def flow(**changes: Any) -> dict[str, Any]:
    parameters = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Start"} | changes
    return named("flow", None, {key: value for key, value in parameters.items() if value is not ...})


def voice(**parameters: Any) -> dict[str, Any]:
    return named("voice_call", None, parameters)


def address(**parameters: Any) -> dict[str, Any]:
    return named("address_message", None, {"country": "IN"} | parameters)


def goods(*sizes: int, **section: Any) -> list[dict[str, Any]]:
    return [
        {"title": "S", "product_items": [{"product_retailer_id": "sku"} for _ in range(size)]} | section
        for size in sizes
    ]


def product_list(sections: Any, **parts: Any) -> dict[str, Any]:
    return interactive("product_list", {"catalog_id": "1", "sections": sections}, **{"header": TEXT} | parts)


def page(index: Any = 0, **changes: Any) -> dict[str, Any]:
    action = {"name": "cta_url", "parameters": {"display_text": "Open", "url": LINK}}
    return {"card_index": index, "type": "cta_url", "header": IMAGE, "action": action} | changes


def replies(index: int, number: int = 1, title: str = "Pick") -> dict[str, Any]:
    reply = {"type": "quick_reply", "quick_reply": {"id": "i" * 300, "title": title}}
    return page(index, action={"buttons": [reply] * number})


def product(index: int, **changes: Any) -> dict[str, Any]:
    action = {"product_retailer_id": f"sku-{index}", "catalog_id": "1"} | changes
    return {"card_index": index, "type": "product", "action": action}


def carousel(*cards: Any, **parts: Any) -> dict[str, Any]:
    return interactive("carousel", {"cards": list(cards)}, **parts)


def order_details(**changes: Any) -> dict[str, Any]:
    amount = {"value": 21000, "offset": 100}
    parameters = {
        "reference_id": "42",
        "type": "digital-goods",
        "payment_settings": [],
        "currency": "INR",
        "total_amount": amount,
        "order": {"status": "pending", "items": [{"name": "Tea"}], "subtotal": amount},
    } | changes
    kept = {key: value for key, value in parameters.items() if value is not ...}
    return named("order_details", "review_and_pay", kept)


def order_status(**order: Any) -> dict[str, Any]:
    parameters = {"reference_id": "42", "order": {"status": "shipped"} | order}
    return named("order_status", "review_order", parameters)


ALL = {
    "button": buttons(("y", "Yes")),
    "cta_url": cta(),
    "flow": flow(),
    "location_request_message": named("location_request_message", "send_location"),
    "address_message": address(),
    "product": interactive("product", {"catalog_id": "1", "product_retailer_id": "sku"}),
    "product_list": product_list(goods(1)),
    "catalog_message": named("catalog_message"),
    "carousel": carousel(page(0), page(1)),
    "call_permission_request": named("call_permission_request"),
    "voice_call": named("voice_call"),
    "request_contact_info": named("request_contact_info"),
    "order_details": order_details(),
    "order_status": order_status(),
}
WITHOUT_HEADER = ("location_request_message", "product", "carousel", "call_permission_request")
WITHOUT_FOOTER = ("location_request_message", "carousel", "call_permission_request")
WITHOUT_BODY = ("product", "call_permission_request")
FIELDS = [
    "name",
    "phone_number",
    "in_pin_code",
    "house_number",
    "floor_number",
    "tower_number",
    "building_name",
    "address",
    "landmark_area",
    "city",
    "state",
]

MINIMAL = {
    **ALL,
    **{kind: bare(ALL[kind], "body") for kind in WITHOUT_BODY},
    "product_list": product_list([without(goods(1)[0], "title")]),
    "order_details": order_details(
        order={"status": "pending", "items": [{}], "tax": {"value": 1, "offset": 100}}
    ),
    "list": listing(action={"sections": [{"rows": rows(1)}]}),
    "header": buttons(("a", "A"), header=IMAGE),
    "video header": buttons(("a", "A"), header={"type": "video", "video": {"id": "1"}}),
    "document header": buttons(("a", "A"), header={"type": "document", "document": {"id": "1"}}),
    "text header": buttons(("a", "A"), header=TEXT),
    "footer": buttons(("a", "A"), footer={"text": "f"}),
    "saved address": address(saved_addresses=[{"id": "1", "value": {}}]),
    "replies": carousel(replies(0), replies(1)),
    "card bodies": carousel(page(0, body={"text": "b"}), page(1, body={"text": "b"})),
    "products": carousel(product(0), product(1)),
}
ACCEPTED = {
    **MINIMAL,
    **{f"{kind} with body": ALL[kind] for kind in WITHOUT_BODY},
    "3 buttons": buttons(("a", "A"), ("b", "B"), ("A", "a")),
    "button id of 256": buttons(("i" * 256, "A")),
    "button title of 20": buttons(("a", "😀" * 20)),
    **{
        f"{kind} header by {key}": buttons(("a", "A"), header={"type": kind, kind: {key: LINK}})
        for kind in ("image", "video", "document")
        for key in ("id", "link")
    },
    "document header with name": buttons(
        ("a", "A"), header={"type": "document", "document": {"id": "1", "filename": "a.pdf"}}
    ),
    "page with a picture": named("cta_url", None, {"display_text": "d" * 20, "url": LINK}, header=IMAGE),
    "shortest labels": cta(display_text="d"),
    "shortest flow button": flow(flow_cta="c"),
    "flow by name": flow(flow_id=..., flow_name="n"),
    "flow button of 30": flow(flow_cta="c" * 30),
    "flow with payload": flow(
        mode="draft",
        flow_action="navigate",
        flow_token="",
        flow_action_payload={"screen": "S", "data": {"any": [None]}},
    ),
    "flow with screen only": flow(flow_action_payload={"screen": "S"}),
    "empty address": address(values=dict.fromkeys(FIELDS, "")),
    "empty call payload": voice(payload=""),
    "product section with empty title": product_list(goods(1, title="")),
    "order status with more": named(
        "order_status", "review_order", {"reference_id": "1", "order": {"status": "shipped"}, "payment": {}}
    ),
    "address with all": address(
        values=dict.fromkeys(FIELDS, "x" * 6),
        saved_addresses=[{"id": "1", "value": {"city": "Pune"}}],
        validation_errors={"in_pin_code": "We do not deliver there"},
    ),
    "address of a spaced number": address() | {"to": "+91 98765-43210"},
    "10 sections of 3 products": product_list(goods(*[3] * 10)),
    "30 products untitled": product_list([without(goods(30)[0], "title")]),
    "product section title of 24": product_list(goods(1, title="t" * 24)),
    "catalog thumbnail": named("catalog_message", None, {"thumbnail_product_retailer_id": "sku"}),
    "10 cards": carousel(*map(page, range(10))),
    "cards in any order": carousel(page(9), page(0)),
    "card body of 160": carousel(page(0), page(1, body={"text": "\n\n" + "b" * 158})),
    "cards with 2 replies": carousel(replies(0, 2), replies(1, 2, "t" * 20)),
    "card with a video": carousel(page(0), page(1, header={"type": "video", "video": {"id": "1"}})),
    "cards of products": carousel(product(0), product(1)),
    "call": voice(display_text="d" * 20, ttl_minutes=1, payload="p" * 512),
    "call for 30 days": voice(ttl_minutes=43200),
    "order with payment type": order_details(payment_settings=..., payment_type="upi", beneficiaries=[]),
    "order with tax": order_details(
        order={
            "status": "pending",
            "items": [{}],
            "tax": {"value": 0, "offset": 100, "description": "GST"},
            "expiration": {},
        }
    ),
    **{
        f"order {status}": order_status(status=status, description="", other=1)
        for status in ["pending", "processing", "partially_shipped", "shipped", "completed", "canceled"]
    },
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


MAY_GO = (
    "header: header",
    "video header: header",
    "document header: header",
    "text header: header",
    "footer: footer",
    "saved address: action.parameters.saved_addresses",
    "card bodies: action.cards.0.body",
    "card bodies: action.cards.1.body",
    "order_details: action.parameters.order.tax",
)
LESS = {
    f"{name}: {place}": message("interactive", less)
    for name, payload in MINIMAL.items()
    for place, less in with_one_less(payload["interactive"])
}


def test_nothing_else_may_be_left_out() -> None:
    assert {name for name, payload in LESS.items() if words(payload) == []} == set(MAY_GO)


ACTION = "interactive['action']"
PARAMETERS = f"{ACTION}['parameters']"
BODY = "Body text length invalid. Min length: 1, Max length: 1024"
FOOTER = "Footer text length invalid. Min length: 0, Max length: 60"
HEADER = "interactive['header']"
BUTTON_COUNT = "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"
BUTTON_TITLE = "Button title length invalid. Min length: 1, Max length: 20"
BUTTON_ID = f"{ACTION}['buttons'][0]['reply']['id']"
CARD_COUNT = "Invalid cards count. Min allowed cards: 2, Max allowed cards: 10"
CARD_BODY = "Card body text length invalid. Min length: 1, Max length: 160"
SECTION_COUNT = "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"
TOTAL = "Total product count exceed max allowed count: 30"
TYPES_DIFFER = "All cards must have the same type"
BUTTONS_DIFFER = "All cards must have the same kind and number of buttons"
ONE_FLOW = f"(#100) Param {PARAMETERS} must have exactly one of the keys flow_id and flow_name."
LONG_DISPLAY_TEXT = "Display text is too long. Max length is 20"


def required(where: str) -> list[str]:
    return [f"(#100) The parameter {where} is required."]


def param(where: str, said: str) -> list[str]:
    return [f"(#100) Param {where} {said}"]


def unexpected(key: str, where: str) -> list[str]:
    return [f'(#100) Unexpected key "{key}" on param "{where}".']


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    **{f"{kind} without action": (bare(ALL[kind], "action"), required(ACTION)) for kind in ALL},
    **{
        f"{kind} without body": (bare(ALL[kind], "body"), required("interactive['body']"))
        for kind in ALL
        if kind not in WITHOUT_BODY
    },
    **{
        f"{kind} body of 1025": (
            {**payload, "interactive": payload["interactive"] | {"body": {"text": "b" * 1025}}},
            [BODY],
        )
        for kind, payload in ALL.items()
    },
    **{
        f"{kind} footer of 61": (
            {**payload, "interactive": payload["interactive"] | {"footer": {"text": "f" * 61}}},
            unexpected("footer", "interactive") if kind in WITHOUT_FOOTER else [FOOTER],
        )
        for kind, payload in ALL.items()
    },
    **{
        f"{kind} with header": (
            {**ALL[kind], "interactive": ALL[kind]["interactive"] | {"header": TEXT}},
            unexpected("header", "interactive"),
        )
        for kind in WITHOUT_HEADER
    },
    **{
        f"{kind} with another name": (
            {**payload, "interactive": payload["interactive"] | {"action": action | {"name": "other"}}},
            param(f"{ACTION}['name']", f'must be one of {{{action["name"]}}} - got "other".'),
        )
        for kind, payload in ALL.items()
        if "name" in (action := payload["interactive"]["action"])
    },
    "header of another kind": (
        buttons(("a", "A"), header={"type": "audio", "audio": {"id": "1"}}),
        param(f"{HEADER}['type']", 'must be one of {text, image, video, document} - got "audio".'),
    ),
    "header of 61": (
        buttons(("a", "A"), header={"type": "text", "text": "h" * 61}),
        ["Header text length invalid. Min length: 1, Max length: 60"],
    ),
    "header of two kinds": (
        buttons(("a", "A"), header=IMAGE | {"video": {"id": "1"}}),
        unexpected("video", HEADER),
    ),
    "header without picture": (
        buttons(("a", "A"), header={"type": "image"}),
        required(f"{HEADER}['image']"),
    ),
    "header picture with neither": (
        buttons(("a", "A"), header={"type": "image", "image": {}}),
        param(f"{HEADER}['image']", "must have exactly one of the keys id and link."),
    ),
    "header picture with caption": (
        buttons(("a", "A"), header={"type": "image", "image": {"id": "1", "caption": "c"}}),
        unexpected("caption", f"{HEADER}['image']"),
    ),
    "no buttons": (buttons(), [BUTTON_COUNT]),
    "4 buttons": (buttons(*zip("abcd", "ABCD", strict=True)), [BUTTON_COUNT]),
    "button title of 21": (buttons(("a", "t" * 21)), [BUTTON_TITLE]),
    "button title empty": (buttons(("a", "")), [BUTTON_TITLE]),
    "button id of 257": (buttons(("i" * 257, "A")), ["Button id is too long. Max length is 256"]),
    "button id empty": (buttons(("", "A")), required(BUTTON_ID)),
    **{
        f"button id {key!r}": (buttons((key, "A")), param(BUTTON_ID, "must not begin or end with blanks."))
        for key in (" a", "a ", " ", "a\n")
    },
    "same button ids": (
        buttons(("a", "A"), ("a", "B")),
        ["Button ids must be unique. Duplicated id: a"],
    ),
    "same button titles": (
        buttons(("a", "A"), ("b", "A")),
        ["Button titles must be unique. Duplicated title: A"],
    ),
    "button of another type": (
        interactive("button", {"buttons": [{"type": "url", "reply": {"id": "a", "title": "A"}}]}),
        param(f"{ACTION}['buttons'][0]['type']", 'must be one of {reply} - got "url".'),
    ),
    "display text of 21": (cta(display_text="d" * 21), [LONG_DISPLAY_TEXT]),
    "display text empty": (cta(display_text=""), required(f"{PARAMETERS}['display_text']")),
    "page without scheme": (
        cta(url="example.com"),
        param(f"{PARAMETERS}['url']", "must be a valid URI."),
    ),
    "page without parameters": (named("cta_url"), required(PARAMETERS)),
    "flow by nothing": (flow(flow_id=...), [ONE_FLOW]),
    "flow by both": (flow(flow_name="n"), [ONE_FLOW]),
    "flow version": (
        flow(flow_message_version=3),
        param(f"{PARAMETERS}['flow_message_version']", "must be one of {3} - got 3."),
    ),
    "flow without version": (
        flow(flow_message_version=...),
        required(f"{PARAMETERS}['flow_message_version']"),
    ),
    "flow without button": (flow(flow_cta=...), required(f"{PARAMETERS}['flow_cta']")),
    "flow button of 31": (flow(flow_cta="c" * 31), ["Flow button is too long. Max length is 30"]),
    "flow mode": (
        flow(mode="test"),
        param(f"{PARAMETERS}['mode']", 'must be one of {draft, published} - got "test".'),
    ),
    "flow action": (
        flow(flow_action="open"),
        param(f"{PARAMETERS}['flow_action']", 'must be one of {navigate, data_exchange} - got "open".'),
    ),
    "flow with empty data": (
        flow(flow_action_payload={"data": {}}),
        param(f"{PARAMETERS}['flow_action_payload']['data']", "must be a non-empty object"),
    ),
    "flow with data in an array": (
        flow(flow_action_payload={"data": [1]}),
        param(f"{PARAMETERS}['flow_action_payload']['data']", "must be a JSON object"),
    ),
    "location request with parameters": (
        named("location_request_message", "send_location", {}),
        unexpected("parameters", ACTION),
    ),
    "address without country": (
        named("address_message", None, {}),
        required(f"{PARAMETERS}['country']"),
    ),
    "address elsewhere": (
        address(country="SG"),
        param(f"{PARAMETERS}['country']", 'must be one of {IN} - got "SG".'),
    ),
    "address of a foreigner": (
        address() | {"to": "+44 20 7946 0958"},
        ["Interactive type address_message is supported for +91 numbers only"],
    ),
    "pin code of 7": (
        address(values={"in_pin_code": "5600011"}),
        param(f"{PARAMETERS}['values']['in_pin_code']", "must be at most 6 characters long."),
    ),
    "saved pin code of 7": (
        address(saved_addresses=[{"id": "1", "value": {"in_pin_code": "5600011"}}]),
        param(
            f"{PARAMETERS}['saved_addresses'][0]['value']['in_pin_code']",
            "must be at most 6 characters long.",
        ),
    ),
    "unknown part of an address": (
        address(values={"zip": "1"}),
        unexpected("zip", f"{PARAMETERS}['values']"),
    ),
    "saved address without id": (
        address(saved_addresses=[{"value": {}}]),
        required(f"{PARAMETERS}['saved_addresses'][0]['id']"),
    ),
    "product without catalog": (
        interactive("product", {"product_retailer_id": "sku"}),
        required(f"{ACTION}['catalog_id']"),
    ),
    "product list without header": (bare(product_list(goods(1)), "header"), required(HEADER)),
    "product list under a picture": (
        product_list(goods(1), header=IMAGE),
        param(f"{HEADER}['type']", 'must be one of {text} - got "image".'),
    ),
    "31 products": (product_list(goods(16, 15)), [TOTAL]),
    "11 product sections": (product_list(goods(*[1] * 11)), [SECTION_COUNT]),
    "no product sections": (product_list([]), [SECTION_COUNT]),
    "no products": (
        product_list(goods(0)),
        ["Invalid product items count. Min allowed product items: 1"],
    ),
    "product section title of 25": (
        product_list(goods(1, title="t" * 25)),
        ["Section title is too long. Max length is 24"],
    ),
    "product sections untitled": (
        product_list([goods(1)[0], without(goods(1)[0], "title")]),
        ["Section title is required if there is more than one section"],
    ),
    "catalog with an empty thumbnail": (
        named("catalog_message", None, {"thumbnail_product_retailer_id": ""}),
        required(f"{PARAMETERS}['thumbnail_product_retailer_id']"),
    ),
    "1 card": (carousel(page(0)), [CARD_COUNT]),
    "11 cards": (
        carousel(*map(page, range(11))),
        [CARD_COUNT, f"(#100) Param {ACTION}['cards'][10]['card_index'] must be between 0 and 9."],
    ),
    "same card twice": (carousel(page(0), page(0)), ["Card indices must be unique"]),
    "card without index": (
        carousel(page(0), without(page(1), "card_index")),
        required(f"{ACTION}['cards'][1]['card_index']"),
    ),
    "card index as text": (
        carousel(page("0"), page(1)),
        param(f"{ACTION}['cards'][0]['card_index']", "must be an integer"),
    ),
    "card without header": (
        carousel(page(0), without(page(1), "header")),
        required(f"{ACTION}['cards'][1]['header']"),
    ),
    "card under a text": (
        carousel(page(0), page(1, header=TEXT)),
        param(f"{ACTION}['cards'][1]['header']['type']", 'must be one of {image, video} - got "text".'),
    ),
    "card body of 161": (carousel(page(0), page(1, body={"text": "b" * 161})), [CARD_BODY]),
    "card body empty": (carousel(page(0), page(1, body={"text": ""})), [CARD_BODY]),
    "card body of 4 lines": (
        carousel(page(0), page(1, body={"text": "a\nb\nc\nd"})),
        ["Card body has too many line breaks. Max line breaks: 2"],
    ),
    "card footer": (
        carousel(page(0), page(1, footer={"text": "f"})),
        unexpected("footer", f"{ACTION}['cards'][1]"),
    ),
    "card reply of 21": (carousel(replies(0), replies(1, 1, "t" * 21)), [BUTTON_TITLE]),
    "card action is an array": (
        carousel(page(0), page(1, action=[])),
        param(f"{ACTION}['cards'][1]['action']", "must be a JSON object"),
    ),
    "card display text of 21": (
        carousel(
            *(
                page(i, action={"name": "cta_url", "parameters": {"display_text": "d" * 21, "url": LINK}})
                for i in range(2)
            )
        ),
        [LONG_DISPLAY_TEXT] * 2,
    ),
    "cards of two kinds of buttons": (carousel(page(0), replies(1)), [BUTTONS_DIFFER]),
    "cards with 1 and 2 replies": (carousel(replies(0), replies(1, 2)), [BUTTONS_DIFFER]),
    "cards of two types": (carousel(page(0), product(1)), [TYPES_DIFFER]),
    "cards of two catalogs": (
        carousel(product(0), product(1, catalog_id="2")),
        ["All cards must have products of the same catalog"],
    ),
    "product card with body": (
        carousel(product(0), product(1) | {"body": {"text": "b"}}),
        unexpected("body", f"{ACTION}['cards'][1]"),
    ),
    "call button of 21": (voice(display_text="d" * 21), [LONG_DISPLAY_TEXT]),
    "call for 0 minutes": (
        voice(ttl_minutes=0),
        param(f"{PARAMETERS}['ttl_minutes']", "must be between 1 and 43200."),
    ),
    "call for half a minute": (
        voice(ttl_minutes=1.5),
        param(f"{PARAMETERS}['ttl_minutes']", "must be an integer"),
    ),
    "call for too long": (
        voice(ttl_minutes=43201),
        param(f"{PARAMETERS}['ttl_minutes']", "must be between 1 and 43200."),
    ),
    "call payload of 513": (
        voice(payload="p" * 513),
        param(f"{PARAMETERS}['payload']", "must be at most 512 characters long."),
    ),
    **{
        f"order without {key}": (order_details(**{key: ...}), required(f"{PARAMETERS}['{key}']"))
        for key in ("reference_id", "type", "payment_settings", "currency", "total_amount", "order")
    },
    "order amount as text": (
        order_details(total_amount={"value": "210", "offset": 100}),
        param(f"{PARAMETERS}['total_amount']['value']", "must be an integer"),
    ),
    "order tax without offset": (
        order_details(order={"status": "pending", "items": [{}], "tax": {"value": 1}}),
        required(f"{PARAMETERS}['order']['tax']['offset']"),
    ),
    "order of nothing": (
        order_details(order={"status": "pending", "items": []}),
        ["Invalid items count. Min allowed items: 1"],
    ),
    "order lost": (
        order_status(status="lost"),
        param(
            f"{PARAMETERS}['order']['status']",
            "must be one of {pending, processing, partially_shipped, shipped, completed, canceled} "
            '- got "lost".',
        ),
    ),
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: dict[str, Any], said: list[str]) -> None:
    assert words(payload) == said
