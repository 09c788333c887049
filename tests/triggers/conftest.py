"""What the tests of triggers change for a while."""

from __future__ import annotations

import pytest

from airflow_provider_chakra.api import retry


@pytest.fixture
def _no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the least where a pause is random, so that it hides no other pause."""
    monkeypatch.setattr(retry._random, "uniform", lambda least, most: least)
