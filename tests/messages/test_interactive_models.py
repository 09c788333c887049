"""Interactive messages made by hand, as in a Dag."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from airflow_provider_chakra.messages import parse_message
from airflow_provider_chakra.messages.interactive.addresses import (
    AddressAction,
    AddressInteractive,
    AddressMessage,
    AddressParameters,
    AddressValues,
)
from airflow_provider_chakra.messages.interactive.buttons import (
    Button,
    ButtonsAction,
    ButtonsInteractive,
    ButtonsMessage,
    Reply,
)
from airflow_provider_chakra.messages.interactive.calls import (
    CallPermissionInteractive,
    CallPermissionMessage,
    VoiceCallAction,
    VoiceCallInteractive,
    VoiceCallMessage,
    VoiceCallParameters,
)
from airflow_provider_chakra.messages.interactive.carousels import (
    CardBody,
    CarouselAction,
    CarouselInteractive,
    CarouselMessage,
    MediaCard,
    ProductCard,
    QuickReply,
    QuickReplyAction,
    QuickReplyButton,
)
from airflow_provider_chakra.messages.interactive.flows import (
    FlowAction,
    FlowActionPayload,
    FlowInteractive,
    FlowMessage,
    FlowParameters,
)
from airflow_provider_chakra.messages.interactive.links import (
    CtaUrlAction,
    CtaUrlInteractive,
    CtaUrlMessage,
    CtaUrlParameters,
)
from airflow_provider_chakra.messages.interactive.orders import (
    Amount,
    Order,
    OrderDetailsAction,
    OrderDetailsInteractive,
    OrderDetailsMessage,
    OrderDetailsParameters,
    OrderItem,
    OrderState,
    OrderStatusAction,
    OrderStatusInteractive,
    OrderStatusMessage,
    OrderStatusParameters,
)
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    DocumentHeader,
    ImageHeader,
    TextHeader,
)
from airflow_provider_chakra.messages.interactive.products import (
    CatalogInteractive,
    CatalogMessage,
    ProductAction,
    ProductInteractive,
    ProductItem,
    ProductListAction,
    ProductListInteractive,
    ProductListMessage,
    ProductMessage,
    ProductSection,
)
from airflow_provider_chakra.messages.interactive.requests import (
    ContactInfoRequestInteractive,
    ContactInfoRequestMessage,
    LocationRequestInteractive,
    LocationRequestMessage,
)
from airflow_provider_chakra.messages.media import Media, NamedMedia
from tests.messages.interactive import (
    BODY,
    CTA,
    IMAGE_HEADER,
    LINK,
    MINIMAL,
    PHONE,
    TEXT_HEADER,
    amount,
    button,
    flow,
    product_card,
    products,
    quick_reply,
    whole,
)

_B = Body(text="B")
_LINK = CtaUrlAction(parameters=CtaUrlParameters(display_text="Open", url=LINK))
_IMAGE = ImageHeader(image=Media(link=LINK))


def _media_card(index: int) -> MediaCard:
    return MediaCard(card_index=index, header=_IMAGE, body=CardBody(text="C"), action=_LINK)


def _quick_reply_card(index: int) -> MediaCard:
    reply = QuickReplyButton(quick_reply=QuickReply(id="reply-0", title="Reply 0"))
    return MediaCard(card_index=index, header=_IMAGE, action=QuickReplyAction(buttons=[reply]))


def _product_card(index: int) -> ProductCard:
    return ProductCard(
        card_index=index, action=ProductAction(catalog_id="1", product_retailer_id=f"sku-{index}")
    )


def _carousel(card, *indexes: int) -> CarouselMessage:
    action = CarouselAction(cards=[card(index) for index in indexes])
    return CarouselMessage(to=PHONE, interactive=CarouselInteractive(body=_B, action=action))


def _wire_card(index: int, **fields: object) -> dict[str, object]:
    return {"card_index": index, "type": "cta_url", "header": IMAGE_HEADER} | fields


@pytest.mark.parametrize(
    ("message", "interactive"),
    [
        (
            ButtonsMessage(
                to=PHONE,
                interactive=ButtonsInteractive(
                    header=DocumentHeader(document=NamedMedia(id="1", filename="a.pdf")),
                    body=_B,
                    action=ButtonsAction(buttons=[Button(reply=Reply(id="button-0", title="Button 0"))]),
                ),
            ),
            {
                "type": "button",
                "header": {"type": "document", "document": {"id": "1", "filename": "a.pdf"}},
                "body": BODY,
                "action": {"buttons": [button()]},
            },
        ),
        (
            CtaUrlMessage(
                to=PHONE,
                interactive=CtaUrlInteractive(header=TextHeader(text="H"), body=_B, action=_LINK),
            ),
            {"type": "cta_url", "header": TEXT_HEADER, "body": BODY, "action": CTA},
        ),
        (
            FlowMessage(
                to=PHONE,
                interactive=FlowInteractive(
                    body=_B,
                    action=FlowAction(
                        parameters=FlowParameters(
                            flow_id="1",
                            flow_cta="Start",
                            flow_action_payload=FlowActionPayload(screen="S", data={"a": 1}),
                        )
                    ),
                ),
            ),
            {
                "type": "flow",
                "body": BODY,
                "action": flow(flow_action_payload={"screen": "S", "data": {"a": 1}}),
            },
        ),
        (
            LocationRequestMessage(to=PHONE, interactive=LocationRequestInteractive(body=_B)),
            MINIMAL["location_request_message"],
        ),
        (
            ContactInfoRequestMessage(to=PHONE, interactive=ContactInfoRequestInteractive(body=_B)),
            MINIMAL["request_contact_info"],
        ),
        (AddressMessage(to=PHONE, interactive=AddressInteractive(body=_B)), MINIMAL["address_message"]),
        (
            AddressMessage(
                to=PHONE,
                interactive=AddressInteractive(
                    body=_B,
                    action=AddressAction(parameters=AddressParameters(values=AddressValues(city="Pune"))),
                ),
            ),
            {
                "type": "address_message",
                "body": BODY,
                "action": {
                    "name": "address_message",
                    "parameters": {"country": "IN", "values": {"city": "Pune"}},
                },
            },
        ),
        (
            ProductMessage(
                to=PHONE,
                interactive=ProductInteractive(
                    action=ProductAction(catalog_id="1", product_retailer_id="sku-0")
                ),
            ),
            MINIMAL["product"],
        ),
        (
            ProductListMessage(
                to=PHONE,
                interactive=ProductListInteractive(
                    header=TextHeader(text="H"),
                    body=_B,
                    action=ProductListAction(
                        catalog_id="1",
                        sections=[
                            ProductSection(
                                title=title, product_items=[ProductItem(product_retailer_id="sku-0")]
                            )
                            for title in "AB"
                        ],
                    ),
                ),
            ),
            {
                "type": "product_list",
                "header": TEXT_HEADER,
                "body": BODY,
                "action": {"catalog_id": "1", "sections": [products(1, title=title) for title in "AB"]},
            },
        ),
        (CatalogMessage(to=PHONE, interactive=CatalogInteractive(body=_B)), MINIMAL["catalog_message"]),
        (
            _carousel(_media_card, 0, 1),
            {
                "type": "carousel",
                "body": BODY,
                "action": {"cards": [_wire_card(n, body={"text": "C"}, action=CTA) for n in (0, 1)]},
            },
        ),
        (
            _carousel(_quick_reply_card, 0, 1),
            {
                "type": "carousel",
                "body": BODY,
                "action": {"cards": [_wire_card(n, action={"buttons": [quick_reply()]}) for n in (0, 1)]},
            },
        ),
        (
            _carousel(_product_card, 0, 1),
            {"type": "carousel", "body": BODY, "action": {"cards": [product_card(0), product_card(1)]}},
        ),
        (
            CallPermissionMessage(to=PHONE, interactive=CallPermissionInteractive()),
            MINIMAL["call_permission_request"],
        ),
        (
            VoiceCallMessage(
                to=PHONE,
                interactive=VoiceCallInteractive(
                    body=_B, action=VoiceCallAction(parameters=VoiceCallParameters(ttl_minutes=60))
                ),
            ),
            {
                "type": "voice_call",
                "body": BODY,
                "action": {"name": "voice_call", "parameters": {"ttl_minutes": 60}},
            },
        ),
        (
            OrderDetailsMessage(
                to=PHONE,
                interactive=OrderDetailsInteractive(
                    body=_B,
                    action=OrderDetailsAction(
                        parameters=OrderDetailsParameters(
                            reference_id="order-42",
                            type="digital-goods",
                            payment_type="upi",
                            currency="INR",
                            total_amount=Amount(value=1000, offset=100),
                            order=Order(
                                status="pending",
                                items=[
                                    OrderItem(name="A", amount=Amount(value=1000, offset=100), quantity=1)
                                ],
                            ),
                        )
                    ),
                ),
            ),
            {
                "type": "order_details",
                "body": BODY,
                "action": {
                    "name": "review_and_pay",
                    "parameters": {
                        "reference_id": "order-42",
                        "type": "digital-goods",
                        "payment_type": "upi",
                        "currency": "INR",
                        "total_amount": amount(1000),
                        "order": {
                            "status": "pending",
                            "items": [{"name": "A", "amount": amount(1000), "quantity": 1}],
                        },
                    },
                },
            },
        ),
        (
            OrderStatusMessage(
                to=PHONE,
                interactive=OrderStatusInteractive(
                    body=_B,
                    action=OrderStatusAction(
                        parameters=OrderStatusParameters(
                            reference_id="order-42", order=OrderState(status="shipped")
                        )
                    ),
                ),
            ),
            MINIMAL["order_status"],
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_message_can_be_written_by_hand(message, interactive, recwarn):
    assert message.payload() == whole(interactive)
    assert parse_message(whole(interactive)) == message
    assert not recwarn.list


def test_what_is_wrong_is_told_to_a_constructor_too():
    with pytest.raises(ValidationError, match="unique in the message") as caught:
        _carousel(_product_card, 0, 0)
    assert caught.value.errors()[0]["loc"] == ("cards[1].card_index",)
    with pytest.raises(ValidationError, match="the same on all cards"):
        CarouselAction(cards=[_media_card(0), _product_card(1)])
    with pytest.raises(ValidationError, match="one catalog for all cards"):
        CarouselAction(
            cards=[
                _product_card(0),
                ProductCard(card_index=1, action=ProductAction(catalog_id="2", product_retailer_id="a")),
            ]
        )
    with pytest.raises(ValidationError, match="the same kind and number"):
        CarouselAction(cards=[_media_card(0), _quick_reply_card(1)])
    reply = Button(reply=Reply(id="a", title="the secret words"))
    with pytest.raises(ValidationError, match="unique in the message") as caught:
        ButtonsAction(buttons=[reply, reply])
    assert "secret" not in str(caught.value)
    with pytest.raises(ValidationError, match="an object; given: a Python Reply"):
        ButtonsInteractive(header=Reply(id="a", title="b"), body=_B, action=ButtonsAction(buttons=[reply]))


@pytest.mark.parametrize(("kind", "module"), [("list", "lists"), ("button", "buttons"), ("flow", "flows")])
def test_sending_one_kind_builds_no_models_of_another(kind, module):
    code = (
        "import sys; from airflow_provider_chakra.messages import parse_message;"
        f"parse_message({whole(MINIMAL[kind])!r});"
        "built = {name.rpartition('.')[2] for name in sys.modules if '.messages.interactive.' in name};"
        f"sys.exit(built != {{'parts', {module!r}}})"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
