"""The DMP, put together: /repository and /registry on the shared SOAP endpoint, inspection beside them."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from dmp_sim.consultation import Consultations
from dmp_sim.deposit import Deposits
from dmp_sim.inspection import router
from dmp_sim.settings import DmpSettings
from dmp_sim.store import METADATA, MIGRATIONS, DmpStore
from dmp_sim.wire.renderer import DmpRenderer
from socle.ground import Ground
from socle.service import ASGIApp
from socle.soap.endpoint import SoapEndpoint
from socle.soap.model import Operation

NAME = "dmp_sim"


class DmpService:
    """See ``socle.service.Service``."""

    name = NAME

    def __init__(self, ground: Ground, settings: DmpSettings) -> None:
        database = ground.open_store(NAME, METADATA, MIGRATIONS)
        store = DmpStore(database, database.blobs)
        consultations = Consultations(store, ground.control)

        def endpoint(*operations: Operation, registry: bool) -> SoapEndpoint:
            return SoapEndpoint(
                service=NAME,
                operations=operations,
                control=ground.control,
                journal=ground.journal,
                admission=ground.admission(NAME),
                spool=ground.spool_dir,
                renderer=DmpRenderer(registry=registry),
                multipart=settings.multipart_repository and not registry,
            )

        deposits = Deposits(store, ground.control)
        self.mounts: Mapping[str, ASGIApp] = {
            f"{settings.base_path}/repository": endpoint(
                deposits.operation, consultations.retrieve_operation, registry=False
            ),
            f"{settings.base_path}/registry": endpoint(consultations.query_operation, registry=True),
        }
        self.routers: Sequence[APIRouter] = (router(store),)

    async def start(self) -> None:
        """Nothing of its own: the ground opens the database."""

    async def stop(self) -> None:
        """Nothing of its own: the ground flushes the outbox."""


def build(ground: Ground, settings: DmpSettings | None = None) -> DmpService:
    """The DMP on a ground that other services may share."""
    return DmpService(ground, settings or DmpSettings())
