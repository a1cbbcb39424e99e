"""Models, rules and decisions of the OpenID provider: pure."""
