"""
ChakraHQ's way to the templates of a business account: Meta's own answers, without the envelope.

https://apidocs.chakrahq.com (Create WhatsApp Message Template, List WhatsApp Message Templates, Update
WhatsApp Message Template). Assumptions: deleting is passed on as Meta has it, without a page of ChakraHQ's;
``name`` finds every template whose name contains it; ``next`` is an address of Meta's, which here leads
nowhere.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from airflow_provider_chakra.sandbox.answers import (
    MetaRefusal,
    check_version,
    no_such_object,
    plain,
    read_object,
)
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.templates.creation import (
    CATEGORIES,
    new_template,
    one_of,
    read_components,
)
from airflow_provider_chakra.sandbox.templates.store import Template

# A host that no resolver knows: whoever followed it with a token would tell it to nobody.
_GRAPH: Final = "https://graph.facebook.invalid"
_DEFAULT_FIELDS: Final = ("name", "parameter_format", "components", "language", "status", "category")
_FIELDS: Final = (*_DEFAULT_FIELDS, "id", "rejected_reason", "quality_score", "previous_category")
_STATUSES: Final = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL")
_EDITABLE: Final = ("APPROVED", "REJECTED", "PAUSED")
_DEFAULT_LIMIT: Final = 25
_MOST: Final = 1000


def template_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build the routes that templates are made, listed, changed and deleted by.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/v1/ext/plugin/whatsapp/api/{api_version}")
    templates = memory.templates

    def check(api_version: str, waba_id: str, method: str) -> None:
        check_version(api_version)
        if waba_id != account.waba_id:
            raise MetaRefusal(no_such_object(waba_id, method), 33)

    @routes.post("/{waba_id}/message_templates")
    async def create(api_version: str, waba_id: str, request: Request) -> Response:
        check(api_version, waba_id, "post")
        template = new_template(await read_object(request))
        if templates.find(template["name"], template["language"]):
            raise MetaRefusal("Content in this language already exists", 2388024)
        made = templates.add(template | {"status": "PENDING"})
        return plain({"id": made["id"], "status": made["status"], "category": made["category"]})

    @routes.get("/{waba_id}/message_templates")
    async def listing(api_version: str, waba_id: str, request: Request) -> Response:
        check(api_version, waba_id, "get")
        query = dict(request.query_params)
        found = [template for template in templates if _is_asked_for(template, query)]
        return plain(_page(found, query, f"{_GRAPH}/{api_version}/{waba_id}/message_templates"))

    @routes.post("/{template_id}")
    async def update(api_version: str, template_id: str, request: Request) -> Response:
        check_version(api_version)
        template = templates.get(template_id)
        if template is None:
            raise MetaRefusal(no_such_object(template_id), 33)
        _change(template, await read_object(request))
        templates.submit(template)
        return plain({"success": True})

    @routes.delete("/{waba_id}/message_templates")
    async def delete(
        api_version: str, waba_id: str, name: str | None = None, hsm_id: str | None = None
    ) -> Response:
        check(api_version, waba_id, "delete")
        if not name:
            raise MetaRefusal("The parameter name is required")
        found = [template for template in templates.named(name) if hsm_id in {None, template["id"]}]
        if not found:
            raise MetaRefusal("Message template not found", 2593002)
        for template in found:
            templates.remove(template)
        return plain({"success": True})

    return routes


def _change(template: Template, body: dict[str, Any]) -> None:
    if template["status"] not in _EDITABLE:
        raise MetaRefusal(f"A template that is {template['status']} cannot be edited")
    category = one_of(body, "category", CATEGORIES, "category", template["category"])
    if template["status"] == "APPROVED" and category != template["category"]:
        raise MetaRefusal("The category of an approved template cannot be edited")
    if "components" in body:
        named = template["parameter_format"] == "NAMED"
        template["components"] = read_components(body["components"], category, named=named)
    elif "category" not in body:
        raise MetaRefusal("One of the parameters components and category is required")
    template |= {"category": category, "status": "PENDING"}
    template.pop("rejected_reason", None)


def _is_asked_for(template: Template, query: dict[str, str]) -> bool:
    if "status" in query and query["status"].upper() not in _STATUSES:
        raise MetaRefusal(f"Param status must be one of {{{', '.join(_STATUSES)}}}")
    return query.get("name", "") in template["name"] and all(
        template[key] == query.get(key, template[key]) for key in ("status", "category", "language")
    )


def _page(found: list[Template], query: dict[str, str], address: str) -> dict[str, Any]:
    limit = query.get("limit", str(_DEFAULT_LIMIT))
    if not limit.isdecimal() or not 1 <= int(limit) <= _MOST:
        raise MetaRefusal(f"Param limit must be from 1 to {_MOST}")
    fields = query.get("fields", ",".join(_DEFAULT_FIELDS)).replace(" ", "").split(",")
    for field in fields:
        if field not in _FIELDS:
            raise MetaRefusal(f"Tried accessing nonexisting field ({field}) on node type (MessageTemplate)")
    if query.get("after"):
        found = [template for template in found if int(template["id"]) > _read_cursor(query["after"])]
    page = found[: int(limit)]
    if not page:
        return {"data": []}
    paging: dict[str, Any] = {"cursors": {"before": _cursor(page[0]), "after": _cursor(page[-1])}}
    if len(found) > len(page):
        paging["next"] = f"{address}?{urlencode(query | {'after': paging['cursors']['after']})}"
    wanted = ("id", *(field for field in fields if field != "id"))
    return {
        "data": [{field: template[field] for field in wanted if field in template} for template in page],
        "paging": paging,
    }


def _cursor(template: Template) -> str:
    return base64.urlsafe_b64encode(template["id"].encode()).decode()


def _read_cursor(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError) as error:
        raise MetaRefusal("Invalid cursors values") from error
