"""
The connection form for Airflow before 3.2, made from the metadata that later versions read.

It needs what those versions of Airflow bring for their form: WTForms and Flask-AppBuilder.
"""

from __future__ import annotations

from typing import Any, cast

from airflow_provider_chakra.get_provider_info import get_provider_info


def _connection_type() -> dict[str, Any]:
    return cast("list[dict[str, Any]]", get_provider_info()["connection-types"])[0]


def field_behaviour() -> dict[str, Any]:
    """
    Describe the standard fields.

    :return: what ``get_ui_field_behaviour`` must return.
    """
    behaviour = _connection_type()["ui-field-behaviour"]
    return {
        # Each extra has a field of its own there.
        "hidden_fields": [*behaviour["hidden-fields"], "extra"],
        "relabeling": behaviour["relabeling"],
        "placeholders": behaviour["placeholders"],
    }


def form_widgets() -> dict[str, Any]:
    """
    Make the fields of the extras.

    :return: what ``get_connection_form_widgets`` must return.
    """
    from flask_appbuilder.fieldwidgets import BS3PasswordFieldWidget, BS3TextFieldWidget
    from flask_babel import lazy_gettext
    from wtforms import BooleanField, PasswordField, StringField
    from wtforms.validators import Length, Optional, Regexp

    def widget(field: dict[str, Any]) -> Any:
        schema, label, description = field["schema"], lazy_gettext(field["label"]), field["description"]
        if "boolean" in schema["type"]:
            return BooleanField(label, default=schema["default"], description=description)
        if schema.get("format") == "password":
            return PasswordField(label, widget=BS3PasswordFieldWidget(), description=description)
        validators = [Optional()]
        if "maxLength" in schema:
            validators.append(Length(max=schema["maxLength"]))
        # Airflow knows no field for numbers with decimals.
        pattern = r"^\d+(\.\d+)?$" if "number" in schema["type"] else schema.get("pattern")
        if pattern:
            validators.append(Regexp(pattern))
        return StringField(label, validators, widget=BS3TextFieldWidget(), description=description)

    return {name: widget(field) for name, field in _connection_type()["conn-fields"].items()}
