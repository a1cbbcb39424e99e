"""The event bus: a port, the embedded log, the relay (D2, D3)."""
