"""Simulated hospitals: each plays its day through the wire and keeps its own ledger of what it sent."""
