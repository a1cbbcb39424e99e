"""The console on a TLS listener: it asks its own process in the plain, whatever the browser came by."""

import asyncio
from pathlib import Path

import httpx
import pytest

from sandbox.launcher import LaunchOptions, Sandbox


def test_pages_over_tls_find_their_exchanges(tmp_path: Path) -> None:
    asyncio.run(_served_over_tls(Sandbox(LaunchOptions(tmp_path, http_port=0, smtp_port=0, tls_port=0))))


async def _served_over_tls(sandbox: Sandbox) -> None:
    async with sandbox:
        secure = sandbox.secure_url(mutual=False)
        assert secure is not None
        async with httpx.AsyncClient(base_url=secure, verify=False, trust_env=False, timeout=20) as client:
            refused = await client.post("/lps", content=b"<a/>", headers={"Content-Type": "application/soap+xml"})
            exchange = refused.headers["x-socles-exchange"].rpartition("/")[2]
            page = await client.get(f"/console/exchanges/{exchange}")
            assert page.status_code == 200
            assert "Refus\u00e9" in page.text
            assert f"{secure}/lps" in page.text

            async with httpx.AsyncClient(base_url=secure, trust_env=False) as distrustful:
                with pytest.raises(httpx.ConnectError):
                    await distrustful.get("/")
            failed = await _handshake(client)
            told = (await client.get(f"/console/exchanges/{failed}")).text
            assert "La négociation TLS a échoué" in told
            assert "Différence" not in told  # there is no message to compare, to mend or to show
            assert "Événements émis" not in told


async def _handshake(client: httpx.AsyncClient) -> str:
    """The failed one, as soon as the journal has it."""
    async with asyncio.timeout(30):
        while True:
            found = (await client.get("/_sandbox/exchanges", params={"service": "tls"})).json()["items"]
            if found:
                return str(found[0]["id"])
            await asyncio.sleep(0.1)
