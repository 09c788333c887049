"""
Files: uploading one for all to see, and fetching what customers sent.

https://apidocs.chakrahq.com (Upload Public Media, Fetch Whatsapp Media API, Show Whatsapp Media API, Show
Whatsapp Media Attachments API). ChakraHQ has no upload that gives a media id: a message names the file by
the public link. Assumptions:

* The link is ``_data.publicMediaUrl``. How long it lives is not documented, and nothing removes it.
* The details of a file are Meta's: ``mime_type``, ``file_size`` in bytes, and ``sha256``, in hexadecimal
  digits or, as in webhooks, in Base64. What is missing or written otherwise is not compared.
* Where version 2 of the endpoint that shows a file answers 404, version 1 is asked, which is in wide use.
* The endpoint of attachments redirects to another host, which never gets the token.
* A download of HTTP 200 that is JSON with ``_errors`` or ``error`` is a refusal.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from airflow_provider_chakra.api import answer as answers
from airflow_provider_chakra.api.endpoints import (
    FETCH_MEDIA,
    SHOW_ATTACHMENT,
    SHOW_MEDIA,
    SHOW_MEDIA_V1,
    UPLOAD_MEDIA,
)
from airflow_provider_chakra.api.saving import Saving, saving_to
from airflow_provider_chakra.api.transfer import Form, source_of
from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraNotFoundError, ChakraUnknownError
from airflow_provider_chakra.messages.files import BEGINNING, check_file, ending_of
from airflow_provider_chakra.messages.limits import DOCUMENT_BYTES_MAX

if TYPE_CHECKING:
    from airflow_provider_chakra.api.resources import Resources

_SHA256_HEX = re.compile(r"[0-9a-fA-F]{64}")
_UPLOAD_AGAIN = (
    "It may lie there under a link that nobody knows. To upload it again is safe, and makes a second copy."
)


class PublicFile(NamedTuple):
    """A file that anyone who has its link can read."""

    #: Its link.
    url: str
    #: Its MIME type.
    mime_type: str
    #: Bytes.
    size: int


class SavedFile(NamedTuple):
    """A file that was downloaded."""

    #: Its MIME type, as ChakraHQ tells it.
    mime_type: str
    #: Bytes.
    size: int
    #: Its SHA-256 digest, in hexadecimal digits.
    sha256: str


class MediaAPI:
    """
    The files of a WhatsApp plugin.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def upload(
        self,
        source: Any,
        *,
        public: bool = False,
        kind: str | None = None,
        filename: str | None = None,
        mime_type: str | None = None,
        sha256: str | None = None,
    ) -> PublicFile:
        """
        Upload a file to where ANYONE WHO HAS THE LINK CAN READ IT, and nothing removes it.

        ChakraHQ knows no other way to send a file of one's own. The file is not held in memory. An
        upload of which it is unknown whether it was carried out is not repeated here, but its error is
        ``retryable``: at worst a second copy comes of it, and no second message.

        :param source: a path, the bytes themselves, or an ``ObjectStoragePath``.
        :param public: must be true, to show that you know.
        :param kind: what it is sent as: ``"image"``, ``"video"``, ``"audio"``, ``"document"`` or
            ``"sticker"``; by default what its type says.
        :param filename: what it is called; by default the source's own name.
        :param mime_type: its MIME type; by default what its first bytes and its name say.
        :param sha256: the digest that it must have, in hexadecimal digits; the upload is broken off if it
            has another. By default any will do.
        :return: the link, the MIME type and the size in bytes.
        :raises ChakraConfigError: if ``public`` is not true, or the file cannot be read; nothing came of it.
        :raises InvalidMessageError: if WhatsApp takes no such file; nothing was sent.
        :raises ChakraError: if it was not uploaded, or if that is unknown.
        """
        if public is not True:
            raise ChakraConfigError(
                "Anyone who has the link can read an uploaded file, and nothing removes it: say public=True "
                "if that is right for this file."
            )
        content = source_of(source)
        beginning, size = content.look(BEGINNING)
        file = check_file(beginning, size, name=filename or content.name, kind=kind, mime_type=mime_type)
        name = filename or content.name or f"{file.kind}{ending_of(file.mime_type)}"
        form = Form("file", content, name, file.mime_type, {"filename": name}, sha256 or "")
        try:
            url: str = self._chakra.call(
                UPLOAD_MEDIA, form=form, subject=f"The upload of {size} bytes", read=_read_link
            )
        except ChakraUnknownError as error:
            told = str(error).removesuffix(answers.what_next(reads_only=False))
            raise ChakraUnknownError(
                f"{told}{_UPLOAD_AGAIN}", status=error.status, retry_after=error.retry_after, retryable=True
            ) from None
        return PublicFile(url, file.mime_type, size)

    def fetch(self, media_id: str) -> dict[str, Any]:
        """
        Ask about a file that a customer sent. Ids from webhooks live seven days.

        :param media_id: WhatsApp's id of it.
        :return: ``url`` (of ChakraHQ, with the same token), ``mime_type``, ``file_size``, ``sha256`` and
            what else there is, as it came.
        :raises ChakraNotFoundError: if there is none.
        :raises ChakraError: if it could not be asked about.
        """
        details = self._chakra.call(
            FETCH_MEDIA, path_params={"media_id": media_id}, subject="Asking about a file", read=_read_details
        )
        return dict(details)

    def download(self, media_id: str, target: Any, *, max_bytes: int = DOCUMENT_BYTES_MAX) -> SavedFile:
        """
        Save a file that a customer sent. There is nothing at its target before it is whole.

        It is compared with the size and the digest that ChakraHQ tells, and begun anew if the connection
        is lost, as often as the connection's ``max_tries`` says.

        :param media_id: WhatsApp's id of it.
        :param target: a path, an ``ObjectStoragePath``, or a file that is open for writing bytes.
        :param max_bytes: how long it may be; WhatsApp's longest files have 100 MB.
        :return: the MIME type, the size in bytes and the digest.
        :raises ChakraConfigError: if it is too long, or the target cannot be written.
        :raises ChakraNotFoundError: if there is none.
        :raises ChakraError: if it could not be had.
        """
        details = self.fetch(media_id)
        size = _size_in(details)
        if size is not None and size > max_bytes:
            raise ChakraConfigError(
                f"The file has {size} bytes, more than max_bytes, {max_bytes}: raise max_bytes."
            )
        with saving_to(target, max_bytes) as saving:
            arguments = {
                "path_params": {"media_id": media_id},
                "save": saving,
                "subject": "The download of a file",
                "read": _reader(saving, details),
            }
            try:
                mime_type: str = self._chakra.call(SHOW_MEDIA, **arguments)
            except ChakraNotFoundError as error:
                try:
                    mime_type = self._chakra.call(SHOW_MEDIA_V1, **arguments)
                except ChakraNotFoundError:
                    raise error from None
        return SavedFile(mime_type, saving.size, saving.sha256())

    def download_attachment(self, mid: str, target: Any, *, max_bytes: int = DOCUMENT_BYTES_MAX) -> SavedFile:
        """
        Save an attachment that a webhook named by a link of ``lookaside.fbsbx.com``.

        :param mid: the ``mid`` in that link.
        :param target: as for :meth:`download`.
        :param max_bytes: as there.
        :return: as there; there is nothing to compare it with.
        :raises ChakraError: as there.
        """
        with saving_to(target, max_bytes) as saving:
            mime_type: str = self._chakra.call(
                SHOW_ATTACHMENT,
                params={"mid": mid},
                save=saving,
                subject="The download of an attachment",
                read=_reader(saving, {}),
            )
        return SavedFile(mime_type, saving.size, saving.sha256())


def _read_link(answer: answers.Answer) -> str:
    body = answers.read(answer)
    data = body.get("_data") if isinstance(body, Mapping) else None
    url = data.get("publicMediaUrl") if isinstance(data, Mapping) else None
    if not isinstance(url, str) or urlsplit(url).scheme not in {"http", "https"}:
        raise answers.unclear(answer, "without the link of the file")
    return url


def _read_details(answer: answers.Answer) -> Mapping[str, Any]:
    body = answers.read(answer)
    # Documented as Meta's own body; in ChakraHQ's envelope it is understood as well.
    details = body.get("_data", body) if isinstance(body, Mapping) else None
    if not isinstance(details, Mapping):
        raise answers.unclear(answer, "without details of a file")
    return details


def _reader(saving: Saving, details: Mapping[str, Any]) -> Callable[[answers.Answer], str]:
    def read(answer: answers.Answer) -> str:
        answers.read(answer)
        mime_type = answer.headers.get("Content-Type", "")
        if "json" in mime_type and _is_refusal(beginning := saving.beginning()):
            answers.read(answer._replace(content=beginning))
        size, sha256 = _size_in(details), _sha256_in(details)
        if not saving.size or size not in (None, saving.size) or sha256 not in (None, saving.sha256()):
            raise answers.unclear(answer, "with other bytes than ChakraHQ says that the file has")
        said = details.get("mime_type")
        return said if isinstance(said, str) and said else mime_type

    return read


def _is_refusal(beginning: bytes) -> bool:
    try:
        body = json.loads(beginning)
    except ValueError:
        return False
    return isinstance(body, Mapping) and bool(body.get("_errors") or body.get("error"))


def _size_in(details: Mapping[str, Any]) -> int | None:
    with suppress(TypeError, ValueError):
        return int(details["file_size"]) if "file_size" in details else None
    return None


def _sha256_in(details: Mapping[str, Any]) -> str | None:
    digest = details.get("sha256")
    if not isinstance(digest, str):
        return None
    if _SHA256_HEX.fullmatch(digest):
        return digest.lower()
    with suppress(ValueError):
        decoded = base64.b64decode(digest, validate=True)
        return decoded.hex() if len(decoded) == 32 else None
    return None
