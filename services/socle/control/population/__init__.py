"""The common population: fictitious people, professionals, places and boxes, the same for every service (D14)."""
