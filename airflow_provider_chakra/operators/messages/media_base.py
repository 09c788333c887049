"""What all operators that send a file share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from airflow_provider_chakra.exceptions import InvalidMessageError, Problem
from airflow_provider_chakra.operators.base import given
from airflow_provider_chakra.operators.files import file_at
from airflow_provider_chakra.operators.messages.session import BaseSessionOperator

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.exceptions import ChakraUnknownError
    from airflow_provider_chakra.ledger import Ledger
    from airflow_provider_chakra.messages import Message

# Where no file is: stands for the link that an upload will give.
_TO_BE_UPLOADED = "https://upload.invalid/"


class BaseSendMediaOperator(BaseSessionOperator):
    """
    Send a file: one that lies somewhere, by its link; or one of one's own, which is uploaded first.

    A try after the message was sent uploads nothing: the ledger knows the message by the digest of the
    file, as each upload gives another link. So ``on_unknown="reconcile"`` finds a message with an upload
    in the try that sent it, but not what a killed try had sent: that stays in doubt.

    :param link: http or https address of the file that everyone can reach.
    :param media_id: id of an uploaded file, in the place of ``link``.
    :param file: a file to upload first, in the place of ``link``.
    :param public: must be true with ``file``, to show that you know that anyone who has its link can read it.
    :param kwargs: as for :class:`.SendTextOperator`.
    """

    #: The payload's ``type``.
    media_type: ClassVar[str]
    template_fields: Sequence[str] = (
        "link",
        "media_id",
        "file",
        "public",
        *BaseSessionOperator.template_fields,
    )
    stand_ins: ClassVar[Mapping[str, Any]] = {
        **BaseSessionOperator.stand_ins,
        "link": "https://example.com/",
        "caption": None,
        "filename": None,
    }
    _digest: str | None = None
    _file_problems: Sequence[Problem] = ()

    def __init__(
        self,
        *,
        to: str | int,
        link: str | None = None,
        media_id: str | None = None,
        file: Any = None,
        public: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.link = link
        self.media_id = media_id
        self.file = file
        self.public = public

    def media(self, **fields: Any) -> dict[str, Any]:
        """
        Put a payload together.

        :param fields: what there is besides the file.
        :return: the payload's ``type`` and the field of that name.
        """
        if self.has_file():
            names = {"link": _TO_BE_UPLOADED + (self._digest or "")}
        else:
            names = given(link=self.link, id=self.media_id)
        return {"type": self.media_type, self.media_type: {**names, **given(**fields)}}

    def has_file(self) -> bool:
        """Tell whether there is a file to upload."""
        return self.file is not None and self.file != ""

    def argument_problems(self) -> list[Problem]:
        """
        Check that there is one file, and that all may see it.

        :return: the broken rules.
        """
        problems = super().argument_problems()
        if not self.has_file():
            return problems
        problems += self._file_problems
        also = [name for name in ("link", "media_id") if getattr(self, name)]
        if also:
            all_given = " and ".join([*also, "file"])
            problems.append(
                Problem("file", "exactly one of link, media_id and file", all_given, "keep one of them")
            )
        if isinstance(self.file, str) and self.file.lower().startswith(("http://", "https://")):
            problems.append(Problem("file", "a path", "the address of a web page", "give it as link"))
        if not self.flag("public"):
            problems.append(
                Problem(
                    "public",
                    "true, as anyone who has the link can read an uploaded file",
                    "false",
                    "say public=True if that is right for this file",
                )
            )
        return problems

    def send(self, context: Context) -> str:
        """
        Look at the file, and send the message.

        :param context: Airflow's context.
        :return: the wamid.
        :raises UnsendableMessageError: if the message or its file breaks a rule; nothing was sent.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        self._digest, self._file_problems = None, ()
        # Not before the task runs: where the Dag is parsed, the file need not be.
        if self.has_file() and not self.argument_problems():
            self._look()
        return super().send(context)

    def prepare(self, message: Message) -> Message:
        """
        Upload the file.

        :param message: the message, without the link of the file.
        :return: the message with it.
        :raises ChakraError: if it was not uploaded, or if that is unknown; nothing was sent.
        """
        from airflow_provider_chakra.messages import parse_message

        if not self.has_file():
            return message
        uploaded = self.hook.media.upload(
            file_at(self.file), public=True, kind=self.media_type, sha256=self._digest
        )
        self.log.info("Uploaded %d bytes of %s for all to see", uploaded.size, uploaded.mime_type)
        payload = message.payload()
        payload[self.media_type]["link"] = uploaded.url
        return cast("Message", parse_message(payload))

    def _settle(self, error: ChakraUnknownError, message: Message, ledger: Ledger) -> str:
        # What an earlier try sent bears the link of its own upload, so no chat would list this message.
        if message.payload().get(self.media_type, {}).get("link", "").startswith(_TO_BE_UPLOADED):
            raise error
        return super()._settle(error, message, ledger)

    def _look(self) -> None:
        from airflow_provider_chakra.api.transfer import source_of
        from airflow_provider_chakra.messages.files import BEGINNING, check_file

        source = source_of(file_at(self.file))
        beginning, size = source.look(BEGINNING)
        try:
            check_file(beginning, size, name=source.name, kind=self.media_type)
        except InvalidMessageError as error:
            self._file_problems = error.problems
        else:
            self._digest = source.sha256()
