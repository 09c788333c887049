"""The command ``chakra-sandbox``."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import shlex
import signal
import sys
import threading
from typing import TYPE_CHECKING

from airflow_provider_chakra.sandbox.defaults import (
    HOST,
    MISSING_EXTRA,
    PHONE_NUMBER_ID,
    PLUGIN_ID,
    PORT,
    TOKEN,
    WABA_ID,
    Account,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_chakra.sandbox.server import SandboxServer


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run a sandbox until it is interrupted.

    :param argv: the arguments; those of the process if there are none.
    :return: the exit code: 0 after an interruption, 1 if the port cannot be had, 2 if it cannot run at all.
    """
    arguments = _parser().parse_args(argv)
    try:
        from airflow_provider_chakra.sandbox.server import SandboxServer
    except ModuleNotFoundError:
        return _fail(MISSING_EXTRA, 2)

    logging.basicConfig(level=logging.INFO, format="%(asctime)s  %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    account = Account(arguments.token, arguments.plugin_id, arguments.phone_number_id, arguments.waba_id)
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    try:
        with SandboxServer(account, host=arguments.host, port=arguments.port) as server:
            _say(_welcome(server))
            if not _is_loopback(server.host):
                _warn(f"other machines can reach {server.host}, and the control API asks for no token.")
            interrupted.wait()
    except OSError as error:
        return _fail(f"Cannot listen on {arguments.host}:{arguments.port}: {error}", 1)
    return 0


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chakra-sandbox",
        description="A ChakraHQ on this machine, to develop against: it takes messages and sends none.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--host", default=HOST, help="address to listen on")
    parser.add_argument("--port", type=_port, default=PORT, help="port to listen on; 0 takes a free one")
    parser.add_argument("--token", default=TOKEN, help="bearer token to let in")
    parser.add_argument("--plugin-id", default=PLUGIN_ID, help="id of the WhatsApp plugin")
    parser.add_argument("--phone-number-id", default=PHONE_NUMBER_ID, help="id of the sending number")
    parser.add_argument("--waba-id", default=WABA_ID, help="id of the WhatsApp business account")
    return parser


def _welcome(server: SandboxServer) -> str:
    ((variable, connection),) = server.sandbox.environment().items()
    return f"""\
ChakraHQ sandbox, listening on {server.url}

The connection for Airflow:
  export {variable}={shlex.quote(connection)}

What arrived:  curl {server.url}/_sandbox/conversation
Every request: curl {server.url}/_sandbox/requests
Ctrl-C ends it."""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _warn(text: str) -> None:
    sys.stderr.write(f"Warning: {text}\n")


def _fail(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code
