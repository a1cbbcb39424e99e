"""Addresses as options give them."""

from urllib.parse import urlsplit


def host_and_port(url: str) -> tuple[str, int]:
    """Of an ``http://`` URL. Raises ``ValueError`` for anything else."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"http://hôte:port attendu / expected: {url!r}")
    return parts.hostname, parts.port or 80


def smtp_address(text: str) -> tuple[str, int]:
    """``host:port``. Raises ``ValueError``."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit():
        raise ValueError(f"hôte:port attendu / expected: {text!r}")
    return host.strip("[]"), int(port)
