"""Bytes ↔ models, one file per transaction."""
