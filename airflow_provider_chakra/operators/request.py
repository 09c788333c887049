"""Any request to ChakraHQ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from airflow_provider_chakra.operators.base import BaseChakraOperator, from_json


class ChakraRequestOperator(BaseChakraOperator):
    """
    Make any request to ChakraHQ's API, and return the decoded answer.

    For endpoints that have no operator of their own. The whole answer goes into XCom: where that may be
    large, ask through the hook in a task of your own, and return what you need of it.

    A request that reads (GET) is made again if it failed on the way. Any other is not, once it may have
    been carried out: the task fails at once, and a person looks.

    .. seealso:: https://apidocs.chakrahq.com

    :param path: path below the connection's host, such as ``/v1/ext/chat/{chat_id}/message``: plain, each
        segment is URL-encoded. ``{plugin_id}``, ``{phone_number_id}``, ``{waba_id}`` and ``{api_version}``
        are known from the connection.
    :param method: HTTP method.
    :param path_params: values for further names in braces.
    :param query: the query.
    :param json: the body.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "path",
        "method",
        "path_params",
        "query",
        "json",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {
        "path_params": "json",
        "query": "json",
        "json": "json",
    }
    object_fields: ClassVar[frozenset[str]] = frozenset({"path_params", "query", "json"})

    def __init__(
        self,
        *,
        path: str,
        method: str = "GET",
        path_params: Mapping[str, Any] | str | None = None,
        query: Mapping[str, Any] | str | None = None,
        json: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.path = path
        self.method = method
        self.path_params = path_params
        self.query = query
        self.json = json

    def act(self, context: Any) -> Any:
        """
        Make the request.

        :param context: Airflow's context.
        :return: the decoded JSON of the answer, with ChakraHQ's envelope; ``None`` if it is empty.
        """
        return self.hook.request(
            self.method,
            self.path,
            path_params=from_json(self.path_params),
            params=from_json(self.query),
            json=from_json(self.json),
        )
