"""The media of a sandbox: what customers sent, and what was uploaded for everybody to fetch."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import IO, Any, BinaryIO, Final

# WhatsApp takes no file beyond 100 MB; what ChakraHQ's own limit is, its documentation does not say.
MOST_BYTES: Final = 100 * 1024 * 1024
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True)
class StoredFile:
    """
    A file on disk, which goes when it is forgotten.

    :param file: its content, nowhere in the file system.
    :param size: its bytes.
    :param sha256: the digest of its content, in hexadecimal digits.
    :param mime_type: what it says that it is.
    :param name: what it is called, if it has a name.
    """

    file: IO[bytes]
    size: int
    sha256: str
    mime_type: str
    name: str | None

    def chunks(self) -> Iterator[bytes]:
        """Read it piece by piece."""
        for start in range(0, self.size, _CHUNK):
            # Several may read at once, so nobody moves the file's own position.
            yield os.pread(self.file.fileno(), _CHUNK, start)


def store(source: BinaryIO, mime_type: str, name: str | None) -> StoredFile:
    """
    Copy a file to disk, piece by piece.

    :param source: what to read it from.
    :param mime_type: what it says that it is.
    :param name: what it is called.
    """
    file = tempfile.TemporaryFile()  # ruff: ignore[open-file-with-context-handler] - reset() closes it
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    file.flush()
    return StoredFile(file, size, digest.hexdigest(), mime_type, name)


class MediaStore:
    """The files that a sandbox knows."""

    def __init__(self) -> None:
        self._numbers = count(400000000000001)
        self.received: dict[str, StoredFile] = {}
        self.public: dict[str, StoredFile] = {}
        self.uploads: list[dict[str, Any]] = []

    def reset(self) -> None:
        """Forget all of them."""
        for stored in (*self.received.values(), *self.public.values()):
            stored.file.close()
        self.received.clear()
        self.public.clear()
        self.uploads.clear()

    def add_received(self, file: StoredFile) -> str:
        """
        Put in a file as if a customer had sent it.

        :param file: the file.
        :return: WhatsApp's id of it.
        """
        media_id = str(next(self._numbers))
        self.received[media_id] = file
        return media_id
