"""Facts, linkage, indicators and windows: pure functions (domain/indicators.md §6.4, §7)."""
