"""A page as an answer."""

import asyncio
from typing import Any

from fastapi.responses import Response

from console.asked import Asked
from console.rendering import HEADERS, page


async def html(name: str, about: Asked, workspace: str, status: int = 200, **shown: Any) -> Response:
    """The template ``name``, its links staying in ``workspace``."""
    root = about.root(workspace)
    text = await asyncio.to_thread(page, name, root=root, workspace=workspace, **shown)
    return Response(text, status, HEADERS, "text/html; charset=utf-8")
