"""What of the header is mended by rule: blocks and fields completed, whichever operation is called."""

import re
from collections.abc import Iterable
from datetime import UTC

from ins_sim.domain import rules, rules_call
from ins_sim.domain.mending.base import BAM, CONTEXT_BAM, HEADER, LPS, MENDERS, WSA, Asked
from socle.mending.model import Do, Edit
from socle.rules import Finding

SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"


@MENDERS.mends(rules.BAM_MISSING, "Un ContexteBAM 01_02 est ajouté.", "A ContexteBAM 01_02 is added.")
def _bam(asked: Asked, finding: Finding) -> Iterable[Edit]:
    issuer = asked.caller.lps.issuer
    sender = f"<Emetteur>{issuer}</Emetteur>" if issuer.isalnum() else ""
    block = (
        f'<ContexteBAM xmlns="{BAM}" Version="01_02"><Id>{asked.fresh("bam")}</Id><Temps>{_utc(asked)}</Temps>{sender}'
        "<COUVERTURE/></ContexteBAM>"
    )
    yield Edit(Do.LAST, HEADER, block)


@MENDERS.mends(rules.FIELDS, "Version, Id ou Temps est renseigné.", "Version, Id or Temps is filled in.")
def _fields(asked: Asked, finding: Finding) -> Iterable[Edit]:
    context, _, field = finding.where.partition("/")
    prefix, namespace, version = ("bam", BAM, "01_02") if context == "ContexteBAM" else ("lps", LPS, "01_00")
    path = f"{HEADER}/{prefix}:{context}"
    if field == "@Version":
        yield Edit(Do.SET, path, version, "Version")
        return
    value = str(asked.fresh(context)) if field == "Id" else _utc(asked)
    # an empty one is replaced: the removal finds nothing when there is none
    yield Edit(Do.REMOVE, f"{path}/*[local-name()='{field}']")
    yield Edit(Do.FIRST, path, f'<{field} xmlns="{namespace}">{value}</{field}>')


@MENDERS.mends(rules.VERSION, "La version de contexte est la bonne.", "The context has its right version.")
def _version(asked: Asked, finding: Finding) -> Iterable[Edit]:
    context = finding.where.partition("/")[0]
    prefix = "bam" if context == "ContexteBAM" else "lps"
    yield Edit(Do.SET, f"{HEADER}/{prefix}:{context}", finding.expected, "Version")


@MENDERS.mends(rules.COVERAGE, "COUVERTURE est présente et vide.", "COUVERTURE is there and empty.")
def _coverage(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path = CONTEXT_BAM
    if asked.caller.bam.coverage:
        yield Edit(Do.TEXT, f"{path}/*[local-name()='COUVERTURE']")
    else:
        yield Edit(Do.LAST, path, f'<COUVERTURE xmlns="{BAM}"/>')


@MENDERS.mends(rules_call.NO_MESSAGE_ID, "Un MessageID est ajouté.", "A MessageID is added.")
@MENDERS.mends(rules.MESSAGE_ID, "MessageID porte uuid: et un UUID.", "MessageID has uuid: and a UUID.")
def _message_id(asked: Asked, finding: Finding) -> Iterable[Edit]:
    sent = (asked.caller.message_id or "").removeprefix("urn:").removeprefix("uuid:")
    uuid = sent if re.fullmatch("[0-9a-fA-F-]{36}", sent) else asked.fresh("message")
    value = f"uuid:{uuid}"
    if asked.caller.message_id is None:
        yield Edit(Do.LAST, HEADER, f'<MessageID xmlns="{WSA}">{value}</MessageID>')
    else:
        yield Edit(Do.TEXT, f"{HEADER}/wsa:MessageID", value)


@MENDERS.mends(rules.SOAP12, "L'enveloppe passe en SOAP 1.2.", "The envelope becomes SOAP 1.2.")
def _soap12(asked: Asked, finding: Finding) -> Iterable[Edit]:
    yield Edit(Do.RENAME, name=SOAP11, value=SOAP12)


def _utc(asked: Asked) -> str:
    return asked.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
