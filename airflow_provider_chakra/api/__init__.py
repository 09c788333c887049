"""How ChakraHQ's pass-through API is spoken to, over ``requests``. Knows nothing of Airflow."""
