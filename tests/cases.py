"""The payloads that models and sandbox are both tried with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def payload_cases() -> list[dict[str, Any]]:
    """Read the cases; one that WhatsApp refuses only after acceptance counts as valid."""
    lines = (Path(__file__).parent / "data" / "payloads.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    for case in cases:
        case["valid"] = case["valid"] or case.get("enforcement") == "async"
    return cases
