"""
The users of a team, and photos.

https://apidocs.chakrahq.com (Platform: User, Photo). Assumptions, where its pages are silent: a list that
goes on names the path of its next page in ``_meta``; an update of a user is a PUT, where the page prints GET
with a body; the answer to an upload holds the photo's record; a photo is fetched as it was uploaded, and
JSON in its place is a refusal or no photo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.api.answer import Answer, read, unclear
from airflow_provider_chakra.api.endpoints import (
    FETCH_PHOTO,
    FETCH_USER,
    FETCH_USER_V2,
    LIST_USERS,
    LIST_USERS_V2,
    UPDATE_USER,
    UPLOAD_PHOTO,
    UPLOAD_PHOTO_WITH_ID,
)
from airflow_provider_chakra.api.media import SavedFile
from airflow_provider_chakra.api.pages import (
    Page,
    Record,
    names_next,
    next_place,
    read_page,
    read_record,
    walk,
)
from airflow_provider_chakra.api.saving import saving_to
from airflow_provider_chakra.api.transfer import Form, source_of
from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.messages.files import BEGINNING, check_file
from airflow_provider_chakra.messages.limits import DOCUMENT_BYTES_MAX

if TYPE_CHECKING:
    from airflow_provider_chakra.api.endpoints import Endpoint
    from airflow_provider_chakra.api.resources import Resources


class UsersAPI:
    """
    The users of a team.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def list(self) -> Iterator[Record]:
        """
        List the users.

        :return: the users.
        :raises ChakraError: if they could not be asked for.
        """
        return self._walk(LIST_USERS)

    def list_v2(self) -> Iterator[Record]:
        """
        List the users, by the second version of the endpoint.

        :return: the users.
        :raises ChakraError: if they could not be asked for.
        """
        return self._walk(LIST_USERS_V2)

    def fetch(self, user_id: str) -> Record:
        """
        Fetch a user.

        :param user_id: id of the user.
        :return: the user.
        :raises ChakraNotFoundError: if there is none.
        :raises ChakraError: if it could not be asked for.
        """
        return self._record(FETCH_USER, path_params={"user_id": user_id})

    def fetch_v2(self, user_id: str) -> Record:
        """
        Fetch a user, by the second version of the endpoint.

        :param user_id: id of the user.
        :return: the user.
        :raises ChakraError: as for :meth:`fetch`.
        """
        return self._record(FETCH_USER_V2, path_params={"user_id": user_id})

    def update(self, user_id: str, changes: Mapping[str, Any]) -> Record:
        """
        Change a user.

        :param user_id: id of the user.
        :param changes: fields of the user and their new values.
        :return: the user.
        :raises ChakraConfigError: if there are no changes; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was changed.
        :raises ChakraError: if it was not changed.
        """
        if not changes:
            raise ChakraConfigError("Nothing is to be changed: give at least one field of the user.")
        return self._record(UPDATE_USER, path_params={"user_id": user_id}, json={**changes})

    def _walk(self, endpoint: Endpoint) -> Iterator[Record]:
        def ask(place: Mapping[str, Any]) -> Page:
            page: Page = self._chakra.call(endpoint, params=place or None, read=read_page)
            return page

        return walk(ask, {}, next_place, promised=names_next)

    def _record(self, endpoint: Endpoint, **kwargs: Any) -> Record:
        record: Record = self._chakra.call(endpoint, read=read_record, **kwargs)
        return record


class PhotosAPI:
    """
    Photos.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def upload(
        self,
        source: Any,
        *,
        photo_id: str | None = None,
        filename: str | None = None,
        mime_type: str | None = None,
    ) -> Record:
        """
        Upload a photo. It is not held in memory.

        :param source: a path, the bytes themselves, or an ``ObjectStoragePath``.
        :param photo_id: id of the photo; ChakraHQ gives one if it is left out.
        :param filename: what it is called; by default the source's own name.
        :param mime_type: its MIME type; by default what its first bytes and its name say.
        :return: the photo's record, with ``id``.
        :raises ChakraConfigError: if it cannot be read; nothing came of it.
        :raises ChakraUnknownError: if it is unknown whether it was uploaded.
        :raises ChakraError: if it was not uploaded.
        """
        content = source_of(source)
        beginning, size = content.look(BEGINNING)
        # As a document, which may be of any type: WhatsApp's rules for images are not those of photos.
        name = filename or content.name or "photo"
        file = check_file(beginning, size, name=name, kind="document", mime_type=mime_type)
        endpoint = UPLOAD_PHOTO if photo_id is None else UPLOAD_PHOTO_WITH_ID
        return self._upload(endpoint, photo_id, Form("photo", content, name, file.mime_type))

    def download(self, photo_id: str, target: Any, *, max_bytes: int = DOCUMENT_BYTES_MAX) -> SavedFile:
        """
        Save a photo. There is nothing at its target before it is whole.

        :param photo_id: id of the photo.
        :param target: a path, an ``ObjectStoragePath``, or a file that is open for writing bytes.
        :param max_bytes: how long it may be.
        :return: the MIME type, the size in bytes and the digest.
        :raises ChakraConfigError: if it is too long, or the target cannot be written.
        :raises ChakraNotFoundError: if there is none.
        :raises ChakraError: if it could not be had.
        """
        with saving_to(target, max_bytes) as saving:

            def read_photo(answer: Answer) -> str:
                read(answer)
                found = answer.headers.get("Content-Type", "")
                if "json" in found:
                    read(answer._replace(content=saving.beginning()))
                    raise unclear(answer, "with JSON in the place of a photo")
                if not saving.size:
                    raise unclear(answer, "an empty body")
                return found

            mime_type: str = self._chakra.call(
                FETCH_PHOTO, path_params={"photo_id": photo_id}, save=saving, read=read_photo
            )
        return SavedFile(mime_type, saving.size, saving.sha256())

    def _upload(self, endpoint: Endpoint, photo_id: str | None, form: Form) -> Record:
        names = {} if photo_id is None else {"photo_id": photo_id}
        record: Record = self._chakra.call(endpoint, path_params=names, form=form, read=read_record)
        return record
