"""What all operators share: the connection, how templates are rendered, what becomes of errors."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, BaseOperator

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook

_JINJA_MARKS = ("{{", "{%", "{#")

if TYPE_CHECKING:
    import jinja2
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.messages.base import Part


class BaseChakraOperator(BaseOperator):
    """
    Ask something of ChakraHQ.

    A subclass says in :meth:`act` what it does.

    :param chakra_conn_id: the Airflow connection.
    :param plugin_id: ChakraHQ's id of the WhatsApp plugin, if not the connection's.
    :param phone_number_id: Meta's id of the number to send from, if not the connection's.
    :param waba_id: id of the WhatsApp business account, if not the connection's.
    :param api_version: version of WhatsApp's API, if not the connection's.
    """

    ui_color = "#d9fdd3"
    template_fields: Sequence[str] = (
        "chakra_conn_id",
        "plugin_id",
        "phone_number_id",
        "waba_id",
        "api_version",
    )
    #: Template fields that may be whole objects: one template in them may give a list or a dict.
    object_fields: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        *,
        chakra_conn_id: str = ChakraHook.default_conn_name,
        plugin_id: str | None = None,
        phone_number_id: str | None = None,
        waba_id: str | None = None,
        api_version: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.chakra_conn_id = chakra_conn_id
        self.plugin_id = plugin_id
        self.phone_number_id = phone_number_id
        self.waba_id = waba_id
        self.api_version = api_version

    @cached_property
    def hook(self) -> ChakraHook:
        """The hook, made once."""
        return ChakraHook(**self.hook_arguments())

    def hook_arguments(self) -> dict[str, Any]:
        """Name the connection, and give what goes before it."""
        return {
            "chakra_conn_id": self.chakra_conn_id,
            "plugin_id": self.plugin_id,
            "phone_number_id": self.phone_number_id,
            "waba_id": self.waba_id,
            "api_version": self.api_version,
        }

    def flag(self, name: str, *, default: bool = False) -> bool:
        """
        Read an argument that is true or false, which a template gives as text.

        :param name: the argument's name.
        :param default: what no value means.
        :return: its value.
        :raises ChakraConfigError: if it is neither.
        """
        value = getattr(self, name)
        if value is None or value == "":
            return default
        flag = {"true": True, "false": False, "none": default}.get(str(value).lower())
        if flag is None:
            raise ChakraConfigError(f"{name} must be true or false.")
        return flag

    def seconds(self, name: str) -> float | None:
        """
        Read an argument that is a number of seconds, which a template gives as text, or a ``timedelta``.

        :param name: the argument's name.
        :return: its value; ``None`` for none.
        :raises ChakraConfigError: if it is no such number.
        """
        value = getattr(self, name)
        if value is None or value == "":
            return None
        try:
            found = value.total_seconds() if isinstance(value, timedelta) else float(value)
        except (TypeError, ValueError):
            found = -1
        if not 0 <= found < math.inf:
            raise ChakraConfigError(f"{name} must be a number of seconds.")
        return found

    def act(self, context: Context) -> Any:
        """
        Do what the operator is for.

        :param context: Airflow's context.
        :return: what goes into XCom.
        """
        raise NotImplementedError

    def execute(self, context: Context) -> Any:
        """
        Do what the operator is for, once.

        :param context: Airflow's context.
        :return: what goes into XCom.
        :raises AirflowFailException: if no retry can help, or if it is unknown whether a request was
            carried out, so that a retry could do it twice. Its cause is the :class:`ChakraError`.
        :raises ChakraError: if it was surely not carried out and a retry can help.
        """
        return self.guarded(lambda: self.act(context))

    def guarded(self, call: Callable[[], Any]) -> Any:
        """
        Do something with the errors of :meth:`execute`: for whatever else Airflow calls.

        :param call: what to do.
        :return: what it returns.
        """
        try:
            return call()
        except AirflowFailException:
            raise
        except ChakraError as error:
            # A policy of ours decides itself, and says why.
            if error.retryable or _is_our_policy(getattr(self, "retry_policy", None)):
                raise
            raise AirflowFailException(str(error)) from error

    def render_template(
        self,
        content: Any,
        context: Context,
        jinja_env: jinja2.Environment | None = None,
        seen_oids: set[int] | None = None,
    ) -> Any:
        """
        Render templates so that texts stay texts, in a Dag with native rendering too.

        Native rendering would turn "19.90" into 19.9 and "+919876543210" into a number without its
        plus. Only a field that may be a whole object is rendered natively.

        :param content: what is to be rendered.
        :param context: Airflow's context.
        :param jinja_env: the Dag's Jinja environment.
        :param seen_oids: what was rendered already.
        :return: the rendered content.
        """
        if isinstance(content, _part()):
            content = content.model_dump(mode="json", exclude_none=True)
        if jinja_env is not None and isinstance(content, str) and not self._is_object_field(content):
            from jinja2.nativetypes import NativeEnvironment

            if isinstance(jinja_env, NativeEnvironment):
                return _render_text(content, context, jinja_env)
        return super().render_template(content, context, jinja_env, seen_oids)

    def _is_object_field(self, content: str) -> bool:
        return any(getattr(self, name, None) is content for name in self.object_fields)


def _is_our_policy(policy: object) -> bool:
    # By name: to import the policy needs Airflow 3.3.
    return any(kind.__name__ == "ChakraRetryPolicy" for kind in type(policy).__mro__)


def given(**fields: Any) -> dict[str, Any]:
    """
    Leave out what is None or an empty text, as templates of optional values often are.

    :param fields: fields of a payload.
    :return: those that say something.
    """
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def boolean(value: Any) -> Any:
    """
    Read a boolean that a template gave as text, as it does unless the Dag renders natively.

    :param value: a boolean, or its text.
    :return: the boolean; any other value as it is, for the message's rules to name it.
    """
    return {"True": True, "False": False}.get(str(value), value)


def from_json(value: Any) -> Any:
    """
    Read an object that a template gave as JSON text.

    :param value: an object, or JSON text of one.
    :return: the object; any other value as it is, for the message's rules to name it.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def is_literal(value: Any) -> bool:
    """
    Tell whether an argument stays what it is when the task runs.

    :param value: the argument.
    """
    if isinstance(value, str):
        return not any(mark in value for mark in _JINJA_MARKS)
    if isinstance(value, Mapping):
        return all(map(is_literal, value.values()))
    if isinstance(value, _part()):
        return is_literal(value.model_dump())
    if isinstance(value, list | tuple):
        return all(map(is_literal, value))
    # Anything else, such as an XComArg, gets its value when the task runs.
    return value is None or isinstance(value, bool | int | float | timedelta)


def _part() -> type[Part]:
    from airflow_provider_chakra.messages.base import Part

    return Part


def _render_text(content: str, context: Context, jinja_env: jinja2.Environment) -> str | None:
    template = jinja_env.from_string(content)
    # As Airflow does it: its context may be a mapping that is no dict, so Template.generate won't do.
    values: Any = {**template.globals, **context}
    jinja_context = jinja_env.context_class(jinja_env, values, template.name, template.blocks)
    nodes = list(template.root_render_func(jinja_context))
    # An optional argument for which there is no value stays away, as native rendering means it to.
    return None if nodes == [None] else "".join(map(str, nodes))
