"""A small CDA of our own that breaks no rule, for tests that need no real one."""

import hashlib
from datetime import UTC, datetime

from dmp_sim.domain.model import Deposit
from dmp_sim.domain.vihf import Vihf
from dmp_sim.wire.iti41 import read_deposit
from dmp_sim.wire.vihf import read_vihf
from socle.blobs import Blob
from socle.clock import FixedClock
from socle.exchange import Exchange
from socle.rules import Strictness
from socle.soap.model import SOAP12, Call, Envelope, Part
from support.dmp_message import Message

INS, OID = "279035121518989", "1.2.250.1.213.1.4.10"
STRUCTURE = "1750803447"


def cda(*, root: str = "1.2.250.1.999.2.1", replaces: str = "", body: str = "") -> bytes:
    """A discharge letter (11490-0), level 3, one author, one encounter."""
    related = (
        f'<relatedDocument typeCode="RPLC"><parentDocument><id root="{replaces}"/></parentDocument></relatedDocument>'
        if replaces
        else ""
    )
    organisation = f'<id root="1.2.250.1.71.4.2.2" extension="{STRUCTURE}"/><name>HOPITAL</name>'
    doctor = '<id root="1.2.250.1.71.4.2.1" extension="801234567897"/>'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/>
<templateId root="1.2.250.1.213.1.1.1.29" extension="2022.01"/>
<id root="{root}"/><code code="11490-0" codeSystem="2.16.840.1.113883.6.1"/><title>Lettre de liaison</title>
<effectiveTime value="20260103101500+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="fr-FR"/>
<setId root="1.2.250.1.999.2"/><versionNumber value="1"/>
<recordTarget><patientRole><id root="{OID}" extension="{INS}"/><patient><name>
<family qualifier="BR">PAT-TROIS</family><given>DOMINIQUE</given></name></patient></patientRole></recordTarget>
<author><time value="20260103101500+0100"/><assignedAuthor>{doctor}
<representedOrganization>{organisation}</representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization>{organisation}
</representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="20260103101500+0100"/><signatureCode code="S"/><assignedEntity>{doctor}
</assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><effectiveTime><low value="20260101080000+0100"/><high value="20260103100000+0100"/>
</effectiveTime><performer typeCode="PRF"><assignedEntity>{doctor}<representedOrganization>
<standardIndustryClassCode code="ETABLISSEMENT"/></representedOrganization></assignedEntity></performer>
</serviceEvent></documentationOf>{related}
<componentOf><encompassingEncounter><id root="1.2.250.1.999.3" extension="SEJ1"/><effectiveTime>
<low value="20260101080000+0100"/><high value="20260103100000+0100"/></effectiveTime><location><healthCareFacility>
<code code="SA01"/></healthCareFacility></location></encompassingEncounter></componentOf>
<component><structuredBody>{body}</structuredBody></component>
</ClinicalDocument>""".encode()


def call_of(message: Message, strictness: Strictness = Strictness.OFFICIAL) -> Call:
    """The call that the endpoint would make of a message."""
    header, body = message.envelope
    parts = [
        Part(
            cid,
            "application/octet-stream",
            {},
            Blob.of(data),
            hashlib.sha1(data, usedforsecurity=False).hexdigest(),
            hashlib.sha1(data + b"\n", usedforsecurity=False).hexdigest(),
            1,
        )
        for cid, data in message.parts.items()
    ]
    envelope = Envelope(SOAP12, message.envelope, header, list(header), body[0], None, None, b"")
    exchange = Exchange("dmp_sim", "soap", "default", 1, datetime(2026, 1, 3, tzinfo=UTC))
    clock = FixedClock(datetime(2026, 1, 3, tzinfo=UTC))
    return Call(envelope, parts, True, exchange, clock, strictness, {})


async def read(message: Message) -> tuple[Deposit, Vihf | None]:
    """A message as models."""
    call = call_of(message)
    return await read_deposit(call), read_vihf(call.envelope.header)
