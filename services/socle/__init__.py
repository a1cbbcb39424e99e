"""The ground all Socles services stand on: contract, wire helpers, store, bus, journal and control plane."""
