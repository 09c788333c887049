"""The command ``chakra-check-templates``."""

from __future__ import annotations

import io
import json
import sys

import pytest

from airflow_provider_chakra.cli import main

GOOD = {"name": "hello", "language": "en_US", "body": ["Asha"]}


@pytest.fixture
def check(tmp_path, capsys):
    """Run the command over a file; give the exit status, and what it wrote."""

    def run(content, *options):
        path = tmp_path / "templates.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        status = main([str(path), *options])
        written = capsys.readouterr()
        # Airflow 2 logs to the standard output.
        out = "".join(line for line in written.out.splitlines(keepends=True) if not line.startswith("["))
        return status, out, written.err

    return run


def test_all_fit(chakra_sandbox, check):
    chakra_sandbox.add_template("hello", body="Hello {{1}}")
    status, out, err = check([GOOD, {"name": "hello", "language": "en_US"}])
    assert (status, err) == (0, "")
    assert out == "hello (en_US): fits\nhello (en_US): fits\n2 of 2 templates fit.\n"


def test_some_do_not_fit(chakra_sandbox, check):
    chakra_sandbox.add_template("hello", body="Hello {{1}}")
    status, out, _ = check([GOOD, GOOD | {"body": ["Asha", "Ravi"]}, {"name": "bye", "language": "hi"}])
    assert status == 1
    lines = out.splitlines()
    assert lines[0] == "hello (en_US): fits"
    assert lines[1] == "hello (en_US): does not fit"
    assert lines[2].startswith("  - body: 1 value, for {{1}}; given: 2 values without a name;")
    assert lines[-1] == "1 of 3 templates fit."
    assert "Ravi" not in out


def test_another_connection(chakra_sandbox, check, monkeypatch):
    chakra_sandbox.add_template("hello", body="Hello {{1}}")
    for name, value in chakra_sandbox.environment("other").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AIRFLOW_CONN_CHAKRA_DEFAULT")
    assert check([GOOD], "--conn-id", "other")[0] == 0


@pytest.mark.parametrize("content", ["", "{", '{"name": "hello"}', '"hello"'])
def test_a_file_that_is_no_list_is_not_checked(chakra_sandbox, check, content):
    status, out, err = check(content)
    assert (status, out) == (2, "")
    assert "templates.json" in err
    assert chakra_sandbox.requests() == []


def test_a_file_that_is_not_there(capsys):
    assert main(["no-such-file.json"]) == 2
    assert "no-such-file.json" in capsys.readouterr().err


def test_what_cannot_be_asked_is_not_checked(chakra_sandbox, check, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=401, errors=["UNAUTHORIZED"])
    status, _, err = check([GOOD])
    assert status == 2
    assert "API Keys" in err
    status, _, err = check([GOOD], "--conn-id", "nowhere")
    assert status == 2
    assert "nowhere" in err


def test_the_standard_input(chakra_sandbox, monkeypatch, capsys):
    chakra_sandbox.add_template("hello", body="Hello {{1}}")
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps([GOOD])))
    assert main(["-"]) == 0
    assert capsys.readouterr().out.endswith("1 of 1 templates fit.\n")


def test_help_says_what_the_file_holds(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert '{"name": "welcome", "language": "hi"}' in told
    assert "Exit status" in told
