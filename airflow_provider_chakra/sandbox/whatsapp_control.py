"""The part of the control API that plays WhatsApp and its customers: time, templates, chats and media."""

from __future__ import annotations

import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import Field, model_validator

from airflow_provider_chakra.sandbox.answers import plain
from airflow_provider_chakra.sandbox.chats import WindowRule
from airflow_provider_chakra.sandbox.entries import DeliveryStatus
from airflow_provider_chakra.sandbox.media import store
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.orders import DONE, Order, Seconds
from airflow_provider_chakra.sandbox.templates.parts import variables


class Advance(Order):
    """How far the clock shall move on, in seconds."""

    seconds: Annotated[float, Field(ge=0)]


class NewTemplate(Order):
    """A template that is there without WhatsApp's having looked at it."""

    name: str
    language: str
    category: Literal["AUTHENTICATION", "MARKETING", "UTILITY"]
    components: list[dict[str, Any]]
    status: Literal["APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL"]


class Review(Order):
    """What becomes of a template, in one language or in all of them."""

    name: str
    language: str | None = None
    status: Literal["APPROVED", "REJECTED"]
    rejected_reason: str | None = None


class Reviews(Order):
    """How long templates wait for their approval, in seconds; ``None`` leaves it to the control API."""

    seconds: Seconds | None


class Inbound(Order):
    """A message of a customer, in the shape in which WhatsApp's webhooks tell of it."""

    customer: Annotated[str, Field(min_length=1, alias="from")]
    payload: dict[str, Any]

    @model_validator(mode="after")
    def _has_content(self) -> Inbound:
        kind = self.payload.get("type")
        if not isinstance(kind, str) or kind not in self.payload:
            raise ValueError("a message has a type, and content by the name of its type")
        context = self.payload.get("context", {"id": ""})
        if not (isinstance(context, dict) and isinstance(context.get("id"), str)):
            raise ValueError("context has the id of the message that is answered")
        return self


class Delivery(Order):
    """How far a message came."""

    wamid: str
    status: DeliveryStatus
    error: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Delivery:
        if (self.status == "FAILED") != (self.error is not None):
            raise ValueError("what failed has an error, and nothing else has one")
        return self


class Windows(Order):
    """What becomes of free messages to customers who have not written within 24 hours."""

    rule: WindowRule


def whatsapp_control_routes(memory: Memory) -> APIRouter:
    """
    Build the routes that play WhatsApp and its customers.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/_sandbox")

    @routes.post("/clock", status_code=204)
    async def advance(order: Advance) -> Response:
        try:
            memory.clock.advance(order.seconds)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return DONE

    @routes.post("/templates")
    async def add_template(new: NewTemplate) -> Response:
        if memory.templates.find(new.name, new.language):
            raise HTTPException(409, f"There is a template {new.name} in {new.language}")
        texts = [part.get("text", "") for part in new.components if part.get("type") in {"HEADER", "BODY"}]
        named = any(not name.isdecimal() for text in texts for name in variables(text))
        form = {"parameter_format": "NAMED" if named else "POSITIONAL"}
        return plain(memory.templates.add(new.model_dump() | form))

    @routes.post("/templates/review", status_code=204)
    async def review(order: Review) -> Response:
        found = [
            template
            for template in memory.templates.named(order.name)
            if order.language in {None, template["language"]}
        ]
        if not found:
            raise HTTPException(404, f"There is no template {order.name}")
        for template in found:
            template["status"] = order.status
            template["rejected_reason"] = order.rejected_reason or "NONE"
        return DONE

    @routes.post("/templates/reviews", status_code=204)
    async def set_reviews(order: Reviews) -> Response:
        memory.templates.review_seconds = order.seconds
        return DONE

    @routes.post("/inbound")
    async def receive(inbound: Inbound) -> Response:
        return plain({"wamid": memory.receive(inbound.customer, inbound.payload)})

    @routes.post("/deliveries", status_code=204)
    async def deliver(delivery: Delivery) -> Response:
        try:
            memory.chats.deliver(delivery.wamid, delivery.status, delivery.error)
        except KeyError as error:
            raise HTTPException(404, f"No message {delivery.wamid} was sent") from error
        return DONE

    @routes.post("/windows", status_code=204)
    async def set_windows(windows: Windows) -> Response:
        memory.chats.window_rule = windows.rule
        return DONE

    @routes.get("/receipts")
    async def receipts() -> Response:
        return plain(memory.chats.receipts)

    @routes.post("/media")
    async def add_media(request: Request) -> Response:
        mime_type = request.headers.get("content-type", "application/octet-stream")
        file = store(io.BytesIO(await request.body()), mime_type, None)
        return plain({"id": memory.media.add_received(file)})

    @routes.get("/uploads")
    async def uploads() -> Response:
        return plain(memory.media.uploads)

    return routes
