"""Models made by hand."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest
from pydantic import ValidationError

from airflow_provider_chakra import messages
from airflow_provider_chakra.messages import (
    Body,
    Context,
    Footer,
    Image,
    ImageMessage,
    ListAction,
    ListInteractive,
    ListMessage,
    Row,
    Section,
    Text,
    TextHeader,
    TextMessage,
)
from airflow_provider_chakra.messages.base import Part
from airflow_provider_chakra.messages.recipient import mask


def test_a_model_fills_in_what_has_one_possible_value_and_nothing_else():
    message = TextMessage(to="+91 98765 43210", text=Text(body="Hello", preview_url=None))
    assert message.payload() == {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "type": "text",
        "text": {"body": "Hello"},
    }


def test_a_whole_list_can_be_written_by_hand():
    message = ListMessage(
        to="919876543210",
        context=Context(message_id="wamid.x"),
        interactive=ListInteractive(
            header=TextHeader(text="H"),
            body=Body(text="B"),
            footer=Footer(text="F"),
            action=ListAction(button="Open", sections=[Section(rows=[Row(id="1", title="One")])]),
        ),
    )
    assert message.payload() == {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "context": {"message_id": "wamid.x"},
        "type": "interactive",
        "interactive": {
            "type": "list",
            "header": {"type": "text", "text": "H"},
            "body": {"text": "B"},
            "footer": {"text": "F"},
            "action": {"button": "Open", "sections": [{"rows": [{"id": "1", "title": "One"}]}]},
        },
    }


def test_a_model_cannot_be_made_or_made_wrong():
    with pytest.raises(ValidationError) as caught:
        ImageMessage(to="919876543210", image=Image(caption="the secret words", link="the secret words"))
    assert "secret" not in str(caught.value)
    with pytest.raises(ValidationError, match="exactly one of link and id"):
        Image(link="https://example.com/a.png", id="1")
    with pytest.raises(ValidationError, match="at most 10 rows"):
        ListAction(
            button="x", sections=[Section(rows=[Row(id=str(number), title="x") for number in range(11)])]
        )
    message = TextMessage(to="919876543210", text=Text(body="Hello"))
    with pytest.raises(ValidationError, match="frozen"):
        message.text.body = ""


def test_a_model_shows_neither_its_text_nor_the_whole_number():
    message = TextMessage(to="919876543210", text=Text(body="the secret words"))
    assert repr(message) == "TextMessage(recipient='91******3210')"
    assert str(message) == "recipient='91******3210'"
    assert "secret" not in repr(message.text) + str(message.text)


@pytest.mark.parametrize(
    ("recipient", "shown"),
    [
        ("919876543210", "91******3210"),
        ("6834012", "*****12"),
        ("IN.13491208655302741918", "IN*****************1918"),
        ("", "nobody"),
        (None, "nobody"),
    ],
)
def test_a_recipient_is_masked(recipient, shown):
    assert mask(recipient) == shown


#: What others are built upon, and nobody writes by hand.
BASES = {
    *("Interactive", "InteractiveMessage", "Named", "OpenPart", "Part", "RuledPart", "Sendable"),
    "TemplateButton",
}


def _models() -> set[str]:
    found = pkgutil.walk_packages(messages.__path__, f"{messages.__name__}.")
    modules = [import_module(module.name) for module in found]
    return {
        name
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Part) and not name.startswith("_")
    }


def test_every_public_name_is_there_and_no_other():
    for name in messages.__all__:
        assert getattr(messages, name).__name__ == name
    assert _models() - BASES == set(messages.__all__) - {"parse_message"}
    with pytest.raises(AttributeError, match="Telegram"):
        messages.Telegram  # ruff: ignore[useless-expression]


MODELS = "airflow_provider_chakra.messages."


@pytest.mark.parametrize(
    ("done", "loaded"),
    [
        ("import airflow_provider_chakra.messages", set()),
        (
            "from airflow_provider_chakra.messages import parse_message;"
            "parse_message({'messaging_product': 'whatsapp', 'to': '919876543210', 'text': {'body': 'x'}})",
            {"base", "limits", "parse", "problems", "recipient", "text"},
        ),
    ],
)
def test_only_the_models_that_are_needed_are_built(done, loaded):
    code = (
        f"import sys; {done};"
        "print(*(name for name in sys.modules if name.startswith('airflow_provider_chakra.messages.')));"
        "print('pydantic' in sys.modules, 'requests' in sys.modules, 'airflow' in sys.modules)"
    )
    names, others = subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()
    assert {name.removeprefix(MODELS) for name in names.split()} == loaded
    assert others == f"{bool(loaded)} False False"


def test_importing_the_operators_builds_no_model():
    code = (
        "import sys, airflow_provider_chakra.operators.messages;"
        "print(*(name for name in sys.modules if name.startswith('airflow_provider_chakra.messages.')))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == []
