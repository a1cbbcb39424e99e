"""The catalogue of documented refusals and failures, and profiles of slowness (D10)."""
