"""The DMP, put together: its SOAP paths on the shared endpoint, inspection beside them."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from dmp_sim.consultation import Consultations
from dmp_sim.deposit import Deposits
from dmp_sim.domain import faults  # noqa: F401 - fills the catalogue
from dmp_sim.domain.mending import MENDERS, anew
from dmp_sim.inspection import router
from dmp_sim.lots import Lots
from dmp_sim.mending import Teller
from dmp_sim.settings import DmpSettings
from dmp_sim.store import METADATA, MIGRATIONS, DmpStore
from dmp_sim.trust import Trust
from dmp_sim.wire.magic import magic_of
from dmp_sim.wire.renderer import DmpRenderer
from socle.assertions.policy import AssertionSettings
from socle.assertions.verifier import Verifier
from socle.ground import Ground
from socle.mending.routes import router as mended
from socle.mending.soap import SoapMending
from socle.pki.wiring import make_pki
from socle.service import ASGIApp
from socle.soap.endpoint import SoapEndpoint
from socle.soap.model import Operation
from socle.soap.render import CxfRenderer, Renderer

NAME = "dmp_sim"


class DmpService:
    """See ``socle.service.Service``."""

    name = NAME

    def __init__(self, ground: Ground, settings: DmpSettings) -> None:
        database = ground.open_store(NAME, METADATA, MIGRATIONS)
        store = DmpStore(database, database.blobs)
        verifier, assertions = Verifier(make_pki(ground.settings)), AssertionSettings()
        trust = Trust(ground.control, verifier, assertions)
        consultations = Consultations(store, ground.control, trust)

        def endpoint(*operations: Operation, renderer: Renderer, multipart: bool = False) -> SoapEndpoint:
            return SoapEndpoint(
                service=NAME,
                operations=operations,
                control=ground.control,
                journal=ground.journal,
                admission=ground.admission(NAME),
                spool=ground.spool_dir,
                renderer=renderer,
                multipart=multipart,
                magic=magic_of,
            )

        deposits = Deposits(store, ground.control, trust, Lots(verifier, assertions))
        endpoints = {
            f"{settings.base_path}/repository": endpoint(
                deposits.operation,
                consultations.retrieve_operation,
                renderer=DmpRenderer(),
                multipart=settings.multipart_repository,
            ),
            f"{settings.base_path}/registry": endpoint(
                consultations.query_operation, renderer=DmpRenderer(registry=True)
            ),
            # Not simulated yet: editors' software begins there (TD0.2), and understands a SOAP fault only.
            f"{settings.base_path}/patients": endpoint(renderer=CxfRenderer()),
            f"{settings.base_path}/habilitations": endpoint(renderer=CxfRenderer()),
        }
        mending = SoapMending(endpoints, MENDERS, Teller(store, ground.control).told, ground.spool_dir, anew=anew)
        self.mounts: Mapping[str, ASGIApp] = endpoints
        self.routers: Sequence[APIRouter] = (
            router(store),
            mended(NAME, ground.control, ground.journal, mending.mend),
        )

    async def start(self) -> None:
        """Nothing of its own: the ground opens the database."""

    async def stop(self) -> None:
        """Nothing of its own: the ground flushes the outbox."""


def build(ground: Ground, settings: DmpSettings | None = None) -> DmpService:
    """The DMP on a ground that other services may share."""
    return DmpService(ground, settings or DmpSettings())
