"""What interactive messages have in common: header, body, footer, and an action by name."""

from __future__ import annotations

from typing import Final

from airflow_provider_chakra.sandbox.refusals import invalid_value
from airflow_provider_chakra.sandbox.rules.media import BARE_DOCUMENT, BARE_MEDIA
from airflow_provider_chakra.sandbox.rules.parts import needed, span
from airflow_provider_chakra.sandbox.shapes import Object, OneOf, Part, Shape, Tagged

_TEXT: Final = Object(
    {
        "text": needed(span("Header text", 1, 60), invalid_value("Text cannot be null for header type text")),
        "sub_text": Part(span("Header sub text", 0, 60)),
    }
)
_IMAGE: Final = Object({"image": needed(BARE_MEDIA)})
_VIDEO: Final = Object({"video": needed(BARE_MEDIA)})
_DOCUMENT: Final = Object({"document": needed(BARE_DOCUMENT)})

ANY_HEADER: Final = Tagged("type", {"text": _TEXT, "image": _IMAGE, "video": _VIDEO, "document": _DOCUMENT})
TEXT_HEADER: Final = Tagged("type", {"text": _TEXT})
CARD_HEADER: Final = Tagged("type", {"image": _IMAGE, "video": _VIDEO})

# For lists Meta's prose says 4096; the live service says 1024, and refuses.
_BODY: Final = Object({"text": needed(span("Body text", 1, 1024))})
_FOOTER: Final = Part(Object({"text": needed(span("Footer text", 0, 60))}))
_HEADER: Final = Part(ANY_HEADER)


def frame(
    action: Shape, *, header: Part | None = _HEADER, body_needed: bool = True, footer: bool = True
) -> Object:
    """
    Put the common parts around an action.

    :param action: the shape of ``action``.
    :param header: the header; any but a needed one may be left out, and ``None`` allows none.
    :param body_needed: whether there must be a body.
    :param footer: whether there may be a footer.
    """
    parts = {} if header is None else {"header": header}
    parts["body"] = Part(_BODY, needed=body_needed)
    if footer:
        parts["footer"] = _FOOTER
    return Object({**parts, "action": needed(action)})


def named(name: str, parameters: Part | None = None) -> Object:
    """
    Give the shape of an action that tells its name.

    :param name: the only name it may have.
    :param parameters: its parameters, if it has any.
    """
    parts = {"name": needed(OneOf([name]))}
    return Object(parts if parameters is None else {**parts, "parameters": parameters})
