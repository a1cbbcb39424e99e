"""``/_sandbox/reset`` and ``/_sandbox/seed``: begin anew."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from socle.control.plane import ControlPlane
from socle.web.model import Current, Json
from socle.web.routes.workspaces import WorkspaceView, find
from socle.web.spread import spread


class Seed(Json):
    """What the common population is made from."""

    seed: Annotated[int, Field(examples=[1])]
    establishments: Annotated[int, Field(ge=1, le=2000, examples=[20])] = 20
    patients_per_establishment: Annotated[int, Field(ge=1, le=10_000, examples=[100])] = 100


def router(control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox", tags=["reset"], route_class=spread(control))

    @api.post("/reset")
    def reset(workspace: Current) -> WorkspaceView:
        """Empty the workspace: next epoch, no fault rules, real time. Options and imported people stay."""
        control.reset_workspace(workspace.name)
        return find(control, workspace.name)

    @api.get("/seed")
    def seed() -> Seed:
        """What the common population was made from."""
        return Seed.model_validate(control.seeded_with())

    @api.post("/seed")
    def reseed(
        wanted: Annotated[Seed, Body(openapi_examples={"small": {"value": {"seed": 7, "establishments": 3}}})],
    ) -> Seed:
        """Replace the common population, for all workspaces. The same seed gives the same people."""
        control.seed_population(
            seed=wanted.seed,
            establishments=wanted.establishments,
            patients_per_establishment=wanted.patients_per_establishment,
        )
        return wanted

    return api
