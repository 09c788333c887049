"""The part of the control API that says how customers and their phones behave."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

from fastapi import APIRouter, HTTPException, Response
from pydantic import Field, model_validator

from airflow_provider_chakra.sandbox.answers import plain
from airflow_provider_chakra.sandbox.chats import LateFailure
from airflow_provider_chakra.sandbox.contacts import Reach
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.orders import DONE, Order, Seconds
from airflow_provider_chakra.sandbox.pace import Pace
from airflow_provider_chakra.sandbox.taps import tapped
from airflow_provider_chakra.sandbox.view import view


class ContactChange(Order):
    """How a contact stands to WhatsApp from now on; what is left out stays as it is."""

    # With a plus it would be nobody: WhatsApp tells numbers without.
    contact: Annotated[str, Field(pattern=r"^[^+\s]\S*$")]
    reach: Reach = "online"
    blocks: bool = False
    window_closed: bool = False


class PaceChange(Order):
    """How fast messages come further by themselves."""

    delivered_after: Seconds | None = None
    read_after: Seconds | None = None

    @model_validator(mode="after")
    def _can_be(self) -> PaceChange:
        self.pace()
        return self

    def pace(self) -> Pace:
        """Give it as it is kept."""
        return Pace(self.delivered_after, self.read_after)


class Failures(Order):
    """The next messages that fail some time after they were taken."""

    error: Annotated[str, Field(min_length=1)]
    times: Annotated[int, Field(ge=1, le=100_000)] = 1
    after: Seconds = LateFailure.after


class ListingChange(Order):
    """How chats and messages are listed; what is left out stays as it is."""

    statuses_move_chats: bool = False
    whole_bodies: bool = False


class Tap(Order):
    """A customer taps a row or a button of a message; who it is must be told in a group only."""

    wamid: str
    id: str
    customer: Annotated[str | None, Field(min_length=1, alias="from")] = None


def customer_control_routes(memory: Memory) -> APIRouter:
    """
    Build the routes that say how customers and their phones behave.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/_sandbox")
    chats = memory.chats

    @routes.get("/chats")
    async def all_chats() -> Response:
        return plain(view(memory))

    @routes.get("/contacts")
    async def contacts() -> Response:
        return plain([{"contact": contact, **asdict(state)} for contact, state in chats.contacts.items()])

    @routes.post("/contacts", status_code=204)
    async def set_contact(change: ContactChange) -> Response:
        given = change.given()
        contact = given.pop("contact")
        chats.set_contact(contact, replace(chats.state_of(contact), **given))
        return DONE

    @routes.post("/pace", status_code=204)
    async def set_pace(change: PaceChange) -> Response:
        chats.set_pace(change.pace())
        return DONE

    @routes.post("/failures", status_code=204)
    async def add_failures(failures: Failures) -> Response:
        chats.failures += [LateFailure(failures.error, failures.after)] * failures.times
        return DONE

    @routes.post("/listing", status_code=204)
    async def set_listing(change: ListingChange) -> Response:
        chats.listing = replace(chats.listing, **change.given())
        return DONE

    @routes.post("/taps")
    async def tap(order: Tap) -> Response:
        try:
            entry = chats.sent_as(order.wamid)
        except KeyError as error:
            raise HTTPException(404, f"No message {order.wamid} was sent") from error
        customer = order.customer or entry.contact
        in_group = entry.payload.get("recipient_type") == "group"
        if in_group and order.customer is None:
            raise HTTPException(400, "The message was sent to a group: from must tell who taps")
        if not in_group and customer != entry.contact:
            raise HTTPException(400, "The message was sent to somebody else than from")
        move = entry.move_at(memory.clock.now())
        if move and move.status == "FAILED":
            raise HTTPException(400, "The message failed: no phone has it, and nobody can tap in it")
        try:
            payload = tapped(entry, order.id, memory.templates)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return plain({"wamid": memory.receive(customer, payload)})

    return routes
