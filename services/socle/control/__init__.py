"""The control plane (D14): workspaces, clocks, fault rules and the common population."""
