"""The JSON side: the FastAPI factory and the routes under ``/_sandbox/``."""
