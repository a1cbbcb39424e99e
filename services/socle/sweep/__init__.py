"""Removal of what nobody can see any more: rows and events of deleted workspaces, and of epochs that a reset ended."""
