"""The journal of every exchange (D9)."""
