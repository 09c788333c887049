"""Files on their way out, piece by piece, in a form."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from airflow_provider_chakra.exceptions import ChakraConfigError

PIECE = 256 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What a retry will not mend.
_LASTING = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError, ValueError)
_UNREADABLE = "The file could not be read"


class Body(Protocol):
    """The body of a request, which knows whether it began to leave."""

    began_to_leave: bool
    content_type: str

    def read(self, size: int | None = -1, /) -> bytes:
        """Give the next bytes; from the first call on the body has begun to leave."""

    def close(self) -> None:
        """Close what it reads from."""


class Source(NamedTuple):
    """A file to read, as often as it takes."""

    #: What it is called; empty if it has no name.
    name: str
    #: Opens it for reading bytes; what it gives can be sought in.
    open: Callable[[], IO[bytes]]

    def look(self, most: int) -> tuple[bytes, int]:
        """
        Look at the file without reading all of it.

        :param most: how many bytes to look at.
        :return: its first bytes, and how many it has in all.
        :raises ChakraConfigError: if it cannot be read.
        """
        with self.open() as file, using(_UNREADABLE):
            return file.read(most), file.seek(0, os.SEEK_END)

    def sha256(self) -> str:
        """
        Read the file once.

        :return: the SHA-256 digest of what is in it, in hexadecimal digits.
        :raises ChakraConfigError: if it cannot be read.
        """
        digest = hashlib.sha256()
        with self.open() as file, using(_UNREADABLE):
            while piece := file.read(PIECE):
                digest.update(piece)
        return digest.hexdigest()


def source_of(given: Any) -> Source:
    """
    Make a source of what stands for a file.

    :param given: a path, the bytes themselves, or an object with ``open("rb")`` and ``name``, such as
        Airflow's ``ObjectStoragePath``.
    :return: the source; nothing is opened.
    :raises ChakraConfigError: if it is none of them.
    """
    if isinstance(given, bytes | bytearray | memoryview):
        return Source("", lambda: io.BytesIO(given))
    if isinstance(given, str) and given:
        given = Path(given)
    if callable(getattr(given, "open", None)):
        return Source(str(getattr(given, "name", "")), lambda: _opened(given))
    raise ChakraConfigError(
        f"A file must be a path, bytes or an ObjectStoragePath, not {type(given).__name__}."
    )


def _opened(path: Any) -> IO[bytes]:
    with using(_UNREADABLE):
        file: IO[bytes] = path.open("rb")
    return file


@contextmanager
def using(told: str) -> Generator[None, None, None]:
    """
    Tell the troubles of files from those of the network; each kind of storage has errors of its own.

    :param told: what could not be done.
    :return: nothing.
    :raises ChakraConfigError: with the reason, if the block fails.
    """
    try:
        yield
    except Exception as error:
        # Without its name, which may tell whose file it is.
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ChakraConfigError(f"{told}: {reason}.", retryable=not isinstance(error, _LASTING)) from None


class Form(NamedTuple):
    """A form of ``multipart/form-data`` with one file in it."""

    #: The name of the field that the file goes into.
    field: str
    #: The file.
    source: Source
    #: What the file is called there.
    filename: str
    #: Its MIME type.
    mime_type: str
    #: Further fields.
    fields: Mapping[str, str] = {}
    #: The digest that the file must have, in hexadecimal digits; empty if any will do.
    sha256: str = ""


class FormBody:
    """
    A form as the body of a request. Of its file no more than a piece is in memory.

    It has a length, so that ``requests`` can announce it, and no ``tell``, which would let
    ``requests`` take it for read.

    :param form: the form.
    :raises ChakraConfigError: if its file cannot be read, or a name holds a control character.
    """

    began_to_leave = False

    def __init__(self, form: Form) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        head, tail = _around(form, boundary)
        _, size = form.source.look(0)
        self._file = form.source.open()
        self._parts: list[tuple[IO[bytes], int]] = [
            (io.BytesIO(head), len(head)),
            (self._file, size),
            (io.BytesIO(tail), len(tail)),
        ]
        self._length = len(head) + size + len(tail)
        self._sha256 = form.sha256
        self._digest = hashlib.sha256()

    def __len__(self) -> int:
        """Tell how many bytes there are in all."""
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        """Give it piece by piece."""
        return iter(lambda: self.read(PIECE), b"")

    def read(self, size: int | None = -1, /) -> bytes:
        """
        Give the next bytes.

        :param size: how many at most; none or less than zero: all.
        :return: the bytes; empty at the end.
        :raises ChakraConfigError: if the file cannot be read, or is not what it was when it was looked
            at. The form is not whole then, so nothing comes of it.
        """
        self.began_to_leave = True
        wanted = self._length if size is None or size < 0 else size
        pieces = []
        while wanted and self._parts:
            file, left = self._parts[0]
            piece = self._piece(file, min(wanted, left)) if left else b""
            pieces.append(piece)
            wanted -= len(piece)
            left -= len(piece)
            self._parts[0] = (file, left)
            if not left:
                self._check(file)
                del self._parts[0]
        return b"".join(pieces)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _piece(self, file: IO[bytes], size: int) -> bytes:
        with using(_UNREADABLE):
            piece = file.read(size)
        if not piece:
            raise _changed()
        if file is self._file:
            self._digest.update(piece)
        return piece

    def _check(self, file: IO[bytes]) -> None:
        if file is not self._file:
            return
        with using(_UNREADABLE):
            more = file.read(1)
        if more or self._sha256 not in ("", self._digest.hexdigest()):
            raise _changed()


def _changed() -> ChakraConfigError:
    return ChakraConfigError("The file changed while it was uploaded: nothing came of it.", retryable=True)


def _around(form: Form, boundary: str) -> tuple[bytes, bytes]:
    """Write what stands before and after the file, as browsers do it (WHATWG HTML, 4.10.21.8)."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in form.fields.items()
    ]
    if _CONTROL.search(form.mime_type):
        raise ChakraConfigError("mime_type must not hold a control character.")
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(form.field)}"; '
        f'filename="{_quoted(form.filename)}"\r\nContent-Type: {form.mime_type}\r\n\r\n'
    )
    # A name of a file may hold bytes that are no text.
    return "".join(parts).encode(errors="replace"), f"\r\n--{boundary}--\r\n".encode()


def _quoted(name: str) -> str:
    if _CONTROL.search(name):
        raise ChakraConfigError("filename must not hold a control character.")
    return name.replace('"', "%22")
