"""MSSanté's part of the catalogue of faults (D10); importing it registers the entries."""

from mss_sim.domain.faults import opening, replies, reports

__all__ = ["opening", "replies", "reports"]
