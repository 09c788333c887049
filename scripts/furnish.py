"""What the example Dags find: templates in a sandbox, and a database with orders."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox

ORDERS = (
    (4711, "919876543210", "Asha", 1499.0, 0),
    (4712, "919876543211", "Ravi", 250.5, 1),
    (4713, "919876543212", "Meera", 99.0, 0),
)


def furnish(sandbox: Sandbox, airflow: str = "https://airflow.example.com") -> None:
    """
    Put the templates of the example Dags into a sandbox.

    :param sandbox: the sandbox; templates that Dags make are approved at once.
    :param airflow: where the button of a request leads.
    """
    sandbox.add_template(
        "payment_reminder",
        language="en",
        body="Dear {{1}}, order {{2}} over {{3}} rupees is not paid yet.",
        buttons=[{"type": "URL", "text": "Pay", "url": "https://shop.example.com/{{1}}"}],
    )
    sandbox.add_template("load_failed", language="en", body="The load {{1}} failed in run {{2}}.")
    sandbox.add_template("your_answer_is_here", language="en", body="You asked us something: {{1}}")
    sandbox.add_template(
        "delivery_slot",
        language="en",
        body="When shall we bring your parcel tomorrow?",
        buttons=[
            {"type": "QUICK_REPLY", "text": text} for text in ("8 to 12", "12 to 18", "I'll pick it up")
        ],
    )
    sandbox.add_template(
        "approval_needed",
        language="en",
        body="Airflow asks: {{1}}",
        buttons=[{"type": "URL", "text": "Answer", "url": f"{airflow}/{{{{1}}}}"}],
    )
    sandbox.approve_templates_after(0)


def make_orders(path: Path) -> str:
    """
    Make a database with orders.

    :param path: its file, written anew.
    :return: an Airflow connection to it, as JSON.
    """
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    with database:
        database.execute(
            "CREATE TABLE orders "
            "(number INTEGER PRIMARY KEY, phone TEXT, name TEXT, amount REAL, paid INTEGER)"
        )
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", ORDERS)
    database.close()
    return json.dumps({"conn_type": "sqlite", "host": str(path)})
