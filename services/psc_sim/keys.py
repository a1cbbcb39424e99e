"""The provider's signing key: made at the first start, the same for all replicas that share the folder."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from socle.access_tokens import PUBLIC

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

_PRIVATE: Final = "psc-signing.json"
_BITS: Final = 2048
_OWNER, _ALL = 0o600, 0o644


def signing_key(folder: Path) -> "RSAKey":
    """The private key of ``folder`` (mode 0600), made if it is not there; leaves the public one beside it. Blocking."""
    from joserfc.jwk import RSAKey

    path = folder / _PRIVATE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = RSAKey.generate_key(_BITS, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
        _write(path, json.dumps(made.as_dict(private=True)), _OWNER, replace=False)
    key = RSAKey.import_key(json.loads(path.read_text("ascii")))
    _write(folder / PUBLIC, json.dumps(public(key)), _ALL, replace=True)
    return key


def public(key: "RSAKey") -> dict[str, list[dict[str, object]]]:
    """The key set that clients verify with."""
    return {"keys": [{**key.as_dict(private=False)}]}


def _write(path: Path, content: str, mode: int, *, replace: bool) -> None:
    """Whole or not at all; of replicas that start at once, the first one's private key stays."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(content)
    try:
        if replace:
            os.replace(draft, path)
        else:
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
