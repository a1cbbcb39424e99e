"""Clients of the simulated hospitals: they know the services by host and port only, as an editor's software does."""
