"""An Airflow in a folder of its own: it neither reads nor changes the Airflow of whoever starts it."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE_DAGS = ROOT / "example_dags"
HOST = "127.0.0.1"
# None of those that systems give of their own accord: Airflow takes its port seconds after it was found free.
_PORTS = range(15_000, 32_000)

# Everything here is on this machine; a proxy that the environment asks for could not even reach it.
_open = build_opener(ProxyHandler({})).open


class AirflowFailedError(RuntimeError):
    """Airflow did not do what it was started for."""

    def __init__(self, what: str, log: str) -> None:
        tail = "\n".join(line[:300] for line in log.rstrip().splitlines()[-30:])
        super().__init__(f"{what}. The end of its log:\n\n{tail}\n")


def free_port(wanted: int = 0) -> int:
    """
    Give a port that nobody listens on.

    :param wanted: the port to prefer; 0 has no preference.
    """
    for port in (*([wanted] if wanted else []), *random.sample(_PORTS, 100)):
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
    raise OSError("There is no free port")


def _other_ports(port: int) -> list[int]:
    """Give two ports more that nobody listens on."""
    found: set[int] = set()
    while len(found) < 2:
        found |= {free_port()} - {port}
    return sorted(found)


class LocalAirflow:
    """
    An Airflow with its own home, database and ports.

    :param home: the folder it lives in; made if it is not there.
    :param port: the port of its API server; any free one if that is taken.
    :param dags_folder: where its Dags are.
    :param environment: variables to add to its environment.
    """

    def __init__(
        self,
        home: Path,
        *,
        port: int = 0,
        dags_folder: Path = EXAMPLE_DAGS,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home.resolve()
        self.home.mkdir(parents=True, exist_ok=True)
        self.log = self.home / "airflow.log"
        port = free_port(port)
        worker_logs, trigger_logs = _other_ports(port)
        self.url = f"http://{HOST}:{port}"
        self.environment = {
            **_inherited(),
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder),
            # With the default of 32 LocalExecutor's processes lock each other out of SQLite.
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
            # The server can be reached from this machine only, so it asks for no password.
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__API__HOST": HOST,
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(worker_logs),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger_logs),
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            **(environment or {}),
        }
        self._token: str | None = None

    def run(self, *arguments: str) -> str:
        """
        Run a command of Airflow's.

        :param arguments: such as ``"db", "migrate"``.
        :return: what it printed.
        :raises AirflowFailedError: if it failed.
        """
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        with self.log.open("a") as log:
            log.write(done.stdout)
        if done.returncode:
            raise AirflowFailedError(f"`airflow {' '.join(arguments)}` failed", done.stdout)
        return done.stdout

    def migrate(self) -> None:
        """
        Make the database, or bring it up to date.

        :raises AirflowFailedError: if that failed.
        """
        self.run("db", "migrate")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """
        Start a command of Airflow's that does not end by itself.

        :param arguments: such as ``"triggerer"``.
        :return: its process, with a process group of its own, so that all of its many processes can be ended
            at once.
        """
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "airflow", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @contextmanager
    def standalone(self, patience: float = 300) -> Generator[LocalAirflow, None, None]:
        """
        Run ``airflow standalone`` as long as the ``with`` block lasts.

        :param patience: seconds until all of its parts must be healthy.
        :return: itself, ready for requests.
        :raises AirflowFailedError: if it did not start.
        """
        self.log.unlink(missing_ok=True)
        process = self.start("standalone")
        try:
            self.wait_until_healthy(process, patience=patience)
            yield self
        finally:
            _end_group(process)

    def wait_until_healthy(self, *processes: subprocess.Popen[bytes], patience: float = 300) -> None:
        """
        Wait until all parts of Airflow say that they are healthy.

        :param processes: what must not end meanwhile.
        :param patience: seconds until they must be.
        :raises AirflowFailedError: if they are not.
        """
        end = time.monotonic() + patience
        while not self._is_healthy():
            if any(process.poll() is not None for process in processes):
                raise AirflowFailedError("Airflow, or a part of it, ended", self.log.read_text())
            if time.monotonic() > end:
                what = f"Airflow was not healthy within {patience:.0f} seconds"
                raise AirflowFailedError(what, self.log.read_text())
            time.sleep(0.5)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """
        Make a request to Airflow's REST API.

        :param method: HTTP method.
        :param path: path below ``/api/v2/``.
        :param body: what to send as JSON.
        :return: the decoded answer.
        :raises urllib.error.HTTPError: if the API refused.
        """
        if self._token is None:
            self._token = self._request("GET", "/auth/token")["access_token"]
        return self._request(method, f"/api/v2/{path}", body, {"Authorization": f"Bearer {self._token}"})

    def _request(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        with _open(Request(f"{self.url}{path}", data, headers, method=method), timeout=120) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _is_healthy(self) -> bool:
        try:
            health = self._request("GET", "/api/v2/monitor/health")
        except (URLError, OSError, ValueError):
            return False
        parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
        return all((health.get(part) or {}).get("status") == "healthy" for part in parts)


def _inherited() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    # Without its cache of compiled modules each command of Airflow's takes twice as long.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    # `airflow standalone` looks for the command `airflow`, and this Python's may not be the first.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    local = f"{HOST},localhost"
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, [environment.get(name), local]))
    return environment


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started; after a while, or another Ctrl-C, by force."""
    try:
        _signal_group(process, signal.SIGTERM, patience=15)
    finally:
        _signal_group(process, signal.SIGKILL, patience=5)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals, patience: float) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    end = time.monotonic() + patience
    while _group_lives(process) and time.monotonic() < end:
        time.sleep(0.1)


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True
