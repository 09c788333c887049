"""Send WhatsApp messages from Apache Airflow through ChakraHQ."""

__version__ = "0.1.0"
