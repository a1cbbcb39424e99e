"""Menders of the CDA itself. Its hash and size are told anew by the round that follows."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import quoteattr

from dmp_sim.domain import check_cda as rules
from dmp_sim.domain.mending.base import MENDERS, Target, Told, target
from socle.clock import PARIS
from socle.mending.model import Do, Edit
from socle.rules import Finding

DOC = "(//h:ClinicalDocument)[1]"
H = 'xmlns="urn:hl7-org:v3"'
_SECOND = 14
"""Digits of a time told to the second."""


def _edit(one: Target, do: Do, path: str, value: str = "", name: str = "") -> Edit:
    return Edit(do, path, value, name, one.content)


@MENDERS.mends(
    rules.READABLE,
    "Esperluettes échappées, DOCTYPE retiré ou octets Windows-1252 passés en UTF-8, si cela suffit.",
    "Ampersands escaped, DOCTYPE removed or bytes of Windows-1252 made UTF-8, if that is enough.",
)
def _readable(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.document is not None:
        yield _edit(one, Do.REPAIR, "/*")


@MENDERS.mends(
    rules.SET_ID,
    "setId et versionNumber d'une première version sont ajoutés.",
    "setId and versionNumber of a first version are added.",
)
def _set_id(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is None or one.header is None or one.header.replaces or not one.header.id.root:
        return
    header = one.header
    extension = f" extension={quoteattr(header.id.extension)}" if header.id.extension else ""
    version = f'<versionNumber {H} value="1"/>'
    if not header.set_id.root:
        new = f"<setId {H} root={quoteattr(header.id.root)}{extension}/>"
        after = f"{DOC}/*[self::h:languageCode or self::h:confidentialityCode][last()]"
        yield _edit(one, Do.AFTER, after, new + ("" if header.version else version))
    else:
        yield _edit(one, Do.AFTER, f"{DOC}/h:setId", version)


@MENDERS.mends(rules.TIME_ZONE, "Le décalage de l'heure de Paris est ajouté.", "The offset of Paris time is added.")
def _zone(told: Told, finding: Finding) -> Iterable[Edit]:
    one, text = target(told, finding), finding.found
    if one is not None and one.header is not None and len(text) == _SECOND and text.isdigit():
        try:
            local = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=PARIS)
        except ValueError:
            return
        yield _edit(one, Do.SET, f"{DOC}/h:effectiveTime", f"{text}{local:%z}", "value")


@MENDERS.mends(rules.SP_NAME, "Le qualificatif SP devient CL.", "The qualifier SP becomes CL.")
def _sp(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.header is not None:
        yield _edit(one, Do.SET, "(//h:recordTarget//h:family[@qualifier='SP'])[1]", "CL", "qualifier")


@MENDERS.mends(
    rules.ID_EXTENSION,
    "L'extension est retirée, si uniqueId est déjà la racine seule.",
    "The extension is taken off, if uniqueId is the root alone already.",
)
def _extension(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.header is not None and one.entry.unique_id == one.header.id.root:
        yield _edit(one, Do.BEFORE, f"{DOC}/h:id", f"<id {H} root={quoteattr(one.header.id.root)}/>")
        yield _edit(one, Do.REMOVE, f"{DOC}/h:id")


@MENDERS.mends(
    rules.TEMPLATES, "Les templateId de HL7 France et du CI-SIS sont ajoutés.", "Both templateIds are added."
)
def _templates(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.header is not None:
        missing = [root for root in (rules.FRANCE, rules.CI_SIS) if root not in one.header.template_ids]
        new = "".join(f'<templateId {H} root="{root}"/>' for root in missing)
        yield _edit(one, Do.AFTER, f"{DOC}/h:typeId", new)
