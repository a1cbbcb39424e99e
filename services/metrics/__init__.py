"""Usage indicators per establishment, derived from facts."""
