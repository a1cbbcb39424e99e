"""Pro Santé Connect, the professionals' OpenID provider."""
