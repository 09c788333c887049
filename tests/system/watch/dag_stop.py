"""A Dag that starts by a "STOP". Its watcher looks so often that all others of the connection do, too."""

from __future__ import annotations

from airflow.sdk import DAG, Asset, AssetWatcher

from airflow_provider_chakra.operators.messages import SendTextOperator
from airflow_provider_chakra.triggers.watch import ChakraOptOutTrigger

stopped = Asset("stopped", watchers=[AssetWatcher(name="stop", trigger=ChakraOptOutTrigger(poke_interval=1))])

with DAG("dag_stop", schedule=[stopped]):
    SendTextOperator(task_id="answer", to="919876543210", body="You get no more messages.")
