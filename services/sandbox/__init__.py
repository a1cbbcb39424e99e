"""Command line, one-process launcher and simulated hospitals."""

__version__ = "0.1.0"
