"""What this process does not serve, because of its roles: said clearly, not with an empty page."""

from collections.abc import Iterable

from fastapi import APIRouter, HTTPException
from fastapi.routing import APIRoute

from metrics.settings import Role


def router(role: Role, unserved: Iterable[APIRouter]) -> APIRouter:
    """The same paths, each answering 404 with the role that would serve it."""
    routes = APIRouter(include_in_schema=False)

    async def elsewhere() -> None:
        raise HTTPException(
            404,
            f"ce processus ne tient pas le rôle « {role.value} » (SOCLES_METRICS_ROLES) : adressez-vous à un autre "
            f"/ this process does not have the role {role.value!r}",
        )

    for each in unserved:
        for route in each.routes:
            if isinstance(route, APIRoute):
                routes.add_api_route(route.path, elsewhere, methods=sorted(route.methods or ()))
    return routes
