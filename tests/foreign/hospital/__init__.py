"""A small hospital software."""
