"""``socles load``: arrivals at a given rate, whatever the answers; what came of them; the books that must balance."""
