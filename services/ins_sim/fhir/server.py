"""The FHIR interactions: metadata, read, search."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final
from urllib.parse import unquote_plus

from starlette.concurrency import run_in_threadpool

from ins_sim.domain.coverage import Matricule
from ins_sim.domain.strangers import may_be_real
from ins_sim.fhir import rules
from ins_sim.fhir.bundles import capability, searchset
from ins_sim.fhir.call import Call
from ins_sim.fhir.reply import Refused, issue_of, resource
from ins_sim.fhir.search import parse
from socle.control.known import real_patient_refused
from socle.control.model import Person
from socle.control.options import one_of
from socle.control.port import Control
from socle.identifiers.ins import OID_NIR
from socle.identities.fhir.names import OID_SYSTEM, StatusCodes
from socle.identities.fhir.writing import patient
from socle.web.endpoint import Reply

PREFIX: Final = "/fhir"
OPTION: Final = "insi.fhir.identity"
"""Workspace option: which code system tells the status, ``identity-status`` (2.2.0) or ``v2-0445``."""
one_of(OPTION, StatusCodes)
_NUMBERS: Final = re.compile(
    rf"(?:{OID_SYSTEM}([0-9.]+)\|)?(?<![0-9A-Z])([1-9][0-9]{{4}}(?:[0-9]{{2}}|2[AB])[0-9]{{6}}) ?((?:[0-9]{{2}})?)"
    "(?![0-9A-Z])",
    re.ASCII | re.IGNORECASE,
)
"""An OID, if one stands before it, a number of 13 characters, and its key."""
_READ: Final = re.compile(r"/Patient/([A-Za-z0-9.-]{1,64})")


class Server:
    """One for the service."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def answer(self, call: Call) -> Reply:
        """Raises ``Refused``."""
        path = call.path.removeprefix(PREFIX)
        if call.method == "POST" and path == "/Patient/_search":
            body = await call.body()
            self.nobody_real(call, body.decode("latin-1"))
            return await self._search(call, call.form(body))
        if call.method not in ("GET", "HEAD"):
            raise Refused(rules.METHOD.finding(where="HTTP", expected="GET", found=call.method[:20]))
        self._wants_json(call)
        if path == "/metadata":
            return resource(capability(call.base, call.now))
        if path == "/Patient":
            return await self._search(call, call.query)
        found = _READ.fullmatch(path)
        if found is None:
            raise Refused(rules.INTERACTION.finding(where="HTTP", expected="/fhir/Patient", found=path[:80]))
        person = self._control.population(call.workspace.name).person(found[1])
        if person is None:
            raise Refused(rules.NOT_FOUND.finding(where="Patient.id", found=found[1]))
        return resource(patient(person, _codes(call)))

    async def _search(self, call: Call, pairs: Sequence[tuple[str, str]]) -> Reply:
        search = parse(pairs)
        if search.refused:
            raise Refused(*search.refused)
        if search.ignored and "handling=strict" in call.header("prefer"):
            raise Refused(*(rules.STRICT.finding(where=one.where, found=one.found) for one in search.ignored))
        call.exchange.findings += search.ignored
        people = self._control.population(call.workspace.name)
        # one lookup is quick; reading through everybody is not
        quick = search.ids is not None or search.numbers is not None
        found: list[Person] = search.find(people) if quick else await run_in_threadpool(partial(search.find, people))
        ignored = [issue_of(one, "warning") for one in search.ignored]
        return resource(searchset(search, found, call.base, _codes(call), ignored))

    def nobody_real(self, call: Call, text: str) -> None:
        """D11: a number that may be a real person's, wherever the request has it, is not looked for, and the journal
        does not keep it. Raises ``Refused``."""
        people = self._control.population(call.workspace.name)
        for oid, number, key in _NUMBERS.findall(unquote_plus(text)):
            for ins, where in may_be_real(Matricule(number.upper(), key), "identifier", oid or OID_NIR):
                finding = real_patient_refused(ins, people, where=where)
                if finding is not None:
                    call.exchange.redacted = True
                    call.exchange.path = _NUMBERS.sub("…", call.exchange.path)
                    raise Refused(finding)

    def _wants_json(self, call: Call) -> None:
        asked = dict(call.query).get("_format")
        accepted = [asked] if asked is not None else call.header("accept").split(",")
        kinds = [one.partition(";")[0].strip().lower() for one in accepted]
        if not any(kind in ("", "*/*", "application/*") or kind.endswith("json") for kind in kinds):
            raise Refused(
                rules.FORMAT.finding(where="Accept", expected="application/fhir+json", found=", ".join(kinds)[:80])
            )


def _codes(call: Call) -> StatusCodes:
    option = call.workspace.options.get(OPTION)
    return StatusCodes(option) if option in tuple(StatusCodes) else StatusCodes.IDENTITY_STATUS
