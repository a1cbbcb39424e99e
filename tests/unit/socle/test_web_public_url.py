"""Links of a process behind an edge: they begin with its public address, whatever the request said."""

from collections.abc import Mapping

import httpx
import pytest
from pydantic import ValidationError

from socle.control.model import Workspace
from socle.control.port import Control
from socle.service import ASGIApp, Receive, Scope, Send
from socle.settings import GroundSettings
from socle.soap.limits import DEFAULT_LIMITS
from socle.soap.request import SoapRequest
from socle.web.application import Application

PUBLIC = "https://sandbox.example:8443"


class TwoWorkspaces(Control):
    """Knows ``default`` and ``ws1``; nothing else is asked of it."""

    def workspace(self, name: str) -> Workspace | None:
        return Workspace(name) if name in {"default", "ws1"} else None


async def link(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the base of its links."""
    request = SoapRequest(scope, receive, DEFAULT_LIMITS, None)  # type: ignore[arg-type]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": request.base_url.encode()})


async def asked(path: str, public_url: str | None, headers: Mapping[str, str]) -> str:
    app: ASGIApp = Application(TwoWorkspaces(), {"/soap": link}, link, public_url=public_url)  # type: ignore[abstract]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dmp_sim:8080") as http:
        return (await http.post(path, headers=headers)).text


@pytest.mark.parametrize(
    ("path", "headers", "seen", "public"),
    [
        ("/soap", {}, "http://dmp_sim:8080", PUBLIC),
        ("/soap", {"host": "ws1.socles.localhost:81"}, "http://ws1.socles.localhost:81", f"{PUBLIC}/w/ws1"),
        ("/soap", {"x-socles-workspace": "ws1"}, "http://dmp_sim:8080", f"{PUBLIC}/w/ws1"),
        ("/w/ws1/soap", {}, "http://dmp_sim:8080/w/ws1", f"{PUBLIC}/w/ws1"),
        ("/w/nobody/soap", {}, "http://dmp_sim:8080", PUBLIC),
    ],
)
async def test_links_begin_with_what_the_client_can_reach(
    path: str, headers: dict[str, str], seen: str, public: str
) -> None:
    assert await asked(path, None, headers) == seen
    assert await asked(path, PUBLIC, headers) == public


@pytest.mark.parametrize("wrong", ["sandbox.example", "https://sandbox.example/", "ftp://sandbox.example"])
def test_a_public_url_is_scheme_host_and_port(wrong: str) -> None:
    assert GroundSettings(public_url=PUBLIC).public_url == PUBLIC
    with pytest.raises(ValidationError):
        GroundSettings(public_url=wrong)
