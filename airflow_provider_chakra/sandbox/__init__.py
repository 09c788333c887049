"""
A ChakraHQ to develop and test against: real HTTP, and nothing leaves but the webhooks that are asked for.

It is a second opinion. Nothing in here imports the rest of the provider, and nothing in here imports Airflow:
payloads are judged by the table in :mod:`.rules`, so that a mistake in the provider's own models is found.

This file stays empty of imports, because the pytest plugin is loaded in every test run of everybody who has
the provider installed.
"""
