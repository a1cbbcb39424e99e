"""A file sent as the body of a request: JSON or YAML, read without trusting it, into one of our models."""

import json
from typing import Any, TypeVar

import yaml
from fastapi import Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from socle.web.errors import Refusal
from socle.web.model import Json

M = TypeVar("M", bound=Json)

LARGEST = 1 << 20
"""Bytes of a file; ours."""
_JSON = "application/json"
_YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")


class _Loader(yaml.SafeLoader):
    """Plain values only, and no aliases: a few lines of them stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not taken")
        return super().compose_node(parent, index)


async def read_file(request: Request, model: type[M]) -> M:
    """Raises ``Refusal``: 413 when it is too large, 415 for another kind, 422 for what is no such file."""
    kind = request.headers.get("content-type", _JSON).partition(";")[0].strip().lower()
    if kind != _JSON and kind not in _YAML:
        raise Refusal(
            415,
            "file.kind",
            f"Le fichier est attendu en application/json ou application/yaml, pas en {kind!r}.",
            f"The file is expected as application/json or application/yaml, not as {kind!r}.",
        )
    return await run_in_threadpool(_parse, await read_body(request, LARGEST), kind, model)


async def read_body(request: Request, most: int) -> bytes:
    """The whole body. Raises ``Refusal``: 413 beyond ``most`` bytes, 415 when compressed: it may hide gigabytes."""
    coding = request.headers.get("content-encoding", "identity")
    if coding != "identity":
        raise Refusal(415, "file.coding", f"Corps compressé ({coding}) : non admis.", f"Compressed body ({coding}).")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise Refusal(413, "file.size", f"Fichier de plus de {most} octets.", f"File over {most} bytes.")
    return bytes(data)


def _parse(data: bytes, kind: str, model: type[M]) -> M:
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text) if kind == _JSON else yaml.load(text, _Loader)  # noqa: S506 - a safe one
        return model.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _unreadable(f"{'/'.join(map(str, first['loc'])) or '/'} : {first['msg']}") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise _unreadable(" ".join(str(error).split())[:300]) from None


def _unreadable(why: str) -> Refusal:
    return Refusal(422, "file.invalid", f"Fichier illisible : {why}", f"The file cannot be read: {why}")
