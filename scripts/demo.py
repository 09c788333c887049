"""Run the example Dag once, and show what arrives: at a sandbox, or for real if the environment says how."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_airflow import ROOT, AirflowFailedError, LocalAirflow

from airflow_provider_chakra.messages.recipient import mask
from airflow_provider_chakra.sandbox.client import Sandbox
from airflow_provider_chakra.sandbox.server import SandboxServer

DAG_ID = "example_chakra_messages"
HOME = ROOT / ".demo" / "airflow"
CONNECTION = "AIRFLOW_CONN_CHAKRA_DEFAULT"
SAMPLE_RECIPIENT = "919876543210"
#: What the connection needs to send for real, by the names of its parts.
PARTS = {
    "password": "CHAKRA_TOKEN",
    "plugin_id": "CHAKRA_PLUGIN_ID",
    "phone_number_id": "CHAKRA_PHONE_NUMBER_ID",
}
# What the hook logs for each message.
_SENT = re.compile(r"WhatsApp accepted the (.+) to (\S+) as (wamid\.\S+)")

NEXT = """\
Next:
  make ui     Airflow's web interface with this Dag and a connection to a sandbox
  To send for real, set {variables}
  and run `make demo` again. WhatsApp delivers such messages
  only to somebody who wrote to you within the last 24 hours.
"""


class WrongSettingsError(ValueError):
    """The environment does not say clearly whether, or how, to send for real."""


@dataclass
class Way:
    """
    How the messages are to be sent.

    :param environment: the variables that make it so.
    :param announcement: what to tell before anything is sent.
    :param sandbox: where the messages arrive; ``None`` if they are real.
    """

    environment: dict[str, str] = field(repr=False)
    announcement: str
    sandbox: Sandbox | None = None


def real_way(environment: Mapping[str, str]) -> Way | None:
    """
    Read from the environment how to send for real.

    :param environment: the variables.
    :return: the way; ``None`` if nothing asks for it.
    :raises WrongSettingsError: if what asks for it is incomplete or contradicts itself.
    """
    given = {name: value for name, value in environment.items() if value.strip()}
    recipient, connection = given.get("CHAKRA_TO"), given.get(CONNECTION)
    parts = [name for name in (*PARTS.values(), "CHAKRA_HOST") if name in given]
    if not recipient and not parts:
        return None
    if connection and parts:
        raise WrongSettingsError(f"{CONNECTION} and {', '.join(parts)} are both set: keep one way.")
    needed = ["CHAKRA_TO"] if connection else [*PARTS.values(), "CHAKRA_TO"]
    missing = [name for name in needed if name not in given]
    if missing or recipient is None:
        raise WrongSettingsError(f"To send for real set {', '.join(missing)} as well.")
    if connection is None:
        connection = json.dumps(_connection(given))
        through = given.get("CHAKRA_HOST", "ChakraHQ")
    else:
        through = f"the connection in {CONNECTION}"
    plain = re.sub(r"[^\w.]", "", recipient)
    return Way(
        {CONNECTION: connection, "CHAKRA_TO": recipient},
        f"Sending FOR REAL, through {through}, to {mask(plain)}.",
    )


def _connection(given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "conn_type": "chakra",
        "host": given.get("CHAKRA_HOST", ""),
        "password": given[PARTS["password"]],
        "extra": {name: given[PARTS[name]] for name in ("plugin_id", "phone_number_id")},
    }


@contextmanager
def sandbox_way() -> Generator[Way, None, None]:
    """Start a sandbox, and give the way to it."""
    with SandboxServer() as server:
        sandbox = server.sandbox
        yield Way(
            {**sandbox.environment(), "CHAKRA_TO": SAMPLE_RECIPIENT},
            f"Nothing leaves this machine: a sandbox at {sandbox.url} plays ChakraHQ.",
            sandbox,
        )


def send(way: Way, home: Path) -> None:
    """
    Run the example Dag, and show what happened.

    :param way: how to send.
    :param home: where Airflow lives.
    :raises AirflowFailedError: if the Dag failed.
    """
    airflow = LocalAirflow(home, environment=way.environment)
    airflow.log.unlink(missing_ok=True)
    print(way.announcement)
    with _step("Making Airflow's database"):
        airflow.migrate()
    try:
        with _step(f"Running the Dag {DAG_ID}"):
            airflow.run("dags", "test", DAG_ID)
    finally:
        # A Dag that failed may have sent some of its messages before.
        print(f"  its log: {airflow.log}\n")
        if way.sandbox:
            print(way.sandbox.conversation())
        for kind, recipient, wamid in _SENT.findall(airflow.log.read_text()):
            print(f"{kind:15} to {recipient}  {wamid}")


@contextmanager
def _step(what: str) -> Generator[None, None, None]:
    print(f"  {what} ...", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed")
        raise
    print(f" done in {time.monotonic() - started:.0f} s")


def home_from_arguments(description: str | None) -> Path:
    """
    Read the command line.

    :param description: what the command does.
    :return: where Airflow is to live.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--home", type=Path, default=HOME, help="folder for Airflow (default: %(default)s)")
    home: Path = parser.parse_args().home
    return home


def main() -> int:
    """
    Send.

    :return: the exit code.
    """
    home = home_from_arguments(__doc__)
    try:
        real = real_way(os.environ)
        if real:
            send(real, home)
        else:
            with sandbox_way() as way:
                send(way, home)
            print("\n" + NEXT.format(variables=", ".join([*PARTS.values(), "CHAKRA_TO"])), end="")
    except (WrongSettingsError, AirflowFailedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
