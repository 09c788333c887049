"""The command ``chakra-check-templates``: do the templates that Dags send exist, and fit? For CI."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_FITS, _MISFIT, _NOT_CHECKED = 0, 1, 2
_ABOUT = """\
Compare templates with what WhatsApp lists, through ChakraHQ. Nothing is sent.

FILE holds a JSON array, "-" is the standard input:
  [{"name": "order_shipped", "language": "en_US", "body": ["Asha", "4711"],
    "buttons": [{"url": "track/4711"}]},
   {"name": "welcome", "language": "hi"}]
Values are samples: their number, names and kinds count. The fields are those of SendTemplateOperator.

The Airflow connection, with its waba_id, comes from where Airflow looks for connections, such as the
environment variable AIRFLOW_CONN_CHAKRA_DEFAULT.

Exit status: 0 all fit, 1 some do not, 2 they could not be checked."""


def main(argv: Sequence[str] | None = None) -> int:
    """
    Check the templates of a file.

    :param argv: the arguments; those of the process if there are none.
    :return: the exit status: 0 if all fit, 1 if some do not, 2 if they could not be checked.
    """
    arguments = _parser().parse_args(argv)
    try:
        text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text("utf-8")
        templates = json.loads(text)
    except (OSError, ValueError) as error:
        return _fail(f"{arguments.file} could not be read as JSON: {error}")
    if not isinstance(templates, list):
        return _fail(f"{arguments.file} must hold an array of templates.")
    # Airflow takes a second to import: not before the file is known to be good.
    from airflow_provider_chakra.hooks.chakra import ChakraHook
    from airflow_provider_chakra.operators.template_check import check_templates

    try:
        checked = check_templates(ChakraHook(arguments.conn_id), templates)
    # Whatever Airflow raises where it knows no such connection.
    except Exception as error:
        return _fail(f"The templates could not be checked: {error}")
    return _report(checked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chakra-check-templates",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="the templates, as JSON")
    parser.add_argument("--conn-id", default="chakra_default", help="the Airflow connection (%(default)s)")
    return parser


def _report(checked: list[tuple[str, list[Any]]]) -> int:
    for where, problems in checked:
        sys.stdout.write(f"{where}: {'does not fit' if problems else 'fits'}\n")
        sys.stdout.writelines(f"  - {problem}\n" for problem in problems)
    failed = sum(bool(problems) for _, problems in checked)
    sys.stdout.write(f"{len(checked) - failed} of {len(checked)} templates fit.\n")
    return _MISFIT if failed else _FITS


def _fail(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return _NOT_CHECKED
