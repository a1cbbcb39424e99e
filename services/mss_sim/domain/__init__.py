"""Models, checks and decisions about mail; pure, no I/O, time passed in."""
