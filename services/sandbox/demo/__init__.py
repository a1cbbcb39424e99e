"""The demonstration: services, hospitals, a live screen, and the table that says whether everything adds up."""
