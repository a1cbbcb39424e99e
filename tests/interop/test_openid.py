"""OpenID clients nobody here wrote log in with PKCE, refresh, and are revoked: Authlib, and openid-client for Node."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session

from support.sandbox_thread import RunningSandbox

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

NODE = Path(__file__).parent / "node"
BACK = "http://127.0.0.1:3000/retour"


def professional(sandbox: RunningSandbox) -> str:
    rpps: str = httpx.post(f"{sandbox.url}/_sandbox/psc_sim/tokens", json={}, trust_env=False).json()["rpps"]
    return rpps


def test_authlib(sandbox: RunningSandbox) -> None:
    found = sandbox.get("/auth/realms/esante-wallet/.well-known/openid-configuration")
    rpps, verifier = professional(sandbox), "v" * 64
    with OAuth2Session(
        "lps-authlib",
        "un-secret",
        scope="openid scope_all",
        redirect_uri=BACK,
        code_challenge_method="S256",
        token_endpoint=found["token_endpoint"],
    ) as client:
        client.trust_env = False
        hints = {"acr_values": "eidas1", "login_hint": rpps, "prompt": "none", "nonce": "n-1"}
        asked, state = client.create_authorization_url(found["authorization_endpoint"], code_verifier=verifier, **hints)
        back = httpx.get(asked, trust_env=False).headers["location"]
        tokens = client.fetch_token(authorization_response=back, state=state, code_verifier=verifier)
        assert client.get(found["userinfo_endpoint"]).json()["SubjectNameID"] == f"8{rpps}"
        second = client.refresh_token(found["token_endpoint"])
        assert second["refresh_token"] != tokens["refresh_token"]
        introspection = found["introspection_endpoint"]
        assert client.introspect_token(introspection, second["access_token"]).json()["active"] is True
        client.revoke_token(found["revocation_endpoint"], second["refresh_token"])
        assert client.get(found["userinfo_endpoint"]).status_code == 401
        assert client.introspect_token(introspection, second["access_token"]).json() == {"active": False}


def test_openid_client_for_node(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """From the npm registry; it verifies issuer, signature, nonce and the ``iss`` of the return by itself."""
    assert shutil.which("npm"), "npm is needed for this test"
    project = shutil.copytree(NODE, tmp_path / "node")
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=project, check=True, timeout=200)
    rpps = professional(sandbox)
    command = ["node", "login.mjs", f"{sandbox.url}/auth/realms/esante-wallet", rpps]
    done = subprocess.run(command, cwd=project, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout)
    assert said == {"national": f"8{rpps}", "before": True, "after": False, "refused": "invalid_grant"}
