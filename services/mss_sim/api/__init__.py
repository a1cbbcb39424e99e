"""The JSON API under ``/_sandbox/mss_sim/``: inspection, never instead of the wire."""
