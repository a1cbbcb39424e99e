"""The DMP's part of the catalogue of faults (D10); importing it registers the entries."""

from dmp_sim.domain.faults import broken, soap, xds

__all__ = ["broken", "soap", "xds"]
