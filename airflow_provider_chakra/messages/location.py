"""Location messages: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/location-messages."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import PlainValidator

from airflow_provider_chakra.messages.base import Message, Part, broken
from airflow_provider_chakra.messages.limits import LATITUDE_MAX, LONGITUDE_MAX
from airflow_provider_chakra.messages.problems import json_type

_DEGREES = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


def _degrees(most: int) -> PlainValidator:
    limit = f"degrees between -{most} and {most}, as a number or a decimal text"

    def check(value: Any) -> int | float | str:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise broken(limit, json_type(value), f"give a number such as {most / 8}")
        if isinstance(value, str) and not _DEGREES.fullmatch(value):
            raise broken(limit, "a text that is no decimal number", f'write it as "{most / 8}"')
        # The comparison is false for nan, too.
        if not -most <= (float(value) if isinstance(value, str) else value) <= most:
            raise broken(limit, "a number outside of it", "check that latitude and longitude are not swapped")
        return value

    return PlainValidator(check)


class Location(Part):
    """
    A place on the map.

    :param latitude: degrees, -90 to 90, as a number or as decimal text; it is sent as it is given.
    :param longitude: degrees, -180 to 180, likewise.
    :param name: what the place is called.
    :param address: its address, shown below the name.
    """

    latitude: Annotated[int | float | str, _degrees(LATITUDE_MAX)]
    longitude: Annotated[int | float | str, _degrees(LONGITUDE_MAX)]
    name: str | None = None
    address: str | None = None


class LocationMessage(Message):
    """
    A location message.

    :param location: the place.
    """

    kind: ClassVar[str] = "location message"

    type: Literal["location"] = "location"
    location: Location
