"""All types of interactive messages."""

from __future__ import annotations

from typing import Final

from airflow_provider_chakra.sandbox.rules.carousel import CAROUSEL
from airflow_provider_chakra.sandbox.rules.choices import BUTTON, LIST
from airflow_provider_chakra.sandbox.rules.invitations import (
    ADDRESS_MESSAGE,
    CALL_PERMISSION_REQUEST,
    CTA_URL,
    FLOW,
    LOCATION_REQUEST,
    REQUEST_CONTACT_INFO,
    VOICE_CALL,
)
from airflow_provider_chakra.sandbox.rules.products import (
    CATALOG_MESSAGE,
    ORDER_DETAILS,
    ORDER_STATUS,
    PRODUCT,
    PRODUCT_LIST,
)
from airflow_provider_chakra.sandbox.shapes import Tagged

INTERACTIVE: Final = Tagged(
    "type",
    {
        "list": LIST,
        "button": BUTTON,
        "cta_url": CTA_URL,
        "flow": FLOW,
        "location_request_message": LOCATION_REQUEST,
        "address_message": ADDRESS_MESSAGE,
        "product": PRODUCT,
        "product_list": PRODUCT_LIST,
        "catalog_message": CATALOG_MESSAGE,
        "carousel": CAROUSEL,
        "call_permission_request": CALL_PERMISSION_REQUEST,
        "voice_call": VOICE_CALL,
        "request_contact_info": REQUEST_CONTACT_INFO,
        "order_details": ORDER_DETAILS,
        "order_status": ORDER_STATUS,
    },
)
