"""Documentation that is made from the code is up to date, and says what is true."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import re
from typing import Any

import pytest
import requests

from airflow_provider_chakra import operators, sensors, triggers
from airflow_provider_chakra.api.codes import CODES, STATUSES
from airflow_provider_chakra.api.endpoints import ENDPOINTS, Endpoint
from airflow_provider_chakra.hooks.chakra import ChakraHook
from tests.running import ROOT


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


write_docs = _load()
ENDPOINTS_PAGE = write_docs.TABLES["endpoints"][0].read_text(encoding="utf-8")

# The pages of https://apidocs.chakrahq.com, in the order of its navigation.
PAGES_WITH_AN_ENDPOINT = (
    "WhatsApp Messages API (pass-through)",
    "Send WhatsApp session message",
    "Send Template Message (Meta API Format)",
    "Create WhatsApp Message Template (pass-through)",
    "List WhatsApp Message Templates (pass-through)",
    "Update WhatsApp Message Template (pass-through)",
    "Fetch Whatsapp Media API",
    "Show Whatsapp Media Attachments API",
    "Send Whatsapp Template Message For Process",
    "Send Whatsapp Template Message For A Phone Number",
    "Upload Public Media",
    "Show Whatsapp Media API",
    "Create a lead",
    "Fetch Process By Id",
    "List Processes",
    "Create Process",
    "Update Process",
    "Update Process By Primary Key",
    "Delete Process",
    "Delete Process By Primary Key Value",
    "Bulk Create Process API",
    "Bulk Update Process API",
    "Create Task API",
    "List Users API",
    "List Users API (V2)",
    "Fetch User API",
    "Fetch User API (V2)",
    "Update User API",
    "Fetch Photo API",
    "Upload Photo API",
    "Upload Photo API With Id",
    "Fetch Background Job",
    "Fetch Background Job Entries API",
    "Fetch Config",
    # Pages of later additions
    "List chats",
    "List chat messages for a chat",
    "List previous messages for a phone number",
    "Update Lead By Phone Number",
    "Fetch WhatsApp plugin configuration",
    "Update WhatsApp plugin configuration",
    "Create Connect Token",
    "Disconnect WABA Account",
    "Set Business Public Key",
    "Get Business Public Key",
    "Add a phone number to a lead campaign",
    "Remove phone number from a lead campaign",
    "Create Group",
    "List Groups",
    "Get Group Info",
    "Update Group Settings",
    "Delete Group",
    "Get Group Invite Link",
    "Reset Group Invite Link",
    "Get Join Requests",
    "Approve Join Requests",
    "Reject Join Requests",
    "Remove Group Participants",
)
OTHER_PAGES = (
    "API Keys",
    "API Rate Limits",
    "Response Format",
    "Inbound Events Webhook",
    "How to figure out pluginId and whatsappPhoneNumberId",
)


@pytest.mark.parametrize("name", write_docs.TABLES)
def test_a_table_is_the_one_of_the_code(name):
    assert write_docs.TABLES[name][0].read_text(encoding="utf-8") == write_docs.page(name), "run `make docs`"


def test_the_table_of_codes_has_them_all():
    text = write_docs.TABLES["codes"][0].read_text(encoding="utf-8")
    for code in CODES:
        assert 200 <= code < 300 or f"| {code} |" in text
    for status in STATUSES:
        assert f"| HTTP {status} |" in text


@pytest.mark.parametrize("title", [*PAGES_WITH_AN_ENDPOINT, *OTHER_PAGES])
def test_every_page_of_chakrahq_has_its_row(title):
    table, _, below = ENDPOINTS_PAGE.partition("<!-- end of endpoints -->")
    assert f"\n| {title} | " in (below if title in OTHER_PAGES else table)


def _modules(*packages: Any) -> list[Any]:
    return [
        importlib.import_module(found.name)
        for package in packages
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]


CLASSES = {
    name: kind
    for module in _modules(operators, sensors)
    for name, kind in inspect.getmembers(module, inspect.isclass)
}
TRIGGERS = {module.__name__.rpartition(".")[2]: inspect.getsource(module) for module in _modules(triggers)}


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.hook], ids=lambda e: e.hook)
def test_what_the_table_says_of_the_hook_is_there_and_calls_the_endpoint(endpoint):
    resource, _, method = endpoint.hook.rpartition(".")
    hook = getattr(ChakraHook(), resource) if resource else ChakraHook()
    assert callable(getattr(hook, method))
    if resource:
        name = next(name for name, found in vars(_endpoints()).items() if found == endpoint)
        assert re.search(rf"\b{name}\b", inspect.getsource(type(hook)))


def _endpoints() -> Any:
    return importlib.import_module("airflow_provider_chakra.api.endpoints")


def _callers(resource: str, method: str) -> set[str]:
    """Give a method, and those of the same class that come to it, such as jobs.failures to jobs.entries."""
    kind = type(getattr(ChakraHook(), resource)) if resource else ChakraHook
    sources = {name: inspect.getsource(item) for name, item in inspect.getmembers(kind, inspect.isfunction)}
    found, before = {method}, set()
    while found != before:
        before = set(found)
        found |= {name for name, text in sources.items() for known in before if f"self.{known}(" in text}
    return found


CALLS = [(endpoint, name) for endpoint in ENDPOINTS for name in endpoint.operators if " " not in name]


@pytest.mark.parametrize(("endpoint", "name"), CALLS, ids=lambda value: getattr(value, "hook", value))
def test_what_the_table_says_of_operators_is_there_and_calls_the_hook(endpoint, name):
    kinds = [kind for kind in CLASSES[name].__mro__ if kind.__module__.startswith("airflow_provider_chakra.")]
    sources = [inspect.getsource(importlib.import_module(kind.__module__)) for kind in kinds]
    # A sensor asks through its trigger, an operator that waits too.
    used = {name for name in TRIGGERS if any(f"triggers.{name} import" in source for source in sources)}
    sources += [TRIGGERS[name] for name in used]
    methods = _callers(*endpoint.hook.rpartition(".")[::2])
    for helper in ("operators.outcome", "api.inbox"):
        if any(f"{helper} import" in source for source in sources):
            sources.append(inspect.getsource(importlib.import_module(f"airflow_provider_chakra.{helper}")))
    assert any(re.search(rf"\.{method}\(", source) for method in methods for source in sources)


IN_THE_SANDBOX = [endpoint for endpoint in ENDPOINTS if write_docs.is_in_the_sandbox(endpoint)]


def _ask(sandbox: Any, endpoint: Endpoint) -> requests.Response:
    known = {"plugin_id": sandbox.plugin_id, "waba_id": sandbox.waba_id, "api_version": "v24.0"}
    path = re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], "x"), endpoint.path)
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    return requests.request(endpoint.method, sandbox.url + path, headers=headers, json={}, timeout=60)


@pytest.mark.parametrize("endpoint", IN_THE_SANDBOX, ids=lambda e: f"{e.method} {e.path}")
def test_the_sandbox_has_what_the_table_says(chakra_sandbox, endpoint):
    nowhere = _ask(chakra_sandbox, Endpoint("", "GET", "/v1/ext/nowhere"))
    assert nowhere.status_code == 404
    answer = _ask(chakra_sandbox, endpoint)
    assert answer.status_code != 405
    assert answer.content != nowhere.content


def test_the_table_says_no_of_what_the_sandbox_does_not_have(chakra_sandbox):
    others = [endpoint for endpoint in ENDPOINTS if endpoint.path and endpoint not in IN_THE_SANDBOX]
    assert others
    for endpoint in others:
        assert _ask(chakra_sandbox, endpoint).status_code in {404, 405}
