"""Recorded bytes → what a page can show: MIME parts, XML laid out by lines, places of findings. Pure functions.

Everything read here was sent by a stranger: nothing is trusted, nothing is fetched, every size is bounded.
"""
