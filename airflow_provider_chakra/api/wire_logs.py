"""What urllib3 logs of requests: their paths, but not the customers whom some of ChakraHQ's paths name."""

from __future__ import annotations

import logging
import re

# In paths of ChakraHQ's: phone numbers and records, and whatever comes after them.
_CUSTOMER = re.compile(r"(/v\d/ext/(?:[^\s?]*?/)?(?:phoneNumber|phone_number|process|p)/)[^\s?]+")
#: It warns of an answer's headers that it cannot read, and debugging shows every request.
_LOGGERS = ("urllib3.connection", "urllib3.connectionpool")


def _without_customers(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            _CUSTOMER.sub(r"\1***", value) if isinstance(value, str) else value for value in record.args
        )
    return True


def name_no_customers() -> None:
    """Take customers out of what urllib3 logs in this process; to ask for it twice does no harm."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_without_customers)
