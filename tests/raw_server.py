"""A TCP server that does with each connection what a test wants, well-behaved or not."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Generator

_TAKEN: list[socket.socket] = []


def more(connection: socket.socket) -> bytes:
    """Read what comes next, and something must."""
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionResetError
    return piece


def read_request(connection: socket.socket) -> bytes:
    """Read one whole HTTP request, by its Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    ]
    while len(body) < int(lengths[0] if lengths else 0):
        body += more(connection)
    return head + b"\r\n\r\n" + body


def http(body: bytes = b"", *, status: str = "200 OK", headers: str = "") -> bytes:
    """Write an HTTP answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


class RawServer:
    """The server's address, and the requests it got."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[bytes] = []

    def wait_for(self, number: int) -> None:
        """Wait for requests: a client whose time ran out may be faster than a busy server."""
        end = time.monotonic() + 60
        while len(self.requests) < number:
            assert time.monotonic() < end, "it never came"
            time.sleep(0.01)


@contextlib.contextmanager
def raw_server(
    answer: bytes | Callable[[socket.socket, RawServer], None],
) -> Generator[RawServer, None, None]:
    """Serve until the block ends: the same bytes for each request, or what the function does."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = RawServer(listener.getsockname()[1])

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if callable(answer):
                answer(connection, server)
                return
            while request := read_request(connection):
                server.requests.append(request)
                connection.sendall(answer)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        # Closing alone does not wake accept().
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def free_port() -> int:
    """Give a port on which nobody listens, nor will: it stays taken until the tests end."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    _TAKEN.append(taken)
    port: int = taken.getsockname()[1]
    return port


def drip(connection: socket.socket, server: RawServer) -> None:
    """Answer a byte at a time, for longer than anybody waits."""
    server.requests.append(read_request(connection))
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        time.sleep(0.05)
        connection.sendall(b" ")


def flood(connection: socket.socket, server: RawServer) -> None:
    """Answer without end."""
    server.requests.append(read_request(connection))
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
    while True:
        connection.sendall(b" " * 1_000_000)
