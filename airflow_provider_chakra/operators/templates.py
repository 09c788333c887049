"""Operators about templates: check, create, list, change and delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError, ChakraUnknownError
from airflow_provider_chakra.operators.base import BaseChakraOperator, from_json, given

if TYPE_CHECKING:
    import jinja2
    from airflow.providers.common.compat.sdk import Context

_IF_EXISTS = ("fail", "ignore")


class CheckTemplatesOperator(BaseChakraOperator):
    """
    Check at the start of a Dag that templates are there, approved, and fit what will fill them.

    All that does not fit is told in one error. What is given to fill them are samples: number, names and
    kinds are compared, and nothing is sent. Needs the connection's ``waba_id``.

    .. code-block:: python

        CheckTemplatesOperator(
            task_id="check_templates",
            templates=[
                {"name": "order_shipped", "language": "en_US", "body": ["Asha", "4711"]},
                {"name": "welcome", "language": "hi"},
            ],
        )

    .. seealso:: https://apidocs.chakrahq.com (List WhatsApp Message Templates (pass-through))

    :param templates: mappings with ``name`` and ``language``, and ``body``, ``header``, ``buttons``, ``otp``
        or ``components`` as for :class:`.SendTemplateOperator`. Without any of these only existence and
        status are checked.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = ("templates", *BaseChakraOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"templates": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"templates"})

    def __init__(self, *, templates: Sequence[Mapping[str, Any]] | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.templates = templates

    def act(self, context: Context) -> None:
        """
        Check the templates.

        :param context: Airflow's context.
        :raises ChakraConfigError: with all that does not fit.
        :raises ChakraError: if it could not be asked.
        """
        from airflow_provider_chakra.operators.template_check import check_templates

        checked = check_templates(self.hook, from_json(self.templates))
        lines = [f"\n  - {where} {problem}" for where, problems in checked for problem in problems]
        if lines:
            failed = sum(bool(problems) for _, problems in checked)
            raise ChakraConfigError(
                f"{failed} of {len(checked)} templates cannot be sent so:{''.join(lines)}"
            )
        self.log.info("All %d templates fit", len(checked))


class ListTemplatesOperator(BaseChakraOperator):
    """
    List templates, and return them as a list. Needs the connection's ``waba_id``.

    .. seealso:: https://apidocs.chakrahq.com (List WhatsApp Message Templates (pass-through))

    :param name: only those with this in their name.
    :param status: only those of this status, such as ``"APPROVED"``.
    :param fields: what to tell of each, such as ``["name", "language", "status"]``; WhatsApp's own choice
        without it.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = ("name", "status", "fields", *BaseChakraOperator.template_fields)
    object_fields: ClassVar[frozenset[str]] = frozenset({"fields"})

    def __init__(
        self,
        *,
        name: str | None = None,
        status: str | None = None,
        fields: Sequence[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.status = status
        self.fields = fields

    def act(self, context: Context) -> list[dict[str, Any]]:
        """
        List the templates.

        :param context: Airflow's context.
        :return: the templates as WhatsApp tells them.
        :raises ChakraError: if it could not be asked.
        """
        fields = from_json(self.fields) or None
        rows = list(self.hook.templates.list(**given(name=self.name, status=self.status, fields=fields)))
        self.log.info("Listed %d templates", len(rows))
        return rows


class _ComponentsOperator(BaseChakraOperator):
    """Keeps Jinja off components: WhatsApp's ``{{1}}`` are variables of its own."""

    components: Any

    def components_to_send(self) -> Any:
        """Give the components as JSON knows them."""
        components = from_json(self.components)
        return list(components) if isinstance(components, tuple) else components

    def render_template(
        self,
        content: Any,
        context: Context,
        jinja_env: jinja2.Environment | None = None,
        seen_oids: set[int] | None = None,
    ) -> Any:
        """Render templates, see :meth:`.BaseChakraOperator.render_template`, but not components."""
        if content is self.components and isinstance(content, str | list | tuple | dict):
            return content
        return super().render_template(content, context, jinja_env, seen_oids)


class CreateTemplateOperator(_ComponentsOperator):
    """
    Create a template in one language, and return its ``id``, ``status`` and ``category``.

    WhatsApp reviews it: wait for that with :class:`.TemplateStatusSensor`. If it is unknown whether it was
    created, it is looked for before the task fails. Needs the connection's ``waba_id``.

    .. seealso:: https://apidocs.chakrahq.com (Create WhatsApp Message Template (pass-through)),
        https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates

    :param name: at most 512 lower-case letters, digits and underscores.
    :param language: such as ``"en_US"``.
    :param category: ``"UTILITY"``, ``"MARKETING"`` or ``"AUTHENTICATION"``; WhatsApp may choose another.
    :param components: header, body, footer and buttons in WhatsApp's own shape, with examples for all
        variables. It is not rendered by Jinja, as WhatsApp's variables look like Jinja's; what another task
        returned is taken.
    :param parameter_format: ``"POSITIONAL"`` for ``{{1}}``, which WhatsApp takes for granted, or ``"NAMED"``
        for ``{{customer}}``.
    :param message_send_ttl_seconds: for how long WhatsApp tries to deliver such messages; its bounds depend
        on the category.
    :param if_exists: ``"fail"`` leaves it to WhatsApp to refuse a second template of this name in this
        language; ``"ignore"`` returns the one that is there, as it is.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "name",
        "language",
        "category",
        "components",
        "parameter_format",
        "message_send_ttl_seconds",
        "if_exists",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"components": "json"}

    def __init__(
        self,
        *,
        name: str,
        language: str,
        category: str,
        components: Sequence[Mapping[str, Any]] | str,
        parameter_format: str | None = None,
        message_send_ttl_seconds: int | None = None,
        if_exists: str = "fail",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.language = language
        self.category = category
        self.components = components
        self.parameter_format = parameter_format
        self.message_send_ttl_seconds = message_send_ttl_seconds
        self.if_exists = if_exists

    def act(self, context: Context) -> dict[str, Any]:
        """
        Create the template.

        :param context: Airflow's context.
        :return: ``id``, ``status`` and ``category``.
        :raises InvalidMessageError: if it breaks a rule of WhatsApp's; nothing was created.
        :raises ChakraError: if it was not created, or if it is unknown whether it was.
        """
        if self.if_exists not in _IF_EXISTS:
            raise ChakraConfigError(f"if_exists must be one of {', '.join(_IF_EXISTS)}.")
        if self.if_exists == "ignore":
            found = self._find()
            if found is not None:
                self.log.info("The template is there already, and stays as it is")
                return found
        try:
            created = self.hook.templates.create(self._definition())
        except ChakraUnknownError as error:
            return self._found_after(error)
        self.log.info("Created the template as %s, which is %s", created.get("id"), created.get("status"))
        return created

    def _definition(self) -> dict[str, Any]:
        return given(
            name=self.name,
            language=self.language,
            category=self.category,
            parameter_format=self.parameter_format,
            # A template gives the text of a number.
            message_send_ttl_seconds=from_json(self.message_send_ttl_seconds),
            components=self.components_to_send(),
        )

    def _find(self) -> dict[str, Any] | None:
        row = self.hook.templates.find(self.name, self.language)
        return None if row is None else {name: row.get(name) for name in ("id", "status", "category")}

    def _found_after(self, error: ChakraUnknownError) -> dict[str, Any]:
        try:
            found = self._find()
        except ChakraError as listing:
            raise ChakraUnknownError(f"{error} The templates could not be listed: {listing}") from None
        if found is None:
            raise ChakraUnknownError(f"{error} The list of templates does not have it.") from None
        self.log.warning("It was unknown whether the template was created; it is there: %s", error)
        return found


class UpdateTemplateOperator(_ComponentsOperator):
    """
    Change a template, which WhatsApp then reviews anew, and return WhatsApp's answer.

    .. seealso:: https://apidocs.chakrahq.com (Update WhatsApp Message Template (pass-through))

    :param template_id: its id, as :class:`CreateTemplateOperator` or :class:`ListTemplatesOperator` gives it.
    :param components: all of its components, as for :class:`CreateTemplateOperator`; those that stay as
        they are, too.
    :param category: its category; that of an approved template cannot be changed.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "template_id",
        "components",
        "category",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"components": "json"}

    def __init__(
        self,
        *,
        template_id: str,
        components: Sequence[Mapping[str, Any]] | str | None = None,
        category: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.template_id = template_id
        self.components = components
        self.category = category

    def act(self, context: Context) -> dict[str, Any]:
        """
        Change the template.

        :param context: Airflow's context.
        :return: WhatsApp's answer.
        :raises InvalidMessageError: if a component breaks a rule of WhatsApp's; nothing was changed.
        :raises ChakraError: if it was not changed, or if it is unknown whether it was.
        """
        change = given(components=self.components_to_send(), category=self.category)
        return self.hook.templates.update(self.template_id, **change)


class DeleteTemplateOperator(BaseChakraOperator):
    """
    Delete a template in all of its languages, or in one, and return WhatsApp's answer.

    For 30 days WhatsApp takes no new template of that name. Needs the connection's ``waba_id``. ChakraHQ
    has no page about this: it is assumed that it hands the request through.

    .. seealso:: https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates

    :param name: its whole name.
    :param template_id: its id, to delete the language that has it, and no other.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = ("name", "template_id", *BaseChakraOperator.template_fields)

    def __init__(self, *, name: str, template_id: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.template_id = template_id

    def act(self, context: Context) -> dict[str, Any]:
        """
        Delete the template.

        :param context: Airflow's context.
        :return: WhatsApp's answer.
        :raises ChakraError: if it was not deleted, or if it is unknown whether it was.
        """
        return self.hook.templates.delete(self.name, self.template_id or None)
