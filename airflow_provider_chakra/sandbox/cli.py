"""The command ``chakra-sandbox``."""

from __future__ import annotations

import argparse
import logging
import os
import re
import shlex
import signal
import sys
from queue import SimpleQueue
from typing import TYPE_CHECKING, get_args

from airflow_provider_chakra.sandbox.chats import WindowRule
from airflow_provider_chakra.sandbox.defaults import (
    HOST,
    MISSING_EXTRA,
    PHONE_NUMBER_ID,
    PLUGIN_ID,
    PORT,
    TOKEN,
    WABA_ID,
    WEBHOOK_SECRET,
    Account,
)
from airflow_provider_chakra.sandbox.guard import is_loopback
from airflow_provider_chakra.sandbox.pace import Pace

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
    # An event that is set by a signal while it begins to be waited for would wait for itself.
    interrupted: SimpleQueue[None] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.put(None))
    try:
        with SandboxServer(
            account,
            host=arguments.host,
            port=arguments.port,
            pace=arguments.pace,
            windows=arguments.windows,
        ) as server:
            if arguments.webhook:
                server.sandbox.webhooks(arguments.webhook, _secret(arguments), lasting=True)
            _say(_welcome(server, arguments))
            if not is_loopback(server.host):
                _warn(f"other machines can reach {server.host}, and the control API asks for no token.")
            interrupted.get()
    except OSError as error:
        return _fail(f"Cannot listen on {arguments.host}:{arguments.port}: {error}", 1)
    return 0


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return int(text)


def _pace(text: str) -> Pace:
    try:
        if text == "off":
            return Pace()
        delivered_after, read_after = map(float, text.split(","))
        return Pace(delivered_after, read_after)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is neither off nor two times such as 1,3") from None


def _address(text: str) -> str:
    if not re.match(r"https?://[^\s/]", text):
        raise argparse.ArgumentTypeError(f"{text} is no address such as http://127.0.0.1:8080/webhook")
    return text


def _environment(name: str) -> str:
    if not os.environ.get(name):
        raise argparse.ArgumentTypeError(f"the environment variable {name} is not set")
    return name


def _secret(arguments: argparse.Namespace) -> str:
    name: str | None = arguments.webhook_secret_env
    return os.environ[name] if name else WEBHOOK_SECRET


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chakra-sandbox",
        description="A ChakraHQ on this machine, to develop against: it takes messages and sends none.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--host",
        default=HOST,
        help="address to listen on; requests are answered to localhost and to this address only, to any "
        "name with 0.0.0.0, and, unless it is a loopback address, also to any name with the token",
    )
    parser.add_argument("--port", type=_port, default=PORT, help="port to listen on; 0 takes a free one")
    parser.add_argument("--token", default=TOKEN, help="bearer token to let in")
    parser.add_argument("--plugin-id", default=PLUGIN_ID, help="id of the WhatsApp plugin")
    parser.add_argument("--phone-number-id", default=PHONE_NUMBER_ID, help="id of the sending number")
    parser.add_argument("--waba-id", default=WABA_ID, help="id of the WhatsApp business account")
    parser.add_argument(
        "--pace",
        type=_pace,
        default="1,3",
        metavar="off|DELIVERED,READ",
        help="seconds until messages are delivered and read by themselves",
    )
    parser.add_argument(
        "--windows",
        choices=get_args(WindowRule),
        default="open",
        help="what becomes of free messages later than 24 hours after the customer wrote: they pass, "
        "they are taken and fail a second later, as at WhatsApp, or they are refused at once",
    )
    parser.add_argument(
        "--webhook", type=_address, metavar="URL", help="whom to tell of statuses and customers' messages"
    )
    parser.add_argument(
        "--webhook-secret-env",
        type=_environment,
        metavar="NAME",
        help=f"environment variable with the secret that signs these calls; without it {WEBHOOK_SECRET} does",
    )
    return parser


def _welcome(server: SandboxServer, arguments: argparse.Namespace) -> str:
    extra, rest = {}, ""
    if arguments.webhook and arguments.webhook_secret_env:
        # Somebody's own secret is not shown.
        rest = f"  and in its extra, as webhook_secret, what {arguments.webhook_secret_env} holds\n"
    elif arguments.webhook:
        extra = {"webhook_secret": WEBHOOK_SECRET}
    ((variable, connection),) = server.sandbox.environment(**extra).items()
    return f"""\
ChakraHQ sandbox, listening on {server.url}

The connection for Airflow:
  export {variable}={shlex.quote(connection)}
{rest}
The phones:    {server.url}/
What arrived:  curl {server.url}/_sandbox/conversation
Every request: curl {server.url}/_sandbox/requests
Ctrl-C ends it."""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _warn(text: str) -> None:
    sys.stderr.write(f"Warning: {text}\n")


def _fail(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code
