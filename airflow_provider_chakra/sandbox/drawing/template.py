"""Templates: their name, and what was filled in."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_provider_chakra.sandbox.drawing.parts import Content, Drawing, hanging, media, place, spaced


def draw_template(content: Content, room: int) -> Drawing:
    """
    Draw a template.

    :param content: the payload's ``template``.
    :param room: the cells a line may take up.
    """
    components = content.get("components", [])
    name = hanging("⧉ ", f"{content['name']} ({content['language']['code']})", room)
    cards = sorted(
        (card for component in components for card in component.get("cards", [])),
        key=lambda card: int(card["card_index"]),
    )
    return Drawing(
        spaced([name, *_filled_in(components, room)]),
        _buttons(components, room),
        [
            spaced([*_filled_in(card["components"], room), *_buttons(card["components"], room)])
            or [f"card {card['card_index']}"]
            for card in cards
        ],
    )


def _filled_in(components: Iterable[Content], room: int) -> list[list[str]]:
    return [
        [line for number, parameter in _numbered(component) for line in _parameter(number, parameter, room)]
        for component in components
        if component["type"] in ("header", "body")
    ]


def _numbered(component: Content) -> Iterable[tuple[int, Content]]:
    return enumerate(component.get("parameters", []), 1)


def _parameter(number: int, parameter: Content, room: int) -> list[str]:
    kind = parameter["type"]
    value = parameter[kind]
    match kind:
        case "image" | "video" | "gif" | "document":
            return media(kind, value, room)
        case "location":
            return place(value, room)
        case "product":
            return hanging("▣ ", value["product_retailer_id"], room)
    text = value if kind == "text" else value["fallback_value"]
    return hanging("· ", f"{parameter.get('parameter_name', number)}: {text}", room)


def _buttons(components: Iterable[Content], room: int) -> list[list[str]]:
    return [
        hanging("↩ ", _button(component), room) for component in components if component["type"] == "button"
    ]


def _button(component: Content) -> str:
    (parameter,) = component["parameters"]
    value = parameter[parameter["type"]]
    return f"{component['sub_type']}: {value}" if isinstance(value, str) else str(component["sub_type"])
