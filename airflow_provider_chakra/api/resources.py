"""ChakraHQ's resources, for the client and the hook alike: each is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_chakra.api.account import AccountAPI
    from airflow_provider_chakra.api.chats import ChatsAPI
    from airflow_provider_chakra.api.endpoints import Endpoint
    from airflow_provider_chakra.api.jobs import JobsAPI
    from airflow_provider_chakra.api.media import MediaAPI
    from airflow_provider_chakra.api.messages import MessagesAPI
    from airflow_provider_chakra.api.processes import LeadsAPI, ProcessesAPI, TasksAPI
    from airflow_provider_chakra.api.templates import TemplatesAPI
    from airflow_provider_chakra.api.users import PhotosAPI, UsersAPI


class Resources:
    """What can be asked of ChakraHQ, by whoever can make calls."""

    def call(self, endpoint: Endpoint, **kwargs: Any) -> Any:
        """
        Make a request to an endpoint that is known.

        :param endpoint: one of :mod:`airflow_provider_chakra.api.endpoints`.
        :param kwargs: as for :meth:`.ChakraClient.request`.
        :return: as there.
        :raises ChakraError: as there.
        """
        raise NotImplementedError

    def ids(self, *names: str) -> Mapping[str, str]:
        """
        Give ids that the connection knows.

        :param names: of ``plugin_id``, ``phone_number_id``, ``waba_id`` and ``api_version``.
        :return: the ids by name.
        :raises ChakraConfigError: naming all that are missing, and where to find them.
        """
        raise NotImplementedError

    @cached_property
    def account(self) -> AccountAPI:
        """Configuration, phone numbers, business accounts and the plugin's settings."""
        from airflow_provider_chakra.api.account import AccountAPI

        return AccountAPI(self)

    @cached_property
    def chats(self) -> ChatsAPI:
        """Chats and their messages."""
        from airflow_provider_chakra.api.chats import ChatsAPI

        return ChatsAPI(self)

    @cached_property
    def jobs(self) -> JobsAPI:
        """Background jobs and their entries."""
        from airflow_provider_chakra.api.jobs import JobsAPI

        return JobsAPI(self)

    @cached_property
    def leads(self) -> LeadsAPI:
        """Leads."""
        from airflow_provider_chakra.api.processes import LeadsAPI

        return LeadsAPI(self)

    @cached_property
    def media(self) -> MediaAPI:
        """Files: upload, fetch and download."""
        from airflow_provider_chakra.api.media import MediaAPI

        return MediaAPI(self)

    @cached_property
    def messages(self) -> MessagesAPI:
        """Messages of every type."""
        from airflow_provider_chakra.api.messages import MessagesAPI

        return MessagesAPI(self)

    @cached_property
    def photos(self) -> PhotosAPI:
        """Photos."""
        from airflow_provider_chakra.api.users import PhotosAPI

        return PhotosAPI(self)

    @cached_property
    def processes(self) -> ProcessesAPI:
        """The records of a procedure."""
        from airflow_provider_chakra.api.processes import ProcessesAPI

        return ProcessesAPI(self)

    @cached_property
    def tasks(self) -> TasksAPI:
        """The tasks of a record."""
        from airflow_provider_chakra.api.processes import TasksAPI

        return TasksAPI(self)

    @cached_property
    def templates(self) -> TemplatesAPI:
        """Templates, and ChakraHQ's own ways to send them."""
        from airflow_provider_chakra.api.templates import TemplatesAPI

        return TemplatesAPI(self)

    @cached_property
    def users(self) -> UsersAPI:
        """The users of a team."""
        from airflow_provider_chakra.api.users import UsersAPI

        return UsersAPI(self)
