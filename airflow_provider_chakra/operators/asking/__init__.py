"""Operators that ask people on WhatsApp, and go on with the answer: all are imported from here."""

from airflow_provider_chakra.operators.asking.approval import ApprovalOperator
from airflow_provider_chakra.operators.asking.ask import AskOperator
from airflow_provider_chakra.operators.asking.branch import AskBranchOperator

__all__ = ["ApprovalOperator", "AskBranchOperator", "AskOperator"]
