"""
ChakraHQ's webhooks, from Airflow's API server to the triggerers.

The API server writes each event into a table and acknowledges it then (:mod:`.app`, :mod:`.writer`,
:mod:`.store`). Triggerers have no database: they read the table through the API server (:mod:`.feed`).
"""
