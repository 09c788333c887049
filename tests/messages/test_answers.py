"""What refers to another message: reactions, pins, read receipts."""

from __future__ import annotations

import pytest

from airflow_provider_chakra.messages import (
    Message,
    ReadReceipt,
    TypingIndicator,
    parse_message,
)
from tests.messages.payloads import GROUP, PHONE, WAMID, problems_of, taken, told, whole


def reaction(emoji, **envelope):
    """Make the payload of a reaction."""
    return whole("reaction", {"message_id": WAMID, "emoji": emoji}, **envelope)


def pin(**fields):
    """Make the payload of a pin."""
    return whole("pin", fields, to=GROUP, recipient_type="group")


def receipt(**fields):
    """Make a read receipt."""
    return {"messaging_product": "whatsapp", "status": "read", "message_id": WAMID} | fields


@pytest.mark.parametrize(
    "emoji",
    [
        "👍",
        "👍🏽",
        "❤",
        "❤\ufe0f",
        "\u2139\ufe0f",
        "\u203c\ufe0f",
        "\u3030\ufe0f",
        "\u24c2\ufe0f",
        "\u3297\ufe0f",
        "\U0001f3fb",
        "🇮🇳",
        "1\ufe0f\u20e3",
        "#\u20e3",
        "👨\u200d👩\u200d👧\u200d👦",
        "👨🏻\u200d❤\ufe0f\u200d💋\u200d👨🏿",
        "🏳\ufe0f\u200d🌈",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        # Newer than the Unicode of Python 3.11.
        "\U0001fae9",
        "",
    ],
)
def test_an_emoji_of_any_make_is_taken_and_an_empty_one_stays(emoji):
    taken(reaction(emoji))


@pytest.mark.parametrize(
    "emoji",
    [
        "ok",
        "A",
        "é",
        "\u0905",
        "1",
        "#",
        " ",
        "\n",
        "👍👍",
        "👍 ",
        "👍a",
        "🇮🇳🇮🇳",
        "1\ufe0f\u20e32\ufe0f\u20e3",
        "\u200d👍",
    ],
)
def test_what_is_no_single_emoji_is_refused(emoji):
    told(reaction(emoji), "reaction.emoji", "one emoji, or an empty text")


def test_a_reaction_names_its_message_and_answers_nothing_else():
    told(reaction("👍", context={"message_id": WAMID}), "context", "not in a reaction")
    told(whole("reaction", {"emoji": "👍"}), "reaction.message_id", "required")
    told(whole("reaction", {"message_id": "", "emoji": "👍"}), "reaction.message_id", "at least 1 character")
    told(whole("reaction", {"message_id": WAMID}), "reaction.emoji", "required")
    told(reaction(7), "reaction.emoji", "a string; given: a number")
    told(reaction(None), "reaction.emoji", "must not be null")
    told(
        whole("reaction", {"message_id": WAMID, "emoji": "", "emojy": ""}), "reaction.emojy", "mean 'emoji'?"
    )
    assert set(problems_of(reaction("👍", to=GROUP, recipient_type="group"))) == {"recipient_type"}


def test_a_pin_stays_for_1_to_30_days():
    for days in (1, 30):
        taken(pin(type="pin", message_id=WAMID, expiration_days=days))
    taken(pin(type="unpin", message_id=WAMID))
    for days, words in ((0, "at least 1"), (-1, "at least 1"), (31, "at most 30")):
        told(pin(type="pin", message_id=WAMID, expiration_days=days), "pin.expiration_days", words)
    for days in ("7", 7.0, True, [7]):
        told(pin(type="pin", message_id=WAMID, expiration_days=days), "pin.expiration_days", "a whole number")
    told(pin(type="pin", message_id=WAMID), "pin.expiration_days", "required for a pin; given: nothing")
    told(
        pin(type="pn", message_id=WAMID),
        "pin.type",
        "must be 'pin' or 'unpin'; given: 'pn'; did you mean 'pin'?",
    )
    told(pin(message_id=WAMID), "pin.type", "required")
    told(pin(type="unpin"), "pin.message_id", "required")


def test_a_pin_is_for_groups():
    content = {"type": "unpin", "message_id": WAMID}
    told(whole("pin", content), "recipient_type", "group for a pin")
    told(whole("pin", content, recipient_type="individual"), "recipient_type", "group for a pin")


def test_a_read_receipt_is_no_message_but_can_be_sent():
    for payload in (receipt(), receipt(typing_indicator={"type": "text"})):
        taken(payload)
    read = parse_message(receipt())
    assert isinstance(read, ReadReceipt)
    assert not isinstance(read, Message)
    assert f"The {read.kind} to {read.masked_recipient}" == "The read receipt to the writer of a message"
    assert repr(read) == "ReadReceipt(recipient='the writer of a message')"
    by_hand = ReadReceipt(message_id=WAMID, typing_indicator=TypingIndicator())
    assert by_hand.payload() == receipt(typing_indicator={"type": "text"})


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        (receipt(status="delivered"), "status", "must be 'read'; given: 'delivered'"),
        (receipt(message_id=""), "message_id", "at least 1 character"),
        (receipt(message_id=7), "message_id", "a string; given: a number"),
        (receipt(to=PHONE), "to", "not a field that WhatsApp knows here"),
        (receipt(messaging_product="sms"), "messaging_product", "must be 'whatsapp'"),
        (receipt(typing_indicator={}), "typing_indicator.type", 'set it to "text"'),
        (receipt(typing_indicator={"type": "audio"}), "typing_indicator.type", "must be 'text'"),
        (receipt(typing_indicator="text"), "typing_indicator", "an object; given: a string"),
        (receipt(typing_indicater={"type": "text"}), "typing_indicater", "did you mean 'typing_indicator'?"),
        ({"messaging_product": "whatsapp", "status": "read"}, "message_id", "required"),
        ({"messaging_product": "whatsapp", "message_id": WAMID}, "status", 'set it to "read"'),
        ({"status": "read", "message_id": WAMID}, "messaging_product", 'set it to "whatsapp"'),
    ],
)
def test_what_is_wrong_with_a_read_receipt_is_told(payload, field, words):
    told(payload, field, words)
