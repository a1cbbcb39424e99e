"""Command lines that send a recorded message again, for a POSIX shell."""

import re
from collections.abc import Mapping
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from console.reading.body import Body

_ADDRESS = re.compile(r"<([^<>]*)>")


def replay(entry: Mapping[str, Any], request: Body, base: str, body_path: str, smtp_port: int) -> str | None:
    """Fetch the body at ``body_path`` and send it as it was sent; None when it cannot be: cut, redacted, or no message.

    ``base``: what links begin with, such as ``http://127.0.0.1:8080/w/essai``.
    """
    if entry["redacted"] or request.cut or not request.size:
        return None
    fetch = f"curl -sS {quote(base + body_path)}"
    if entry["protocol"] == "smtp":
        return _mail(fetch, request, base, smtp_port)
    if not entry.get("path"):
        return None
    headers = [(name, request.header(name)) for name in ("Content-Type", "SOAPAction")]
    headers.append(("X-Socles-Replay", "curl"))
    given = " ".join(f"-H {quote(f'{name}: {value}')}" for name, value in headers if value)
    return f"{fetch} \\\n  | curl -sS -D - {given} \\\n    --data-binary @- {quote(base + entry['path'])}"


def _mail(fetch: str, request: Body, base: str, port: int) -> str | None:
    sender, recipients = "", []
    for verb, argument in request.headers:
        found = _ADDRESS.search(argument)
        if found and verb == "MAIL":
            sender = found[1]
        elif found and verb == "RCPT":
            recipients.append(found[1])
    if not recipients:
        return None
    host = urlsplit(base).hostname or "127.0.0.1"
    to = " ".join(f"--mail-rcpt {quote(one)}" for one in recipients)
    url = f"smtp://{f'[{host}]' if ':' in host else host}:{port}"
    return (
        f"{fetch} \\\n  | curl -sS --ssl-reqd --insecure --user {quote(f'{sender}:socles')} \\\n"
        f"    --mail-from {quote(sender)} {to} \\\n    --upload-file - {quote(url)}"
    )
