"""Arguments that name files."""

from __future__ import annotations

from typing import Any


def file_at(path: Any) -> Any:
    """
    Find what a path stands for.

    :param path: a local path, the URL of a storage such as ``s3://bucket/key``, or an object.
    :return: an ``ObjectStoragePath`` for such a URL; anything else as it is.
    """
    if not isinstance(path, str) or "://" not in path:
        return path
    from airflow.providers.common.compat.sdk import ObjectStoragePath

    return ObjectStoragePath(path)
