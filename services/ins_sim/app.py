"""INSi, put together: ``POST /lps`` and its WSDL on the shared SOAP endpoint."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from ins_sim import demands
from ins_sim.acts.way import Way
from ins_sim.domain import faults  # noqa: F401 - fills the catalogue
from ins_sim.domain.mending import MENDERS
from ins_sim.fhir.endpoint import FhirEndpoint
from ins_sim.fhir.server import PREFIX
from ins_sim.homologation.desk import Desk
from ins_sim.homologation.routes import router as homologation
from ins_sim.mending import asked
from ins_sim.operations import operations
from ins_sim.settings import InsSettings
from ins_sim.store import METADATA, MIGRATIONS, InsStore
from ins_sim.trust import Trust
from ins_sim.wire.layout import InsRenderer
from ins_sim.wire.magic import magic_of
from ins_sim.wire.wsdl import wsdl
from socle.assertions.policy import AssertionSettings
from socle.assertions.verifier import Verifier
from socle.ground import Ground
from socle.mending.routes import router as mended
from socle.mending.soap import SoapMending
from socle.pki.wiring import make_pki
from socle.service import ASGIApp
from socle.soap.endpoint import SoapEndpoint

NAME = "ins_sim"
PATH = "/lps"
"""The one path of all AMO services: the operation is found by action or body."""


class InsService:
    """See ``socle.service.Service``."""

    name = NAME

    def __init__(self, ground: Ground, settings: InsSettings) -> None:
        store = InsStore(ground.open_store(NAME, METADATA, MIGRATIONS))
        ground.forget_also(NAME, demands.forget(ground.control.clock))
        trust = Trust(Verifier(make_pki(ground.settings)), AssertionSettings())
        endpoint = SoapEndpoint(
            service=NAME,
            operations=operations(Way(store, ground.control, settings, trust)),
            control=ground.control,
            journal=ground.journal,
            admission=ground.admission(NAME),
            spool=ground.spool_dir,
            renderer=InsRenderer(),
            wsdl=wsdl,
            magic=magic_of,
        )
        fhir = FhirEndpoint(NAME, ground.control, ground.journal, ground.admission(NAME))
        self.mounts: Mapping[str, ASGIApp] = {PATH: endpoint, f"{PREFIX}/*": fhir}
        mending = SoapMending({PATH: endpoint}, MENDERS, asked, ground.spool_dir)
        self.routers: Sequence[APIRouter] = (
            mended(NAME, ground.control, ground.journal, mending.mend),
            homologation(NAME, Desk(NAME, ground.journal)),
        )

    async def start(self) -> None:
        """Nothing of its own: the ground opens and closes the database."""

    async def stop(self) -> None:
        """Nothing of its own: the ground flushes the outbox."""


def build(ground: Ground, settings: InsSettings | None = None) -> InsService:
    """INSi on a ground that other services may share."""
    return InsService(ground, settings or InsSettings())
