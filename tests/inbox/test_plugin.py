"""What Airflow finds, and what it costs those who do not use it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest
from airflow.configuration import conf

from airflow_provider_chakra.inbox import config
from airflow_provider_chakra.plugins.chakra import ChakraPlugin, _apps

PACKAGE = "airflow_provider_chakra"
CHEAP = {
    PACKAGE,
    *(f"{PACKAGE}.{name}" for name in ("inbox", "inbox.config", "plugins", "plugins.chakra")),
}
IMPORT = """
import sys, airflow, airflow.plugins_manager
before = set(sys.modules)
from airflow_provider_chakra.plugins.chakra import ChakraPlugin
{then}
print(*(name for name in set(sys.modules) - before if "." not in name or "chakra" in name))
"""


def test_airflow_finds_the_plugin():
    (found,) = (point for point in entry_points(group="airflow.plugins") if point.name == "chakra")
    assert found.load() is ChakraPlugin


@pytest.mark.parametrize(
    ("setting", "then"), [("False", "assert ChakraPlugin().fastapi_apps == []"), ("True", "")]
)
def test_importing_it_loads_nothing_else(monkeypatch, setting, then):
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", setting)
    command = [sys.executable, "-c", IMPORT.format(then=then)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()[-1].split()) <= CHEAP


def test_it_mounts_an_application_where_it_is_switched_on(database):
    _apps.cache_clear()
    try:
        (mounted,) = ChakraPlugin.fastapi_apps
        assert (mounted["url_prefix"], type(mounted["app"]).__name__) == ("/chakra", "FastAPI")
        assert ChakraPlugin().fastapi_apps[0]["app"] is mounted["app"]
    finally:
        _apps.cache_clear()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("WEBHOOK", "maybe", '"webhook" key in "chakra"'),
        ("INBOX_DAYS", "a week", '"inbox_days" key in "chakra"'),
        ("INBOX_SQL_ALCHEMY_CONN", "postgres://u:hush@h/d", "cannot be made: NoSuchModuleError."),
        ("INBOX_SQL_ALCHEMY_CONN", "sqlite:hush@@", "look at [chakra] inbox_sql_alchemy_conn"),
    ],
)
def test_a_wrong_option_keeps_no_api_server_from_starting(database, monkeypatch, caplog, option, value, told):
    monkeypatch.setenv(f"AIRFLOW__CHAKRA__{option}", value)
    _apps.cache_clear()
    try:
        assert ChakraPlugin.fastapi_apps == []
    finally:
        _apps.cache_clear()
    (record,) = caplog.records
    assert (record.levelname, record.name) == ("ERROR", "airflow_provider_chakra.plugins.chakra")
    assert told in caplog.text
    assert "hush" not in caplog.text


def test_the_configuration_has_its_defaults():
    assert (config.is_on(), config.keep_days()) == (False, 7)
    url, arguments = config.database()
    assert url == conf.get("database", "sql_alchemy_conn")
    assert arguments == {}


def test_the_configuration_is_read(monkeypatch):
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN", "sqlite:////tmp/x.db")
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_DAYS", "0")
    assert config.database() == ("sqlite:////tmp/x.db", {})
    assert config.keep_days() == 1


ARGUMENTS = {"sslmode": "require"}


def test_airflows_own_database_is_opened_as_airflow_opens_it(monkeypatch):
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS", f"{__name__}.ARGUMENTS")
    assert config.database()[1] == ARGUMENTS


@pytest.mark.parametrize(
    ("own", "execution", "base", "url"),
    [
        ("https://a.example.com/x/", "http://b/execution/", "http://c", "https://a.example.com/x"),
        ("", "http://b:8080/x/execution/", "http://c", "http://b:8080/x"),
        ("", "http://b:8080/execution", "http://c", "http://b:8080"),
        ("", "", "http://c:81/x/", "http://c:81/x"),
        ("", "", "/x", "http://localhost:8080/x"),
        ("", "", "", "http://localhost:8080"),
    ],
)
def test_where_the_api_server_is(monkeypatch, own, execution, base, url):
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", own)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", execution)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base)
    assert config.base_url() == url
