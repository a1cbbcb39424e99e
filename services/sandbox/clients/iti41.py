"""ITI-41, as an establishment's software feeds the DMP (dmp.md §1.5): one request carries one lot."""

from dataclasses import dataclass
from uuid import UUID

from sandbox.clients.ebrim import oid_of
from sandbox.clients.envelope import Answer, addressed
from sandbox.clients.lot import Entry, Lot, entry_id, submit_objects_request
from sandbox.clients.lot_signature import lot_signature
from sandbox.clients.mime import Package, Style, href, package, part_id
from sandbox.clients.vihf import vihf

PATH = "/si-dmp-server/v2/services/repository"
ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
_XDSB = "urn:ihe:iti:xds-b:2007"
_SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
_MUST_UNDERSTAND = {Style.CXF: "env:mustUnderstand", Style.JAVA: "mustUnderstand", Style.DOTNET: "env:mustUnderstand"}


@dataclass(frozen=True, slots=True)
class Deposited:
    """What the DMP answered to a deposit."""

    accepted: bool
    code: str | None = None
    """The first error code, or the fault's."""
    context: str = ""
    exchange: str | None = None


def request(lot: Lot, *, base_url: str, token: UUID, style: Style = Style.CXF, drop_part: int | None = None) -> Package:
    """The whole HTTP body of a deposit. ``token`` makes every id of the message; ``drop_part`` (from 0) forgets a
    document's part, as a broken sender does."""
    signature_id = oid_of(UUID(int=token.int ^ 1 << 96))  # far from the ids a caller may count up from the token
    signature = lot_signature(
        lot.unique_id,
        [(entry.facts.unique_id, entry.content) for entry in lot.entries],
        lot.submitted_at,
        lot.site.seal.identity if lot.site.seal is not None else None,
    )
    names = [part_id(style, number, str(token)) for number in range(1, len(lot.entries) + 2)]
    documents = [*zip((entry_id(number) for number in range(len(lot.entries))), names, _contents(lot), strict=False)]
    documents.append(("Signature01", names[-1], signature))
    includes = "".join(
        f'<xdsb:Document id="{entry}"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" '
        f'href="{href(name)}"/></xdsb:Document>'
        for entry, name, _content in documents
    )
    body = (
        f'<xdsb:ProvideAndRegisterDocumentSetRequest xmlns:xdsb="{_XDSB}">'
        f"{submit_objects_request(lot, signature_id=signature_id)}{includes}"
        "</xdsb:ProvideAndRegisterDocumentSetRequest>"
    )
    envelope = addressed(
        ACTION,
        f"urn:uuid:{token}",
        "" if style is Style.DOTNET else f"{base_url}{PATH}",
        header=vihf(f"_{token}", lot.submitted_at, site=lot.site, author=lot.author, patient=lot.patient),
        body=body,
        must_understand=_MUST_UNDERSTAND[style],
    )
    parts = [(name, content) for _entry, name, content in documents]
    if drop_part is not None:
        del parts[drop_part]
    return package(style, action=ACTION, token=str(token), envelope=envelope, parts=parts)


def _contents(lot: Lot) -> list[bytes]:
    return [entry.content for entry in lot.entries]


def read(answer: Answer) -> Deposited:
    """Success, or the first error of the list, or the fault's code."""
    if answer.is_fault:
        code, reason = answer.fault_codes()
        return Deposited(False, code or "Fault", reason, answer.exchange)
    if answer.body.get("status") == _SUCCESS:
        return Deposited(True, exchange=answer.exchange)
    for error in answer.body.iter("{*}RegistryError"):
        return Deposited(False, error.get("errorCode"), error.get("codeContext") or "", answer.exchange)
    return Deposited(False, "Failure", "", answer.exchange)


__all__ = ["ACTION", "PATH", "Deposited", "Entry", "Lot", "read", "request"]
