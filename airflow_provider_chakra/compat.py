"""What Airflow's versions keep in different places, and older ``common.compat`` providers do not find."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk.bases.branch import BranchMixIn
    from airflow.sdk.bases.skipmixin import SkipMixin
else:
    try:
        from airflow.sdk.bases.branch import BranchMixIn
        from airflow.sdk.bases.skipmixin import SkipMixin
    except ImportError:
        from airflow.models.skipmixin import SkipMixin

        try:
            from airflow.providers.standard.operators.branch import BranchMixIn
        except ImportError:
            from airflow.operators.branch import BranchMixIn

__all__ = ["BranchMixIn", "SkipMixin"]
