"""Connections in; settings, or the field that is wrong, out."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import BaseHook, Connection

from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.hooks.settings import EXTRAS, ChakraSettings

TOKEN = "token-of-the-test-0123456789"


def read(extra: Any = None, overrides: dict[str, Any] | None = None, **fields: Any) -> ChakraSettings:
    """Read a connection made of fields."""
    extra = extra if extra is None or isinstance(extra, str) else json.dumps(extra)
    fields = {"conn_id": "chakra_test", "conn_type": "chakra", "password": TOKEN, "extra": extra} | fields
    return ChakraSettings.read(Connection(**fields), overrides or {})


def test_an_empty_connection_has_defaults():
    settings = read()
    assert settings == ChakraSettings(
        token=TOKEN,
        base_url="https://api.chakrahq.com",
        plugin_id=None,
        phone_number_id=None,
        waba_id=None,
        api_version="v24.0",
        connect_timeout=10,
        read_timeout=30,
        proxy=None,
        verify_tls=True,
    )


FULL = {
    "plugin_id": " plugin ",
    "phone_number_id": 1001,
    "waba_id": "2001",
    "api_version": "v23.0",
    "connect_timeout": 3,
    "read_timeout": "4.5",
    "proxy": "http://proxy.example.com:3128",
    "verify_tls": False,
}


def test_a_full_connection_is_read_and_arguments_go_before_it():
    assert read(FULL) == ChakraSettings(
        token=TOKEN,
        plugin_id="plugin",
        phone_number_id="1001",
        waba_id="2001",
        api_version="v23.0",
        connect_timeout=3,
        read_timeout=4.5,
        proxy="http://proxy.example.com:3128",
        verify_tls=False,
    )
    settings = read(
        FULL, {"plugin_id": "mine", "verify_tls": True, "phone_number_id": None, "api_version": ""}
    )
    assert (settings.plugin_id, settings.verify_tls) == ("mine", True)
    assert (settings.phone_number_id, settings.api_version) == ("1001", "v23.0")


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_a_field_that_was_left_empty_is_absent(empty):
    assert read(dict.fromkeys(EXTRAS, empty)) == read()


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        (None, None, "https://api.chakrahq.com"),
        ("", 0, "https://api.chakrahq.com"),
        ("api.example.com", None, "https://api.example.com"),
        ("api.example.com/", None, "https://api.example.com"),
        ("api.example.com", 8443, "https://api.example.com:8443"),
        ("", 443, "https://api.chakrahq.com"),
        ("", 8443, "https://api.chakrahq.com:8443"),
        ("http", 81, "https://http:81"),
        ("s", 8443, "https://s:8443"),
        ("api.example.com:8443", None, "https://api.example.com:8443"),
        ("https://api.example.com/proxied/chakra/", 0, "https://api.example.com/proxied/chakra"),
        ("https://api.example.com/proxied", 444, "https://api.example.com:444/proxied"),
        ("http://127.0.0.1:8765", 8765, "http://127.0.0.1:8765"),
        ("http://[::1]", 8765, "http://[::1]:8765"),
    ],
)
def test_a_host_becomes_a_base_url(host, port, url):
    assert read(host=host, port=port).base_url == url


@pytest.mark.parametrize(
    ("extra", "fields", "told"),
    [
        (None, {"password": None}, "access token is missing: put it into the password of the connection"),
        (None, {"password": "  "}, "Admin > API Keys"),
        (None, {"password": "two words"}, "has a blank"),
        (None, {"password": "tök€n"}, "a character that no token has"),
        (None, {"password": "line\nbreak"}, "a character that no token has"),
        (None, {"host": "ftp://api.example.com"}, "https:// or http://"),
        (None, {"host": "https://"}, "https:// or http://"),
        (None, {"host": "api example.com"}, "https:// or http://"),
        (None, {"host": "https://api.example.com:x"}, "not a URL"),
        (None, {"host": "https://me:secret@api.example.com"}, "no user name"),
        (None, {"host": "https://api.example.com?x=1"}, "query"),
        (None, {"host": "https://api.example.com?"}, "query"),
        (None, {"host": "https://api.example.com#"}, "fragment"),
        (None, {"host": "api.example.com", "port": -1}, "from 1 to 65535"),
        (None, {"host": "api.example.com", "port": 70000}, "from 1 to 65535"),
        ({"api_version": "v\u0662\u0664.0"}, {}, "a version such as"),
        ({"plugin_id": ".."}, {}, "plugin_id"),
        ({"read_timeout": 10**400}, {}, "a number of seconds"),
        ({"max_tries": 0}, {}, "max_tries .* a whole number from 1 to 10"),
        ({"max_tries": 2.5}, {}, "a whole number"),
        ({"max_wait": -1}, {}, "max_wait"),
        ({"on_unknown": "panic"}, {}, "on_unknown .* one of fail, resend, reconcile"),
        (None, {"host": "https://api.example.com:444", "port": 443}, "names port 444, its port field 443"),
        (
            {"api_version": "24"},
            {},
            "api_version in the connection must be a version such as v24.0",
        ),
        ({"api_version": "../v24.0"}, {}, "a version such as"),
        ({"connect_timeout": 0}, {}, "connect_timeout .* a number of seconds above 0 and up to 600"),
        ({"connect_timeout": "soon"}, {}, "a number of seconds"),
        ({"read_timeout": 601}, {}, "read_timeout"),
        ({"read_timeout": True}, {}, "a number of seconds"),
        ({"read_timeout": "nan"}, {}, "a number of seconds"),
        ({"verify_tls": "maybe"}, {}, "verify_tls .* true or false"),
        ({"proxy": "proxy.example.com"}, {}, "a URL such as http://proxy.example.com:3128"),
        ({"plugin_id": {"a": 1}}, {}, "plugin_id .* a string"),
        ({"plugin_id": True}, {}, "plugin_id .* a string"),
        ({"plugin_id": "x" * 201}, {}, "at most 200"),
        ({"webhook_verify_token": "x" * 2001}, {}, "webhook_verify_token .* a text of at most 2000"),
        ({"webhook_verify_token": 5}, {}, "webhook_verify_token .* a text"),
        ("[1]", {}, "extra .* must be a JSON object"),
    ],
)
def test_what_is_wrong_is_named(extra, fields, told):
    with pytest.raises(ChakraConfigError, match=told) as caught:
        read(extra, **fields)
    assert TOKEN not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.retryable is False


@pytest.mark.parametrize("password", [f"Bearer {TOKEN}", f" {TOKEN}\n"])
def test_a_token_is_taken_as_people_paste_it(password):
    assert read(password=password).token == TOKEN


def test_a_connection_given_as_a_uri_is_read(monkeypatch):
    # Airflow reads a connection in the environment so in every version.
    uri = (
        f"chakra://:{TOKEN}@http%3A%2F%2F127.0.0.1:8765/"
        "?plugin_id=plugin&verify_tls=false&read_timeout=5&connect_timeout=2.5"
    )
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_TEST", uri)
    settings = ChakraSettings.read(BaseHook.get_connection("chakra_test"), {})
    assert settings == ChakraSettings(
        token=TOKEN,
        base_url="http://127.0.0.1:8765",
        plugin_id="plugin",
        verify_tls=False,
        read_timeout=5,
        connect_timeout=2.5,
    )


def test_an_unknown_extra_is_a_warning(caplog):
    with caplog.at_level(logging.WARNING):
        assert read({"X-Header": "secret", "pluginid": "x"}) == read()
    ours = [record for record in caplog.records if record.name.startswith("airflow_provider_chakra")]
    assert [record.getMessage() for record in ours] == [
        "Unknown extras of the connection are ignored: X-Header, pluginid"
    ]


def test_what_is_missing_is_told_at_once_and_where_to_find_it():
    with pytest.raises(ChakraConfigError) as caught:
        read().require("plugin_id", "phone_number_id")
    assert str(caught.value) == (
        "Missing in the connection, and not given as an argument: plugin_id and phone_number_id.\n"
        "  - plugin_id: in ChakraHQ open the WhatsApp Setup page, click the three dots beside Save "
        "(top right), then Copy Plugin Id\n"
        "  - phone_number_id: in ChakraHQ's WhatsApp Setup page click the gear beside WhatsApp Phone "
        "Numbers; it is the Meta ID in the phone number column"
    )
    assert read(FULL).require("plugin_id", "waba_id") == {"plugin_id": "plugin", "waba_id": "2001"}


def test_settings_show_no_token():
    settings = read({"webhook_secret": " hush ", "webhook_verify_token": "hush"})
    assert (settings.webhook_secret, settings.webhook_verify_token) == ("hush", "hush")
    assert TOKEN not in repr(settings) + str(settings)
    assert "hush" not in repr(settings) + str(settings)
