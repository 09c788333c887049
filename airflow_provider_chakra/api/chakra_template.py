"""
A template message in the words of ChakraHQ's own calls.

https://apidocs.chakrahq.com (Send Whatsapp Template Message For A Phone Number). They know texts for header,
body and one button, and public links for media; nothing else can be said in them. What is assumed about them
stands in :mod:`airflow_provider_chakra.api.templates`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.messages.template import TemplateMessage

if TYPE_CHECKING:
    from airflow_provider_chakra.messages.base import Message

_INSTEAD = 'send it with via="meta"'
_URLS = ("image", "video", "document")


class _ToRecord(TemplateMessage):
    """A template message to the phone number of a process record, which only ChakraHQ knows."""

    @property
    def masked_recipient(self) -> str:
        """What it goes to, in words."""
        return "a process record"


def chakra_content(
    template: Mapping[str, Any], otp: str | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """
    Say a template message in ChakraHQ's words.

    :param template: the ``template`` of a message, in WhatsApp's shape.
    :param otp: the code of an authentication template, which stands for all else.
    :return: the body of the request, but for the sender's id, and what cannot be said in it.
    """
    content: dict[str, Any] = {
        "templateName": template.get("name"),
        "language": template.get("language", {}).get("code"),
    }
    problems: list[Problem] = []
    if otp is not None:
        return content | {"otpCode": otp}, problems
    for component in template.get("components") or ():
        kind = component["type"]
        parameters = component.get("parameters") or []
        if kind == "body":
            content["mapping"] = list(_mapping("body", parameters, problems))
        elif kind == "header" and parameters:
            content |= _header(parameters[0], problems)
        elif kind == "button" and component.get("sub_type") == "url":
            if "buttonMapping" in content:
                problems.append(Problem("buttons", "one address", "several", _INSTEAD))
            content["buttonMapping"] = list(_mapping("buttons", parameters, problems))
        elif kind == "button":
            problems.append(Problem("buttons", "addresses only", str(component.get("sub_type")), _INSTEAD))
        else:
            problems.append(Problem("components", "header, body and buttons only", kind, _INSTEAD))
    return content, problems


def _mapping(field: str, parameters: list[Any], problems: list[Problem]) -> Iterator[dict[str, str]]:
    for number, parameter in enumerate(parameters, 1):
        if parameter.get("type") != "text":
            problems.append(Problem(field, "texts only", str(parameter.get("type")), _INSTEAD))
            continue
        yield {
            "schemaPropertyName": parameter.get("parameter_name", str(number)),
            "schemaPropertyValue": parameter["text"],
        }


def _header(parameter: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    kind = str(parameter["type"])
    value = parameter[kind]
    if kind == "text":
        return {"headerMapping": list(_mapping("header", [parameter], problems))}
    if kind in _URLS:
        if "link" not in value:
            problems.append(Problem("header", "a public link", "a media id", f"give a link, or {_INSTEAD}"))
            return {}
        said = {f"{kind}Url": value["link"]}
        return said | ({"filename": value["filename"]} if "filename" in value else {})
    if kind == "location":
        # WhatsApp takes degrees as text, too; ChakraHQ has numbers.
        numbers = {name: float(value[name]) for name in ("latitude", "longitude")}
        return {f"location{name.capitalize()}": part for name, part in {**value, **numbers}.items()}
    problems.append(Problem("header", "text, image, video, document or location", kind, _INSTEAD))
    return {}


def without_recipient(message: Message) -> Message:
    """
    Take the recipient out of a message whose recipient ChakraHQ finds.

    :param message: the message.
    :return: the same for a process record.
    """
    fields = {name: getattr(message, name) for name in message.model_fields_set if name != "to"}
    return _ToRecord.model_construct(**fields)
