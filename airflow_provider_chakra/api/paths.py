"""Paths of the API, put together so that no value can break out of its segment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from airflow_provider_chakra.exceptions import ChakraConfigError

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(path: object) -> list[str]:
    """
    List the names in braces.

    :param path: a path.
    :return: the names, in their order; none if it is no path.
    """
    return _PLACEHOLDER.findall(path) if isinstance(path, str) else []


def fill(path: str, values: Mapping[str, Any]) -> str:
    """
    Fill in a path and URL-encode each of its segments.

    :param path: such as ``/v1/ext/chat/{chat_id}/message``; plain, not encoded, without a query.
    :param values: what stands for each name in braces.
    :return: the encoded path.
    :raises ChakraConfigError: if the path is a whole URL or has a query, if a value is missing, or
        if a segment is empty, ``.`` or ``..``.
    """
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//"):
        raise ChakraConfigError("The path must begin with one slash: the host comes from the connection.")
    if "?" in path or "#" in path:
        raise ChakraConfigError("The path must not hold a query: give it as params, or query of an operator.")

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None or found == "":
            raise ChakraConfigError(f"The path {path} needs a value for {match[1]}: give it in path_params.")
        return str(found)

    try:
        segments = [quote(_PLACEHOLDER.sub(value, segment), safe="") for segment in path[1:].split("/")]
    except UnicodeEncodeError:
        raise ChakraConfigError("The path holds half of a surrogate pair: decode it rightly.") from None
    if any(segment in {"", ".", ".."} for segment in segments[:-1]) or segments[-1] in {".", ".."}:
        raise ChakraConfigError(f"The path {path} has a segment that is empty, a dot or two dots.")
    return "/" + "/".join(segments)
