"""Files: images, videos, sounds, documents, stickers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, ClassVar

from airflow_provider_chakra.operators.base import boolean
from airflow_provider_chakra.operators.messages.media_base import BaseSendMediaOperator


class SendImageOperator(BaseSendMediaOperator):
    """
    Send an image, JPEG or PNG of at most 5 MB, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote. It fetches the image
    after it accepted the message: a link that it cannot read fails only then, and not here.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/image-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param link: http or https address of the image that everyone can reach.
    :param media_id: id of an uploaded image, in the place of ``link``.
    :param file: a file to upload first, in the place of ``link``: a local path, the URL of a storage such
        as ``s3://bucket/key``, or an ``ObjectStoragePath``. ANYONE WHO HAS ITS LINK CAN READ IT then, and
        nothing removes it.
    :param public: must be true with ``file``, to show that you know.
    :param caption: at most 1024 characters below the image.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    media_type = "image"
    template_fields: Sequence[str] = (
        "caption",
        *BaseSendMediaOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"caption": "md"}

    def __init__(
        self,
        *,
        caption: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.caption = caption
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``image``.
        """
        return self.media(caption=self.caption)


class SendVideoOperator(BaseSendMediaOperator):
    """
    Send a video, MP4 or 3GPP with H.264 and AAC, of at most 16 MB, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote. It fetches the video
    after it accepted the message: a link that it cannot read fails only then, and not here.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/video-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param link: http or https address of the video that everyone can reach.
    :param media_id: id of an uploaded video, in the place of ``link``.
    :param file: a file to upload first, in the place of ``link``: a local path, the URL of a storage such
        as ``s3://bucket/key``, or an ``ObjectStoragePath``. ANYONE WHO HAS ITS LINK CAN READ IT then, and
        nothing removes it.
    :param public: must be true with ``file``, to show that you know.
    :param caption: at most 1024 characters below the video.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    media_type = "video"
    template_fields: Sequence[str] = (
        "caption",
        *BaseSendMediaOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"caption": "md"}

    def __init__(
        self,
        *,
        caption: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.caption = caption
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``video``.
        """
        return self.media(caption=self.caption)


class SendAudioOperator(BaseSendMediaOperator):
    """
    Send a sound, AAC, AMR, MP3, M4A, or OGG with Opus, of at most 16 MB, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote. It fetches the sound
    after it accepted the message: a link that it cannot read fails only then, and not here.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/audio-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param link: http or https address of the sound that everyone can reach.
    :param media_id: id of an uploaded sound, in the place of ``link``.
    :param file: a file to upload first, in the place of ``link``: a local path, the URL of a storage such
        as ``s3://bucket/key``, or an ``ObjectStoragePath``. ANYONE WHO HAS ITS LINK CAN READ IT then, and
        nothing removes it.
    :param public: must be true with ``file``, to show that you know.
    :param voice: whether to show it as a voice note, which must be OGG with Opus in mono.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    media_type = "audio"
    template_fields: Sequence[str] = (
        "voice",
        *BaseSendMediaOperator.template_fields,
    )

    def __init__(
        self,
        *,
        voice: bool | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.voice = voice
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``audio``.
        """
        return self.media(voice=boolean(self.voice))


class SendDocumentOperator(BaseSendMediaOperator):
    """
    Send any other file of at most 100 MB, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote. It fetches the document
    after it accepted the message: a link that it cannot read fails only then, and not here.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/document-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param link: http or https address of the document that everyone can reach.
    :param media_id: id of an uploaded document, in the place of ``link``.
    :param file: a file to upload first, in the place of ``link``: a local path, the URL of a storage such
        as ``s3://bucket/key``, or an ``ObjectStoragePath``. ANYONE WHO HAS ITS LINK CAN READ IT then, and
        nothing removes it.
    :param public: must be true with ``file``, to show that you know.
    :param caption: at most 1024 characters below the document.
    :param filename: what the recipient sees it called, with the ending that tells WhatsApp which icon to
        show; by default the name of ``file``.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    media_type = "document"
    template_fields: Sequence[str] = (
        "caption",
        "filename",
        *BaseSendMediaOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"caption": "md"}

    def __init__(
        self,
        *,
        caption: str | None = None,
        filename: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.caption = caption
        self.filename = filename
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``document``.
        """
        name = self.filename
        if not name and self.has_file():
            name = (
                PurePath(self.file).name if isinstance(self.file, str) else getattr(self.file, "name", None)
            )
        return self.media(caption=self.caption, filename=name)


class SendStickerOperator(BaseSendMediaOperator):
    """
    Send a sticker, WebP of at most 100 KB, or 500 KB if it moves, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote. It fetches the sticker
    after it accepted the message: a link that it cannot read fails only then, and not here.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/sticker-messages

    :param to: phone number with its country code, or a business-scoped user id.
    :param link: http or https address of the sticker that everyone can reach.
    :param media_id: id of an uploaded sticker, in the place of ``link``.
    :param file: a file to upload first, in the place of ``link``: a local path, the URL of a storage such
        as ``s3://bucket/key``, or an ``ObjectStoragePath``. ANYONE WHO HAS ITS LINK CAN READ IT then, and
        nothing removes it.
    :param public: must be true with ``file``, to show that you know.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    media_type = "sticker"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``sticker``.
        """
        return self.media()
