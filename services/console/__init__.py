"""The web console: a client of the others' public APIs, nothing more."""
