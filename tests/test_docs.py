"""Documentation that is made from the code is up to date."""

from __future__ import annotations

import importlib.util

from airflow_provider_chakra.api.codes import CODES, STATUSES
from tests.running import ROOT


def test_the_table_of_codes_is_the_one_of_the_code():
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
    assert spec is not None
    assert spec.loader is not None
    write_docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write_docs)
    text = write_docs.PAGE.read_text(encoding="utf-8")
    assert text == write_docs.page(), "run `make docs`"
    for code in CODES:
        assert 200 <= code < 300 or f"| {code} |" in text
    for status in STATUSES:
        assert f"| HTTP {status} |" in text
