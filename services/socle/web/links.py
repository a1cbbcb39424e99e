"""What the links of an answer begin with."""

from fastapi import Request


def base_of(request: Request) -> str:
    """Scheme, host and port, and the workspace where the installation has a public address; no slash at the end."""
    public: str | None = getattr(request.state, "public_url", None)
    return public or str(request.base_url).rstrip("/")
