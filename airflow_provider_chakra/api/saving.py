"""Downloads until they are whole."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from airflow_provider_chakra.api.transfer import PIECE, using
from airflow_provider_chakra.exceptions import ChakraConfigError

_UNWRITABLE = "The target could not be written"


class Saving:
    """
    What a download is written to until it is whole. Each try begins it anew.

    :param file: a file of its own, open for writing and reading.
    :param max_bytes: how long it may become.
    """

    def __init__(self, file: IO[bytes], max_bytes: int) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self.begin()

    def begin(self) -> None:
        """Forget what an earlier try wrote."""
        self.size = 0
        self._digest = hashlib.sha256()
        self._file.seek(0)
        self._file.truncate()

    def write(self, piece: bytes) -> None:
        """
        Write the next bytes.

        :param piece: the bytes.
        :raises ChakraConfigError: if there are too many, or they cannot be written.
        """
        self.size += len(piece)
        if self.size > self._max_bytes:
            raise ChakraConfigError(
                f"The file is longer than max_bytes, {self._max_bytes}, and was not kept: raise max_bytes."
            )
        self._digest.update(piece)
        with using(_UNWRITABLE):
            self._file.write(piece)

    def sha256(self) -> str:
        """Give the SHA-256 digest of what was written, in hexadecimal digits."""
        return self._digest.hexdigest()

    def beginning(self) -> bytes:
        """Give the first 64 KB of what was written."""
        self._file.seek(0)
        return self._file.read(64 * 1024)


@contextmanager
def saving_to(target: Any, max_bytes: int) -> Generator[Saving, None, None]:
    """
    Save a download at its target when the block has ended well, and leave nothing there else.

    A local file is written beside its target under a hidden name and then takes its place; anything
    else is written to a temporary file and then copied.

    :param target: a path, an object with ``open("wb")``, such as Airflow's ``ObjectStoragePath``, or a
        file that is open for writing bytes.
    :param max_bytes: how long it may become.
    :return: what to write to.
    :raises ChakraConfigError: if the target is none of them, or cannot be written.
    """
    with ExitStack() as stack:
        file, deliver = _place(target, stack)
        try:
            yield Saving(file, max_bytes)
            with using(_UNWRITABLE):
                deliver(file)
        finally:
            file.close()


def _place(target: Any, stack: ExitStack) -> tuple[IO[bytes], Callable[[IO[bytes]], None]]:
    """Open what is written to, and tell how it comes from there to its target."""
    path: Any = Path(target) if isinstance(target, str) and target else target
    # Not isinstance alone: in Airflow 2 an ObjectStoragePath is a Path as well.
    if isinstance(path, Path) and type(path).__module__.partition(".")[0] == "pathlib":
        if path.is_dir():
            raise ChakraConfigError("The target is a folder: name the file in it.")
        beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        with using(_UNWRITABLE):
            file = beside.open("x+b")
        stack.callback(beside.unlink, missing_ok=True)
        return file, partial(_move, beside, path)
    if callable(getattr(path, "write", None)):
        return tempfile.TemporaryFile(), partial(_copy, path)
    if callable(getattr(path, "open", None)):
        return tempfile.TemporaryFile(), partial(_copy_to_storage, path)
    raise ChakraConfigError(
        f"The target must be a path, an ObjectStoragePath or an open file, not {type(target).__name__}."
    )


def _move(beside: Path, target: Path, file: IO[bytes]) -> None:
    # What is still in the file's buffer may not find room.
    file.close()
    beside.replace(target)


def _copy(target: IO[bytes], file: IO[bytes]) -> None:
    file.seek(0)
    shutil.copyfileobj(file, target, PIECE)


def _copy_to_storage(target: Any, file: IO[bytes]) -> None:
    is_open = False
    try:
        with target.open("wb") as there:
            is_open = True
            _copy(there, file)
    except BaseException:
        # To close it may have kept what was copied so far; before, what was there is another's.
        if is_open:
            with suppress(Exception):
                target.unlink()
        raise
