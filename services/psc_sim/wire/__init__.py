"""Bytes to models and back: HTTP forms, JSON, the login pages."""
