"""Requests rendered once for each site and kind of act, to be filled for each act.

A deposit's hash, size, identifiers and dates are right in each. A hospital with a seal signs each lot anew; without one
the signature names the right documents but keeps the digests and the value of the template. Assertions are signed when
bodies are rendered: one goes out with many acts, as clients do that keep theirs for a while.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sandbox.clients import iti18, iti41, ws_ins2
from sandbox.clients.insi_assertion import card_assertion
from sandbox.clients.lot import Entry, Lot
from sandbox.clients.stays import PATH as STAYS_PATH
from sandbox.clients.stays import Stay
from sandbox.facts import DocumentFacts, Encounter, Patient
from sandbox.hospitals.hospital import Hospital
from sandbox.load import marks
from sandbox.load.documents import Spec, content
from sandbox.load.lots import LotSignature
from sandbox.load.slots import Template, Values


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests of one service go: base URL, and the workspace they are for."""

    base_url: str
    workspace: str

    def head(self, path: str, headers: dict[str, str], size: int) -> str:
        """The head of an HTTP/1.1 request."""
        host = self.base_url.partition("://")[2].partition("/")[0]
        lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"X-Socles-Workspace: {self.workspace}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, f"Content-Length: {size}", "", ""])


@dataclass(frozen=True, slots=True)
class Request:
    """A whole HTTP request as a template."""

    template: Template

    def fill(self, values: Values) -> bytes:
        return self.template.fill(values)


@dataclass(frozen=True, slots=True)
class DepositRequest:
    """A request that carries a document whose digest stands before it."""

    before: Template
    document: Template
    after: Template
    consult: Request
    """The query for a document of the same patient."""
    signature: LotSignature | None = None
    """Of a hospital with a seal."""

    def fill(self, values: dict[bytes, bytes]) -> bytes:
        document = self.document.fill(values)
        values[marks.DIGEST] = hashlib.sha1(document, usedforsecurity=False).hexdigest().encode()
        if self.signature is not None:
            values[self.signature.mark] = self.signature.fill(values)
        return b"".join((self.before.fill(values), document, self.after.fill(values)))


def lot_of(hospital: Hospital, spec: Spec, dice: Random, now: datetime) -> tuple[Lot, bytes]:
    """A lot of one document, marks everywhere; and the document."""
    author, patient = dice.choice(hospital.authors), dice.choice(hospital.residents).patient
    encounter = Encounter(f"{hospital.site.root}.2", marks.STAY_EXTENSION, now - timedelta(days=2))
    facts = DocumentFacts(
        kind=spec.kind,
        level=spec.level,
        unique_id=marks.DOCUMENT_OID,
        set_id=marks.SET_OID,
        version=1,
        created_at=marks.INSTANT,
        patient=patient,
        author=author,
        site=hospital.site,
        encounter=encounter,
    )
    document = content(facts, spec)
    return Lot(marks.LOT_OID, marks.INSTANT, hospital.site, author, patient, (Entry(facts, document),)), document


def lookup(target: Target, hospital: Hospital, patient: Patient) -> Request:
    """WS_INS2 for a patient's traits."""
    traits = ws_ins2.Traits(
        patient.birth_name, patient.given_names[0], patient.sex, patient.birth_date, patient.birth_place
    )
    body = ws_ins2.request(
        traits,
        sender=hospital.site.national_id,
        token=marks.TOKEN_UUID,
        now=marks.INSTANT,
        security=card_assertion(f"_{marks.TOKEN_UUID}", marks.INSTANT, hospital.site),
    )
    return _request(target, ws_ins2.PATH, ws_ins2.HEADERS, body)


def deposit(
    target: Target, hospital: Hospital, spec: Spec, dice: Random, now: datetime, *, flawed: bool = False
) -> DepositRequest:
    """ITI-41; ``flawed`` has a wrong INS key, which the DMP refuses by rule."""
    lot, document = lot_of(hospital, spec, dice, now)
    token, url = marks.TOKEN_UUID, target.base_url
    consult = iti18.get_documents(
        marks.DOCUMENT_OID,
        base_url=url,
        token=token,
        now=marks.INSTANT,
        site=lot.site,
        author=lot.author,
        patient=lot.patient,
    )
    if flawed:
        entry = lot.entries[0]
        wrong = replace(entry.facts.patient, ins=_wrong_key(entry.facts.patient.ins))
        facts = replace(entry.facts, patient=wrong)
        document = content(facts, spec)
        lot = replace(lot, patient=wrong, entries=(Entry(facts, document),))
    package = iti41.request(lot, base_url=url, token=token, style=hospital.style)
    digest = hashlib.sha1(document, usedforsecurity=False).hexdigest().encode()
    whole = target.head(iti41.PATH, package.headers, len(package.body)).encode() + package.body
    inner = Template.of(document, marks.ALL)
    signature = LotSignature.of(lot) if lot.site.seal is not None else None
    places = marks.ALL if signature is None else (*marks.ALL, signature.mark)
    before, after = Template.of(whole.replace(digest, marks.DIGEST), places).around(inner)
    return DepositRequest(before, inner, after, _request(target, iti18.PATH, iti18.HEADERS, consult), signature)


def stay(target: Target, hospital: Hospital, patient: Patient, now: datetime, *, discharged: bool) -> Request:
    """POST /api/stays: an admission, or the discharge at this moment."""
    encounter = Encounter(f"{hospital.site.root}.2", marks.STAY_EXTENSION, now - timedelta(days=2))
    told = Stay(encounter, hospital.site, patient.ins, hospital.field or "MCO").as_json()
    if discharged:
        told["dischargedAt"] = marks.TIMES[0].decode()
    body = json.dumps([told]).encode()
    return _request(target, STAYS_PATH, {"Content-Type": "application/json"}, body)


def _request(target: Target, path: str, headers: dict[str, str], body: bytes) -> Request:
    return Request(Template.of(target.head(path, headers, len(body)).encode() + body, marks.ALL))


def _wrong_key(ins: str) -> str:
    """The same matricule with another key."""
    return f"{ins[:13]}{int(ins[13:]) % 97 + 1:02d}"
