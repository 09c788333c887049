"""Operators for files themselves: uploading one for all to see, and saving what customers sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.operators.base import BaseChakraOperator
from airflow_provider_chakra.operators.files import file_at

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class UploadMediaOperator(BaseChakraOperator):
    """
    Upload a file to where ANYONE WHO HAS THE LINK CAN READ IT, and return its link.

    Nothing removes the file. The operators that send media upload files themselves, as ``file``: this one
    is for a file that goes into several messages, or into the header of a template.

    .. seealso:: https://apidocs.chakrahq.com (Upload Public Media)

    :param source: a local path, the URL of a storage such as ``s3://bucket/key``, or an
        ``ObjectStoragePath``.
    :param public: must be true, to show that you know.
    :param kind: what it is sent as: ``"image"``, ``"video"``, ``"audio"``, ``"document"`` or
        ``"sticker"``, which says what types and sizes WhatsApp takes; by default what its type says.
    :param filename: what it is called; by default the source's own name.
    :param mime_type: its MIME type; by default what its first bytes and its name say.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "source",
        "public",
        "kind",
        "filename",
        "mime_type",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        *,
        source: Any,
        public: bool | str = False,
        kind: str | None = None,
        filename: str | None = None,
        mime_type: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.public = public
        self.kind = kind
        self.filename = filename
        self.mime_type = mime_type

    def act(self, context: Context) -> str:
        """
        Upload the file.

        :param context: Airflow's context.
        :return: its link.
        :raises InvalidMessageError: if WhatsApp takes no such file; nothing was sent.
        :raises ChakraError: if it was not uploaded, or if that is unknown.
        """
        uploaded = self.hook.media.upload(
            file_at(self.source),
            public=self.flag("public"),
            kind=self.kind or None,
            filename=self.filename or None,
            mime_type=self.mime_type or None,
        )
        # Not its link: who reads logs need not be who may read the file.
        self.log.info("Uploaded %d bytes of %s for all to see", uploaded.size, uploaded.mime_type)
        return uploaded.url


class DownloadMediaOperator(BaseChakraOperator):
    """
    Save a file that a customer sent, and return where it is and what it is.

    There is nothing at its target before it is whole, and its size and digest are as ChakraHQ tells them.

    .. seealso:: https://apidocs.chakrahq.com (Fetch Whatsapp Media API, Show Whatsapp Media API, Show
        Whatsapp Media Attachments API)

    :param media_id: WhatsApp's id of it, from a webhook or a chat; it lives seven days.
    :param mid: in the place of ``media_id``: the ``mid`` in a link of ``lookaside.fbsbx.com``.
    :param target: a local path, the URL of a storage such as ``s3://bucket/key``, or an
        ``ObjectStoragePath``.
    :param max_bytes: how long it may be; by default 100 MB, WhatsApp's most.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "media_id",
        "mid",
        "target",
        "max_bytes",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        *,
        target: Any,
        media_id: str | None = None,
        mid: str | None = None,
        max_bytes: int | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.media_id = media_id
        self.mid = mid
        self.max_bytes = max_bytes

    def act(self, context: Context) -> dict[str, Any]:
        """
        Save the file.

        :param context: Airflow's context.
        :return: ``path``, ``mime_type``, ``size`` in bytes and ``sha256``.
        :raises ChakraConfigError: if there is not exactly one of media_id and mid, or the target cannot be
            written, or the file is too long.
        :raises ChakraError: if it could not be had.
        """
        if bool(self.media_id) == bool(self.mid):
            raise ChakraConfigError("Give exactly one of media_id and mid.")
        limit = self._limit()
        target = file_at(self.target)
        if self.mid:
            saved = self.hook.media.download_attachment(self.mid, target, **limit)
        else:
            saved = self.hook.media.download(str(self.media_id), target, **limit)
        return {"path": str(target), **saved._asdict()}

    def _limit(self) -> dict[str, int]:
        if self.max_bytes is None or self.max_bytes == "":
            return {}
        text = str(self.max_bytes)
        if not text.isdecimal():
            raise ChakraConfigError("max_bytes must be a number of bytes.")
        return {"max_bytes": int(text)}
