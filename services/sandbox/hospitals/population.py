"""The common population as the control API tells it: hospitals learn who there is by asking, as any client would."""

import re
from typing import Any, TypeVar

import msgspec

from sandbox.clients.http import Http
from sandbox.hospitals.world import World
from socle.control.model import Box, Establishment, Person, Professional

PATH = "/_sandbox/population"
_PAGE = 1000
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")

T = TypeVar("T")


async def read_world(http: Http) -> World:
    """All establishments, professionals, persons and boxes of the workspace."""
    return World(
        establishments=await _all(http, "establishments", Establishment),
        professionals=await _all(http, "professionals", Professional),
        persons=await _all(http, "persons", Person),
        boxes=await _all(http, "boxes", Box),
    )


async def _all(http: Http, kind: str, model: type[T]) -> list[T]:
    found: list[T] = []
    while True:
        page = await http.get_json(f"{PATH}/{kind}", offset=len(found), limit=_PAGE)
        found += msgspec.convert([_snake(one) for one in page], list[model])  # type: ignore[valid-type]
        if len(page) < _PAGE:
            return found


def _snake(value: Any) -> Any:
    """camelCase names as the value objects spell them."""
    if isinstance(value, dict):
        return {_CAPITAL.sub(r"_\1", name).lower(): _snake(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_snake(inner) for inner in value]
    return value
