"""
A report every morning: a chart of the week, drawn by a task, sent as an image.

The chart is uploaded to where anyone who has its link can read it, as ChakraHQ knows no other way to send
a file of one's own: so it holds nothing that must stay secret.
"""

from __future__ import annotations

import os
import struct
import tempfile
import zlib
from datetime import datetime
from pathlib import Path

from airflow.providers.common.compat.sdk import DAG, Param, task

from airflow_provider_chakra.operators.messages import SendImageOperator

GREEN, WHITE = bytes((37, 211, 102)), bytes((255, 255, 255))


def bars(values: list[int], *, bar: int = 40, height: int = 200) -> bytes:
    """Draw a bar for each value, as a PNG of 8-bit RGB: the kind that WhatsApp takes."""
    tops = [height - round(value * height / max(values)) for value in values]
    rows = b"".join(
        b"\0" + b"".join((GREEN if y >= top else WHITE) * (bar - 8) + WHITE * 8 for top in tops)
        for y in range(height)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", bar * len(values), height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


with DAG(
    dag_id="example_chakra_report",
    schedule="0 7 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={"to": Param(os.environ.get("CHAKRA_TO", "919876543210"), type="string", title="Recipient")},
    doc_md=__doc__,
) as dag:

    @task
    def draw() -> str:
        """Draw the orders of the last seven days, and return where the chart is."""
        # Workers on several machines need a folder that all of them see, or s3://bucket/key.
        path = Path(tempfile.mkdtemp(prefix="chakra-report-")) / "orders.png"
        path.write_bytes(bars([31, 44, 28, 52, 60, 75, 49]))
        return str(path)

    SendImageOperator(
        task_id="send_report",
        to="{{ params.to }}",
        file=draw(),
        public=True,
        caption="Orders of the last seven days, day by day.",
    )
