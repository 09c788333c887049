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
    from wtforms import BooleanField, FloatField, PasswordField, StringField
    from wtforms.validators import Length, NumberRange, Optional, Regexp

    def widget(field: dict[str, Any]) -> Any:
        schema, label = field["schema"], lazy_gettext(field["label"])
        kind = schema["type"][0]
        if kind == "boolean":
            return BooleanField(label, default=schema["default"], description=field["description"])
        look = BS3TextFieldWidget()
        validators: list[Any] = [Optional()]
        if kind == "number":
            validators.append(NumberRange(schema["minimum"], schema["maximum"]))
            return FloatField(label, validators, widget=look, description=field["description"])
        validators.append(Length(max=schema["maxLength"]))
        if "pattern" in schema:
            validators.append(Regexp(schema["pattern"]))
        secret = schema.get("format") == "password"
        return (PasswordField if secret else StringField)(
            label,
            validators,
            widget=BS3PasswordFieldWidget() if secret else look,
            description=field["description"],
        )

    return {name: widget(field) for name, field in _connection_type()["conn-fields"].items()}
