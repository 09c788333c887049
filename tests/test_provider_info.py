"""What Airflow discovers, against the schemas that Airflow ships."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import airflow
import jsonschema
import pytest

from airflow_provider_chakra import __version__, get_provider_info
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.hooks.settings import EXTRAS

INFO: dict[str, Any] = get_provider_info.get_provider_info()
PACKAGE = Path(airflow.__path__[0])
AIRFLOW = tuple(map(int, airflow.__version__.split(".")[:2]))
(CONNECTION_TYPE,) = INFO["connection-types"]


def schema(name: str) -> dict[str, Any]:
    """Read a schema of the installed Airflow."""
    found: dict[str, Any] = json.loads((PACKAGE / name).read_text())
    return found


def test_it_fits_the_schema_of_the_run_time():
    jsonschema.validate(INFO, schema("provider_info.schema.json"))


def test_each_part_fits_the_stricter_schema_of_providers():
    whole = schema("provider.yaml.schema.json")
    # Airflow 2 knows no message queues, and passes over what it does not know.
    for key, value in ((key, INFO[key]) for key in INFO if key != "queues" or AIRFLOW >= (3, 0)):
        part = whole["properties"][key]
        if key == "connection-types" and "conn-fields" not in part["items"]["properties"]:
            # Airflow before 3.2 does not know them; what it knows must be right all the same.
            known = part["items"]["properties"].keys()
            value = [{name: item for name, item in entry.items() if name in known} for entry in value]
        jsonschema.validate(value, part | {"definitions": whole.get("definitions", {})})


KINDS = ("hooks", "operators", "sensors", "triggers")
NAMED = {module for kind in KINDS for item in INFO[kind] for module in item["python-modules"]}


def test_every_path_in_it_can_be_imported():
    for module in NAMED:
        importlib.import_module(module)
    module, name = CONNECTION_TYPE["hook-class-name"].rsplit(".", 1)
    assert getattr(importlib.import_module(module), name) is ChakraHook


@pytest.mark.parametrize("path", INFO["notifications"] + INFO["queues"])
def test_every_class_in_it_can_be_imported(path):
    if "queues" in path:
        pytest.importorskip("airflow.providers.common.messaging")
    module, name = path.rsplit(".", 1)
    assert isinstance(getattr(importlib.import_module(module), name), type)


def test_it_names_every_module_that_users_import():
    package = Path(get_provider_info.__file__).parent
    inner = {
        *("base", "deliveries", "files", "form", "outcome", "settings", "template_check", "waiting"),
        *("chats", "feed", "listener", "place", "poller", "pollers", "source", "waits"),
    }
    real = {
        f"airflow_provider_chakra.{kind}.{path.stem}"
        for kind in KINDS
        for path in (package / kind).glob("[!_]*")
        if path.stem not in inner
    }
    assert real == NAMED


def test_the_module_is_one_literal_and_imports_nothing():
    tree = ast.parse(Path(get_provider_info.__file__).read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    *_, last = function.body
    assert isinstance(last, ast.Return)
    assert last.value is not None
    assert ast.literal_eval(last.value) == INFO


def test_it_agrees_with_the_hook_and_the_distribution():
    assert CONNECTION_TYPE["connection-type"] == ChakraHook.conn_type
    assert CONNECTION_TYPE["hook-name"] == ChakraHook.hook_name
    assert CONNECTION_TYPE["conn-fields"].keys() == EXTRAS.keys()
    installed = distribution("airflow-provider-chakra")
    assert installed.metadata["Name"] == INFO["package-name"]
    assert installed.version == __version__


@pytest.mark.parametrize("name", EXTRAS)
def test_every_field_of_the_form_has_label_description_and_limits(name):
    field = CONNECTION_TYPE["conn-fields"][name]
    assert field["label"]
    assert field["description"].endswith(".")
    limits = field["schema"]
    kind, null = limits["type"]
    assert null == "null"
    assert (
        kind == "boolean"
        or "enum" in limits
        or "maxLength" in limits
        or ({"minimum", "maximum"} <= limits.keys())
    )


def test_airflow_knows_the_connection_type():
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    assert manager.providers["airflow-provider-chakra"].version == __version__
    hook = manager.hooks["chakra"]
    assert hook is not None
    assert (hook.hook_name, hook.connection_id_attribute_name) == ("ChakraHQ", "chakra_conn_id")


DRAW = """
from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService

(form,) = (meta for meta in HookMetaService.hook_meta_data() if meta.connection_type == "chakra")
print(form.model_dump_json())
"""


def test_airflow_draws_the_form():
    if AIRFLOW < (3, 0):
        from airflow.providers_manager import ProvidersManager

        fields = ProvidersManager().connection_form_widgets.keys()
        behaviour = ProvidersManager().field_behaviours["chakra"]
        assert {f"extra__chakra__{name}" for name in EXTRAS} <= fields
        assert behaviour["relabeling"]["password"] == "Access token"
        assert {"login", "schema"} <= set(behaviour["hidden_fields"])
        return
    # In a process of its own, as in an API server: Airflow 3.0 and 3.1 put mocks in the place of WTForms.
    done = subprocess.run([sys.executable, "-c", DRAW], capture_output=True, text=True, check=True)
    form = json.loads(done.stdout.splitlines()[-1])
    assert form["extra_fields"].keys() == EXTRAS.keys()
    assert form["standard_fields"]["password"]["title"] == "Access token"
    assert form["standard_fields"]["login"]["hidden"]
    assert form["standard_fields"]["url_schema"]["hidden"]


def test_the_form_of_older_versions_has_the_same_fields():
    pytest.importorskip("flask_appbuilder")
    widgets = ChakraHook.get_connection_form_widgets()
    assert widgets.keys() == EXTRAS.keys()
    assert set(ChakraHook.get_ui_field_behaviour()) == {"hidden_fields", "relabeling", "placeholders"}
    assert {
        name: widget.field_class.__name__
        for name, widget in widgets.items()
        if name in ("proxy", "verify_tls")
    } == {
        "proxy": "PasswordField",
        "verify_tls": "BooleanField",
    }
