"""
Message templates, and ChakraHQ's own calls to send them.

https://apidocs.chakrahq.com: Create, List and Update WhatsApp Message Template (pass-through), Send Whatsapp
Template Message For A Phone Number, Send Whatsapp Template Message For Process. These are assumptions:

* Answers about templates are Meta's own; inside ChakraHQ's ``_data`` they are understood as well.
* A listing goes on for as long as it has ``paging.next``. That is an address of Meta's, so it is never
  followed: the next page is asked for with ``paging.cursors.after``.
* ``name`` may find names that merely contain it, so rows are compared once more here.
* Templates are deleted as at Meta, by ``name``, and with ``hsm_id`` in one language only.
* The id of a message that ChakraHQ sent in its own way is ``_data.externalId``.
* In ``mapping`` and its likes, the variable ``{{1}}`` is named "1"; a button's address has one variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.api.answer import Answer, read, unclear, wamid_in
from airflow_provider_chakra.api.bodies import digits_of
from airflow_provider_chakra.api.endpoints import (
    CREATE_TEMPLATE,
    DELETE_TEMPLATE,
    LIST_TEMPLATES,
    SEND_TEMPLATE_TO_NUMBER,
    SEND_TEMPLATE_TO_PROCESS,
    UPDATE_TEMPLATE,
)
from airflow_provider_chakra.api.messages import SentMessage
from airflow_provider_chakra.api.pages import Page, walk
from airflow_provider_chakra.messages.recipient import mask

if TYPE_CHECKING:
    from airflow_provider_chakra.api.endpoints import Endpoint
    from airflow_provider_chakra.api.resources import Resources

#: Rows of one page; integrators ask for up to 1000.
PAGE_SIZE = 100
#: All that is looked at here. Without being asked, WhatsApp does not tell why it rejected a template.
ALL_FIELDS = (
    "id",
    "name",
    "language",
    "status",
    "category",
    "parameter_format",
    "components",
    "rejected_reason",
)


class TemplatesAPI:
    """
    The templates of a WhatsApp business account.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def list(
        self,
        *,
        name: str | None = None,
        status: str | None = None,
        fields: Sequence[str] | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[dict[str, Any]]:
        """
        Go through the templates; a page is asked for when the one before is used up.

        :param name: only those with this in their name.
        :param status: only those of this status, such as ``"APPROVED"``.
        :param fields: what to tell of each; WhatsApp's own choice without it.
        :param page_size: how many to ask for at a time.
        :return: the templates as WhatsApp tells them: ``id``, ``name``, ``language``, ``status``,
            ``category``, ``components`` and more.
        :raises ChakraError: if it could not be asked.
        """
        params: dict[str, Any] = {"limit": page_size, "name": name, "status": status}
        params["fields"] = ",".join(fields) if fields else None
        asked = {name: value for name, value in params.items() if value is not None}

        def ask(place: Mapping[str, Any]) -> Page:
            page: Page = self._chakra.call(
                LIST_TEMPLATES, params={**asked, **place}, subject="Listing templates", read=_read_page
            )
            return page

        return walk(ask, {}, _next_place, promised=lambda page: "after" in page.meta)

    def versions(self, name: str) -> Sequence[dict[str, Any]]:
        """
        Give a template in all of its languages.

        :param name: its whole name.
        :return: one row for each language; none, if there is no such template.
        :raises ChakraError: if it could not be asked.
        """
        return [row for row in self.list(name=name, fields=ALL_FIELDS) if row.get("name") == name]

    def find(self, name: str, language: str) -> dict[str, Any] | None:
        """
        Give a template in one language.

        :param name: its whole name.
        :param language: the language, such as ``"en_US"``.
        :return: the template, with ``status``, ``components`` and, where it was rejected,
            ``rejected_reason``; ``None`` if there is none.
        :raises ChakraError: if it could not be asked.
        """
        return next((row for row in self.versions(name) if row.get("language") == language), None)

    def create(self, template: Mapping[str, Any]) -> dict[str, Any]:
        """
        Create a template in one language, for WhatsApp to review.

        :param template: in WhatsApp's shape: ``name``, ``language``, ``category``, ``components`` and what
            else it takes.
        :return: ``id``, ``status`` and ``category``; WhatsApp may choose another category.
        :raises InvalidMessageError: if it breaks a rule of WhatsApp's; nothing was created.
        :raises ChakraError: if it was not created, or if it is unknown whether it was.
        """
        from airflow_provider_chakra.messages.template_rules import check_definition

        check_definition(template)
        return self._change(CREATE_TEMPLATE, "Creating the template", json=dict(template))

    def update(
        self,
        template_id: str,
        *,
        components: Sequence[Mapping[str, Any]] | None = None,
        category: str | None = None,
    ) -> dict[str, Any]:
        """
        Change a template, which is then reviewed anew.

        :param template_id: its id, which is not its name.
        :param components: all of its components, those that stay as they are too.
        :param category: its category.
        :return: WhatsApp's answer.
        :raises InvalidMessageError: if a component breaks a rule of WhatsApp's; nothing was changed.
        :raises ChakraError: if it was not changed, or if it is unknown whether it was.
        """
        from airflow_provider_chakra.messages.template_rules import check_change

        change = {"components": components, "category": category}
        change = {name: value for name, value in change.items() if value is not None}
        check_change(change)
        return self._change(
            UPDATE_TEMPLATE, "Changing the template", path_params={"template_id": template_id}, json=change
        )

    def delete(self, name: str, template_id: str | None = None) -> dict[str, Any]:
        """
        Delete a template in all languages, or in one.

        :param name: its whole name.
        :param template_id: its id, to delete the language that has it, and no other.
        :return: WhatsApp's answer.
        :raises ChakraError: if it was not deleted, or if it is unknown whether it was.
        """
        params = {"name": name} if template_id is None else {"name": name, "hsm_id": template_id}
        return self._change(DELETE_TEMPLATE, "Deleting the template", params=params)

    def send_to_number(self, phone_number: str | int, content: Mapping[str, Any]) -> SentMessage:
        """
        Send a template to a phone number, in ChakraHQ's own way.

        :param phone_number: with its country code; sent as digits.
        :param content: ``templateName``, ``language``, ``mapping`` and the like, as ChakraHQ has them;
            the sender's id is added.
        :return: the wamid and the raw answer.
        :raises ChakraConfigError: if it is no such number; nothing was sent.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        digits = digits_of(phone_number)
        return self._send(SEND_TEMPLATE_TO_NUMBER, {"phone_number": digits}, mask(digits), content)

    def send_to_process(self, procedure: str, process: str, content: Mapping[str, Any]) -> SentMessage:
        """
        Send a template to the phone number of a process record, in ChakraHQ's own way.

        :param procedure: short id of the procedure, such as ``"lead"``.
        :param process: primary key or id of the record, such as ``"LEAD-004038"``.
        :param content: as for :meth:`send_to_number`.
        :return: the wamid and the raw answer.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        path_params = {"procedure": procedure, "process": process}
        return self._send(SEND_TEMPLATE_TO_PROCESS, path_params, "a process record", content)

    def _send(
        self, endpoint: Endpoint, path_params: Mapping[str, str], to: str, content: Mapping[str, Any]
    ) -> SentMessage:
        sender = self._chakra.ids("phone_number_id")["phone_number_id"]
        sent: SentMessage = self._chakra.call(
            endpoint,
            path_params=path_params,
            json={"whatsappPhoneNumberId": sender, **content},
            subject=f"The template message to {to}",
            read=_read_sent,
        )
        return sent

    def _change(self, endpoint: Endpoint, subject: str, **request: Any) -> dict[str, Any]:
        done: dict[str, Any] = self._chakra.call(endpoint, subject=subject, read=_read_done, **request)
        return done


def _content(answer: Answer) -> Any:
    body = read(answer)
    wrapped = body.get("_data") if isinstance(body, Mapping) else None
    return body if wrapped is None else wrapped


def _next_place(_: Mapping[str, Any], page: Page) -> Mapping[str, Any] | None:
    return page.meta or None


def _read_page(answer: Answer) -> Page:
    """Read a page, and as what is said about it the cursor of the next one, if there is one."""
    content = _content(answer)
    rows = content.get("data") if isinstance(content, Mapping) else content
    if not isinstance(rows, list):
        raise unclear(answer, "without a list of templates")
    paging = content.get("paging") if isinstance(content, Mapping) else None
    meta = {}
    if isinstance(paging, Mapping) and paging.get("next"):
        cursors = paging.get("cursors")
        after = cursors.get("after") if isinstance(cursors, Mapping) else None
        if not isinstance(after, str) or not after:
            raise unclear(answer, "with a next page and no way to ask for it")
        meta["after"] = after
    return Page([row for row in rows if isinstance(row, dict)], meta)


def _read_done(answer: Answer) -> dict[str, Any]:
    content = _content(answer)
    if not isinstance(content, Mapping) or not (content.get("id") or content.get("success") is True):
        raise unclear(answer, "without a word on what was done")
    return dict(content)


def _read_sent(answer: Answer) -> SentMessage:
    body = read(answer)
    data = body.get("_data") if isinstance(body, Mapping) else None
    wamid = data.get("externalId") if isinstance(data, Mapping) else None
    if not isinstance(wamid, str) or not wamid:
        wamid = wamid_in(body)
    if wamid is None:
        raise unclear(answer, "without the id of a message")
    return SentMessage(wamid, body)
