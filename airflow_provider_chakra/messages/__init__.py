"""
What can be said on WhatsApp: models in the wire's own shape. They know neither Airflow nor HTTP.

.. code-block:: python

    from airflow_provider_chakra.messages import Text, TextMessage, parse_message

    message = TextMessage(to="+91 98765 43210", text=Text(body="Your order has left."))
    same = parse_message(message.payload())
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

# A module is loaded when the first of its names is asked for, so that nobody builds models that are
# not used. Its names stand in the stub beside this file, where type checkers and editors look, too.
_STUB = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
_HOMES = {name: home for home, name in re.findall(r"^from (\S+) import (\w+) as", _STUB, re.MULTILINE)}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value
