"""What Airflow discovers. Imported by every process of Airflow, so it imports nothing."""


def get_provider_info() -> dict[str, object]:
    """Describe this provider to Airflow."""
    return {
        "package-name": "airflow-provider-chakra",
        "name": "ChakraHQ",
        "description": "Send WhatsApp messages through `ChakraHQ <https://chakrahq.com/>`__.\n",
        "integrations": [
            {
                "integration-name": "ChakraHQ",
                "external-doc-url": "https://apidocs.chakrahq.com/",
                "tags": ["service"],
            }
        ],
        "hooks": [
            {"integration-name": "ChakraHQ", "python-modules": ["airflow_provider_chakra.hooks.chakra"]}
        ],
        "operators": [
            {
                "integration-name": "ChakraHQ",
                "python-modules": [
                    "airflow_provider_chakra.operators.asking",
                    "airflow_provider_chakra.operators.media",
                    "airflow_provider_chakra.operators.messages",
                    "airflow_provider_chakra.operators.processes",
                    "airflow_provider_chakra.operators.request",
                    "airflow_provider_chakra.operators.templates",
                ],
            }
        ],
        "sensors": [
            {
                "integration-name": "ChakraHQ",
                "python-modules": [
                    "airflow_provider_chakra.sensors.jobs",
                    "airflow_provider_chakra.sensors.messages",
                    "airflow_provider_chakra.sensors.templates",
                ],
            }
        ],
        "triggers": [
            {
                "integration-name": "ChakraHQ",
                "python-modules": [
                    "airflow_provider_chakra.triggers.answers",
                    "airflow_provider_chakra.triggers.inbox",
                    "airflow_provider_chakra.triggers.jobs",
                    "airflow_provider_chakra.triggers.templates",
                    "airflow_provider_chakra.triggers.watch",
                ],
            }
        ],
        "notifications": ["airflow_provider_chakra.notifications.hitl.ChakraHITLNotifier"],
        "queues": ["airflow_provider_chakra.queues.chakra.ChakraMessageQueueProvider"],
        "connection-types": [
            {
                "connection-type": "chakra",
                "hook-class-name": "airflow_provider_chakra.hooks.chakra.ChakraHook",
                "hook-name": "ChakraHQ",
                "ui-field-behaviour": {
                    "hidden-fields": ["login", "schema"],
                    "relabeling": {
                        "password": "Access token",
                        "host": "API base URL",
                        "port": "Port",
                    },
                    "placeholders": {
                        "password": "ChakraHQ: Admin > API Keys > your key > Access Tokens",
                        "host": "https://api.chakrahq.com",
                        "port": "443 (fill it in: Airflow 3.3 refuses to test a connection without a port)",
                    },
                },
                "conn-fields": {
                    "plugin_id": {
                        "label": "Plugin id",
                        "description": (
                            "ChakraHQ: WhatsApp Setup > three dots beside Save > Copy Plugin Id. "
                            "Needed to send."
                        ),
                        "schema": {"type": ["string", "null"], "maxLength": 200},
                    },
                    "phone_number_id": {
                        "label": "Phone number id",
                        "description": (
                            "Meta's id of the number to send from. ChakraHQ: WhatsApp Setup > gear beside "
                            "WhatsApp Phone Numbers > Meta ID. Needed to send."
                        ),
                        "schema": {"type": ["string", "null"], "maxLength": 200},
                    },
                    "waba_id": {
                        "label": "WhatsApp business account id",
                        "description": "Needed to check, list and create templates.",
                        "schema": {"type": ["string", "null"], "maxLength": 200},
                    },
                    "api_version": {
                        "label": "WhatsApp API version",
                        "description": "With its v: such as v24.0, which is taken if this is empty.",
                        "schema": {
                            "type": ["string", "null"],
                            "pattern": "^v[0-9]{1,3}\\.[0-9]{1,2}$",
                            "maxLength": 7,
                        },
                    },
                    "connect_timeout": {
                        "label": "Connect time-out (seconds)",
                        "description": "How long to wait until a connection stands. Empty: 10.",
                        "schema": {"type": ["number", "null"], "minimum": 0.1, "maximum": 600},
                    },
                    "read_timeout": {
                        "label": "Read time-out (seconds)",
                        "description": "How long to wait for the next piece of an answer. Empty: 30.",
                        "schema": {"type": ["number", "null"], "minimum": 0.1, "maximum": 600},
                    },
                    "proxy": {
                        "label": "Proxy",
                        "description": (
                            "Such as http://proxy.example.com:3128. Empty: the proxy that the environment "
                            "names, if any."
                        ),
                        "schema": {"type": ["string", "null"], "format": "password", "maxLength": 2000},
                    },
                    "max_tries": {
                        "label": "Tries",
                        "description": (
                            "How many times a request is made at most, where it was surely not carried out "
                            "before. Empty: 3."
                        ),
                        "schema": {"type": ["integer", "null"], "minimum": 1, "maximum": 10},
                    },
                    "max_wait": {
                        "label": "Wait between tries (seconds)",
                        "description": "In all. What takes longer is left to Airflow's retries. Empty: 30.",
                        "schema": {"type": ["number", "null"], "minimum": 0, "maximum": 600},
                    },
                    "on_unknown": {
                        "label": "If it is unknown whether a message was sent",
                        "description": (
                            "fail: end the task, and let a person look. resend: risk a second message. "
                            "reconcile: ask ChakraHQ for the chat. Empty: fail."
                        ),
                        "schema": {"type": ["string", "null"], "enum": ["fail", "resend", "reconcile"]},
                    },
                    "verify_tls": {
                        "label": "Verify TLS certificates",
                        "description": "Switch off only to try something out.",
                        "schema": {"type": ["boolean", "null"], "default": True},
                    },
                    "webhook_secret": {
                        "label": "Webhook secret",
                        "description": (
                            "ChakraHQ: Admin > Team > Secrets > HMAC secret. Needed to receive webhooks."
                        ),
                        "schema": {"type": ["string", "null"], "format": "password", "maxLength": 2000},
                    },
                    "webhook_verify_token": {
                        "label": "Webhook verify token",
                        "description": "A secret of your own, if whoever calls the webhook asks for one.",
                        "schema": {"type": ["string", "null"], "format": "password", "maxLength": 2000},
                    },
                },
            }
        ],
        "config": {
            "chakra": {
                "description": "Webhooks of ChakraHQ, received by Airflow's API server.",
                "options": {
                    "webhook": {
                        "description": (
                            "Whether the API server takes webhooks, at ``/chakra/webhook/<connection id>``. "
                            "Triggerers must know it, too."
                        ),
                        "version_added": "0.1.0",
                        "type": "boolean",
                        "example": None,
                        "default": "False",
                    },
                    "inbox_sql_alchemy_conn": {
                        "description": (
                            "The SQLAlchemy URL of the database that keeps what arrived. Empty: the one of "
                            "``[database] sql_alchemy_conn``."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "sensitive": True,
                        "example": "postgresql+psycopg2://chakra:password@localhost/chakra",
                        "default": "",
                    },
                    "inbox_url": {
                        "description": (
                            "The URL below which triggerers reach the API server. Empty: what "
                            "``[core] execution_api_server_url`` or ``[api] base_url`` say."
                        ),
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": "https://airflow.example.com",
                        "default": "",
                    },
                    "inbox_days": {
                        "description": "For how many days what arrived is kept.",
                        "version_added": "0.1.0",
                        "type": "integer",
                        "example": None,
                        "default": "7",
                    },
                },
            }
        },
    }
