"""The event contract, version 1, and how events travel (D3)."""
