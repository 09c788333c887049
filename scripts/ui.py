"""Airflow's web interface with the example Dags, and a sandbox that plays ChakraHQ, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import sys
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from demo import DAG_ID, home_from_arguments
from furnish import furnish, make_orders
from local_airflow import HOST, AirflowFailedError, LocalAirflow, free_port

from airflow_provider_chakra.get_provider_info import get_provider_info
from airflow_provider_chakra.sandbox.client import Sandbox
from airflow_provider_chakra.sandbox.defaults import PORT
from airflow_provider_chakra.sandbox.pace import Pace
from airflow_provider_chakra.sandbox.server import SandboxServer

CONN_ID = "chakra_default"

READY = """
Airflow     {airflow}  (it asks for no log-in)
  the Dag         {airflow}/dags/{dag_id}
  its connection  {airflow}/connections  (try its Test button)
Sandbox     {sandbox}
  the phones      {sandbox}/
  what arrived    {sandbox}/_sandbox/conversation

Ctrl-C ends both."""


def conn_fields() -> dict[str, dict[str, Any]]:
    """Give the fields of our own in the connection's form, as the provider describes them."""
    connection_types: Any = get_provider_info()["connection-types"]
    fields: dict[str, dict[str, Any]] = connection_types[0]["conn-fields"]
    return fields


def connection_to(sandbox: Sandbox) -> dict[str, Any]:
    """
    Describe a sandbox as Airflow's REST API and its connection form do.

    :param sandbox: the sandbox.
    """
    address = urlsplit(sandbox.url)
    # Airflow 3.3 shows, when a connection is edited, only the fields that are stored.
    empty = {name: field["schema"].get("default") for name, field in conn_fields().items()}
    return {
        "connection_id": CONN_ID,
        "conn_type": "chakra",
        "host": f"{address.scheme}://{address.hostname}",
        # A field of its own: the Test button of Airflow 3.3 refuses connections without a stored port.
        "port": address.port,
        "password": sandbox.token,
        "extra": json.dumps(empty | sandbox.connection()["extra"]),
    }


def store(airflow: LocalAirflow, connection: dict[str, Any]) -> None:
    """
    Put a connection into Airflow's database, in place of one of the same name.

    :param airflow: a running Airflow.
    :param connection: what to store.
    """
    try:
        airflow.call("POST", "connections", connection)
    except HTTPError as error:
        if error.code != 409:
            raise
        airflow.call("PATCH", f"connections/{CONN_ID}", connection)


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """
    Run both until they are interrupted.

    :return: the exit code.
    """
    home = home_from_arguments(__doc__)
    # Explicitly, as a shell lets what it runs in the background ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    try:
        with SandboxServer(port=free_port(PORT), pace=Pace(1, 3)) as server:
            home.mkdir(parents=True, exist_ok=True)
            orders = make_orders(home / "orders.db")
            airflow = LocalAirflow(home, port=8080, environment={"AIRFLOW_CONN_ORDERS_DB": orders})
            furnish(server.sandbox, airflow.url)
            # Buttons lead there. A phone would find itself at 127.0.0.1, so the provider refuses that; here
            # the phones are on this machine, and this is the same address.
            airflow.environment["AIRFLOW__API__BASE_URL"] = airflow.url.replace(HOST, "127.1")
            print("Starting Airflow, which takes about a minute ...", flush=True)
            airflow.migrate()
            with airflow.standalone():
                store(airflow, connection_to(server.sandbox))
                print(READY.format(airflow=airflow.url, sandbox=server.url, dag_id=DAG_ID), flush=True)
                signal.pause()
    except KeyboardInterrupt:
        print("\nEnded.")
    except AirflowFailedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
