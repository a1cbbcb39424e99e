"""Archives of workspaces: everything a workspace holds in one zip, to be restored here, elsewhere or later.

A whole archive holds what the control plane knows and one part, itself a zip, for each service: see docs/workspaces.md.
"""
