"""Bytes ↔ models: events from the bus, stays from HTTP bodies."""
