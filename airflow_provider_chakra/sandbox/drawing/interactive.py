"""Interactive messages: header, body and footer, and what can be tapped."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from airflow_provider_chakra.sandbox.cells import wrap
from airflow_provider_chakra.sandbox.drawing.parts import Content, Drawing, hanging, media, spaced
from airflow_provider_chakra.sandbox.labels import label_of

_MARKS: Final = {
    "location_request_message": "⌖ ",
    "address_message": "⌂ ",
    "product": "▣ ",
    "product_list": "▣ ",
    "catalog_message": "▣ ",
    "call_permission_request": "☎ ",
    "request_contact_info": "☺ ",
    "order_details": "▣ ",
    "voice_call": "☎ ",
}


def draw_interactive(content: Content, room: int) -> Drawing:
    """
    Draw an interactive message.

    :param content: the payload's ``interactive``.
    :param room: the cells a line may take up.
    """
    kind, action = content["type"], content["action"]
    own = _own_text(kind, action, room)
    buttons, sheets = _buttons(kind, action, room), _sheets(kind, action, room)
    if not (own or buttons or sheets):
        own = [f"[{kind}]"]
    return Drawing(spaced([_header(content, room), own, *_texts(content, room)]), buttons, sheets)


def _header(content: Content, room: int) -> list[str]:
    header = content.get("header")
    if header is None:
        return []
    if header["type"] == "text":
        return wrap(header["text"], room)
    return media(header["type"], header[header["type"]], room)


def _texts(content: Content, room: int) -> list[list[str]]:
    texts = [content[part]["text"] for part in ("body", "footer") if part in content]
    return [wrap(text, room) for text in texts if text]


def _own_text(kind: str, action: Content, room: int) -> list[str]:
    match kind:
        case "product":
            return hanging("▣ ", action["product_retailer_id"], room)
        case "order_details":
            order = action["parameters"]
            total = order["total_amount"]
            amount = Decimal(total["value"]) / (total["offset"] or 1)
            return hanging("▣ ", f"Order {order['reference_id']}: {order['currency']} {amount}", room)
        case "order_status":
            order = action["parameters"]
            return hanging("▣ ", f"Order {order['reference_id']}: {order['order']['status']}", room)
    return []


def _buttons(kind: str, action: Content, room: int) -> list[list[str]]:
    parameters = action.get("parameters", {})
    match kind:
        case "list":
            return [hanging("≡ ", action["button"], room)]
        case "button":
            return [hanging("↩ ", button["reply"]["title"], room) for button in action["buttons"]]
        case "cta_url":
            return [_page(parameters, room)]
        case "flow":
            return [hanging("▷ ", parameters["flow_cta"], room)]
    label = label_of(kind)
    return [hanging(_MARKS[kind], parameters.get("display_text", label), room)] if label else []


def _page(parameters: Content, room: int) -> list[str]:
    return [*hanging("↗ ", parameters["display_text"], room), *wrap(parameters["url"], room)]


def _sheets(kind: str, action: Content, room: int) -> list[list[str]]:
    match kind:
        case "list":
            return [_sections(action, "rows", room)]
        case "product_list":
            return [_sections(action, "product_items", room)]
        case "carousel":
            return [_card(card, room) for card in sorted(action["cards"], key=lambda c: c["card_index"])]
    return []


def _sections(action: Content, items: str, room: int) -> list[str]:
    return spaced(
        [
            *(wrap(section["title"], room) if section.get("title") else []),
            *(line for item in section[items] for line in _item(item, room)),
        ]
        for section in action["sections"]
    )


def _item(item: Content, room: int) -> list[str]:
    if "product_retailer_id" in item:
        return hanging("▣ ", item["product_retailer_id"], room)
    lines = hanging("○ ", item["title"], room)
    return lines + hanging("  ", item["description"], room) if item.get("description") else lines


def _card(card: Content, room: int) -> list[str]:
    action = card["action"]
    if card["type"] == "product":
        return hanging("▣ ", action["product_retailer_id"], room)
    if "buttons" in action:
        buttons = [hanging("↩ ", button["quick_reply"]["title"], room) for button in action["buttons"]]
    else:
        buttons = [_page(action["parameters"], room)]
    return spaced([_header(card, room), *_texts(card, room), *buttons])
