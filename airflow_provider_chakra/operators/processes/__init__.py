"""Processes, which are ChakraHQ's records: leads, and those of any other procedure."""

from airflow_provider_chakra.operators.processes.bulk import (
    BulkCreateProcessesOperator,
    BulkUpdateProcessesOperator,
)
from airflow_provider_chakra.operators.processes.leads import (
    CreateLeadOperator,
    CreateTaskOperator,
    UpdateLeadOperator,
)
from airflow_provider_chakra.operators.processes.one import (
    CreateProcessOperator,
    DeleteProcessOperator,
    FetchProcessOperator,
    ListProcessesOperator,
    UpdateProcessOperator,
)

__all__ = [
    "BulkCreateProcessesOperator",
    "BulkUpdateProcessesOperator",
    "CreateLeadOperator",
    "CreateProcessOperator",
    "CreateTaskOperator",
    "DeleteProcessOperator",
    "FetchProcessOperator",
    "ListProcessesOperator",
    "UpdateLeadOperator",
    "UpdateProcessOperator",
]
