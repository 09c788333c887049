"""Contacts."""

from __future__ import annotations

import logging

import pytest

from tests.messages.payloads import GROUP, problems_of, taken, told, whole

ASHA = {"name": {"formatted_name": "Asha Rao", "first_name": "Asha"}}
FULL = {
    "name": {
        "formatted_name": "Dr. Asha B. Rao Jr.",
        "first_name": "Asha",
        "last_name": "Rao",
        "middle_name": "B.",
        "suffix": "Jr.",
        "prefix": "Dr.",
    },
    "phones": [{"phone": "+91 98765 43210", "type": "Landline", "wa_id": "919876543210"}, {"phone": "1"}],
    "emails": [{"email": "asha@example.com", "type": "WORK"}],
    "urls": [{"url": "https://example.com", "type": "HOME"}],
    "addresses": [
        {
            "street": "1 MG Road",
            "city": "Bengaluru",
            "state": "KA",
            "zip": "560001",
            "country": "India",
            "country_code": "in",
            "type": "HOME",
        }
    ],
    "org": {"company": "Example", "department": "Ops", "title": "Lead"},
    "birthday": "2000-02-29",
}


def contacts(*items):
    """Make the payload of contacts."""
    return whole("contacts", list(items))


def test_contacts_are_sent_as_they_are():
    taken(contacts(FULL, ASHA))
    taken(contacts({"name": {"formatted_name": "Example", "suffix": "Ltd."}, "phones": []}))


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        (contacts(), "contacts", "at least 1 item; given: 0 items"),
        (contacts(*[ASHA] * 258), "contacts", "at most 257 items; given: 258 items; leave out 1"),
        (whole("contacts", ASHA), "contacts", "an array; given: an object"),
        (contacts("Asha"), "contacts[0]", "an object; given: a string"),
        (contacts(ASHA, {}), "contacts[1].name", "required"),
        (contacts({"name": "Asha"}), "contacts[0].name", "an object; given: a string"),
        (
            contacts({"name": {"formatted_name": "Asha Rao"}}),
            "contacts[0].name.first_name",
            "required, or another part of the name; given: nothing beside formatted_name",
        ),
        (
            contacts({"name": {"formatted_name": "Asha Rao", "last_name": ""}}),
            "contacts[0].name.first_name",
            "required, or another part of the name",
        ),
        (contacts({"name": {"first_name": "Asha"}}), "contacts[0].name.formatted_name", "required"),
        (
            contacts({"name": {"formatted_name": "", "first_name": "Asha"}}),
            "contacts[0].name.formatted_name",
            "at least 1 character",
        ),
        (
            contacts({"name": {"formatted_name": "Asha", "firstname": "A", "prefix": "Dr."}}),
            "contacts[0].name.firstname",
            "did you mean 'first_name'?",
        ),
        (contacts(ASHA | {"phones": {}}), "contacts[0].phones", "an array; given: an object"),
        (contacts(ASHA | {"phones": ["1"]}), "contacts[0].phones[0]", "an object; given: a string"),
        (contacts(ASHA | {"phones": [{"phone": 1}]}), "contacts[0].phones[0].phone", "a string"),
        (contacts(ASHA | {"phones": [{"phon": "1"}]}), "contacts[0].phones[0].phon", "mean 'phone'?"),
        (contacts(ASHA | {"phones": [{"wa_id": 1}]}), "contacts[0].phones[0].wa_id", "a string"),
        (contacts(ASHA | {"emails": [{"mail": "x"}]}), "contacts[0].emails[0].mail", "mean 'email'?"),
        (contacts(ASHA | {"urls": [{"type": 1}]}), "contacts[0].urls[0].type", "a string"),
        (contacts(ASHA | {"addresses": [{"zip": 560001}]}), "contacts[0].addresses[0].zip", "a string"),
        (contacts(ASHA | {"org": []}), "contacts[0].org", "an object; given: an array"),
        (contacts(ASHA | {"phone": "1"}), "contacts[0].phone", "did you mean 'phones'?"),
        (contacts(ASHA | {"birthday": None}), "contacts[0].birthday", "must not be null"),
        (contacts(ASHA | {"birthday": 19900228}), "contacts[0].birthday", "a string; given: a number"),
    ],
)
def test_what_is_wrong_with_contacts_is_told(payload, field, words):
    told(payload, field, words)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2001-02-29", "a day that does not exist"),
        ("2001-13-01", "a day that does not exist"),
        ("0000-01-01", "a day that does not exist"),
        ("20010228", "a day as YYYY-MM-DD"),
        ("2001-2-28", "a day as YYYY-MM-DD"),
        ("28-02-2001", "a day as YYYY-MM-DD"),
        ("2001-W01-1", "a day as YYYY-MM-DD"),
        ("2001-02-28T00:00", "a day as YYYY-MM-DD"),
        ("\u0662001-02-28", "a day as YYYY-MM-DD"),
        ("", "a day as YYYY-MM-DD"),
    ],
)
def test_a_birthday_is_a_day_of_the_calendar(day, words):
    told(contacts(ASHA | {"birthday": day}), "contacts[0].birthday", words)


def test_more_than_five_contacts_are_let_through_with_a_warning(caplog):
    with caplog.at_level(logging.WARNING):
        taken(contacts(*[ASHA] * 5))
        assert not caplog.records
        taken(contacts(*[ASHA] * 6))
        taken(contacts(*[ASHA] * 257))
    warnings = [record.getMessage() for record in caplog.records]
    assert [warning.split(":")[0] for warning in warnings] == [
        "contacts has 6 contacts",
        "contacts has 257 contacts",
    ]


def test_no_contact_goes_to_a_group():
    group = contacts(ASHA) | {"to": GROUP, "recipient_type": "group"}
    assert set(problems_of(group)) == {"recipient_type"}
