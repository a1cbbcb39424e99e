"""The sandbox's own JSON routes: one file each, each a function that makes a router."""
