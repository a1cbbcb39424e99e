"""Fault dialects as they were captured, and the WSDL's self-sufficiency."""

import pytest
from lxml import etree

from ins_sim.domain.erreur import OUTAGE, TECHNICAL, UNAVAILABLE, UNKNOWN_SOFTWARE, Erreur, missing
from ins_sim.wire.faults import Dialect, erreur_element, render_fault, render_fault11
from ins_sim.wire.wsdl import wsdl
from socle.soap.model import WSA

SIRAM = 'xmlns:siram="urn:siram"'


@pytest.mark.parametrize(
    ("erreur", "dialect", "attributes"),
    [
        (UNKNOWN_SOFTWARE, Dialect.A, 'code="desir_550" messageID="uuid:1" severite="erreur"'),
        (UNKNOWN_SOFTWARE, Dialect.B, 'code="desir_550" messageID="uuid:1" severite="erreur"'),
        (UNAVAILABLE, Dialect.B, 'code="desir_1020" severite="fatale" messageID="uuid:1"'),
        (UNAVAILABLE, Dialect.AUTO, 'code="desir_1020" severite="fatale" messageID="uuid:1"'),
        (TECHNICAL, Dialect.A, 'severite="fatal" code="insi_102"'),
        (TECHNICAL, Dialect.AUTO, 'severite="fatal" code="insi_102"'),
        (TECHNICAL, Dialect.B, 'code="insi_102" messageID="uuid:1" severite="fatal"'),
    ],
)
def test_attributes_stand_in_the_order_of_the_dialect(erreur: Erreur, dialect: Dialect, attributes: str) -> None:
    written = erreur_element(erreur, "uuid:1", dialect)
    assert written == f"<siram:Erreur {SIRAM} {attributes}>{erreur.text}</siram:Erreur>"


def test_back_end_fault_in_dialect_a() -> None:
    assert render_fault(TECHNICAL, "uuid:1", Dialect.A).decode() == (
        "<S:Fault><S:Code><S:Value>S:Receiver</S:Value><S:Subcode><S:Value>S:siram_40</S:Value></S:Subcode></S:Code>"
        '<S:Reason><S:Text xml:lang="en">Le service est temporairement inaccessible. Veuillez renouveler votre demande '
        "ultérieurement. Si le problème persiste, contactez l'éditeur du progiciel ou votre responsable informatique."
        f'</S:Text></S:Reason><S:Detail><siram:Erreur {SIRAM} severite="fatal" code="insi_102">L\'appel au service de '
        "recherche avec les traits d'identité renvoie une erreur technique.</siram:Erreur></S:Detail></S:Fault>"
    )


def test_front_end_fault_in_dialect_b() -> None:
    written = render_fault(UNKNOWN_SOFTWARE, None, Dialect.B).decode()
    assert written.startswith("<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value>")
    assert "<soap:Subcode><soap:Value>soap:siram_100</soap:Value></soap:Subcode>" in written
    assert '<soap:Text xml:lang="fr">' in written
    assert "messageID" not in written


@pytest.mark.parametrize(("erreur", "prefix"), [(OUTAGE, "S"), (UNKNOWN_SOFTWARE, "soap"), (missing("sexe"), "S")])
def test_auto_takes_the_dialect_of_who_refuses(erreur: Erreur, prefix: str) -> None:
    assert render_fault(erreur, None, Dialect.AUTO).decode().startswith(f"<{prefix}:Fault>")


def test_soap_11_gets_its_own_fault() -> None:
    written = render_fault11(missing("sexe"), 'a"<b', Dialect.B).decode()
    assert "<faultcode>soap:Client.siram_10</faultcode>" in written
    assert 'messageID="a&quot;&lt;b"' in written
    assert "<faultcode>soap:Server.siram_40</faultcode>" in render_fault11(OUTAGE, None, Dialect.A).decode()


@pytest.mark.parametrize(
    ("option", "dialect"),
    [("A", Dialect.A), ("b", Dialect.B), ("auto", Dialect.AUTO), (None, Dialect.AUTO), ("?", Dialect.AUTO)],
)
def test_the_option_names_the_dialect(option: str | None, dialect: Dialect) -> None:
    assert Dialect.of(option) is dialect


def test_the_wsdl_needs_nothing_from_outside_and_says_where_we_are() -> None:
    root = etree.fromstring(wsdl("http://ws1.socles.localhost:8080/w/a&b/lps"))
    addresses = {port.get("location") for port in root.iter("{http://schemas.xmlsoap.org/wsdl/soap12/}address")}
    assert addresses == {"http://ws1.socles.localhost:8080/w/a&b/lps"}
    own = {schema.get("targetNamespace") for schema in root.iter("{http://www.w3.org/2001/XMLSchema}schema")}
    for one in root.iter("{*}import", "{*}include"):
        assert dict(one.attrib).keys() == {"namespace"}
        assert one.get("namespace") in own
    assert "{{" not in wsdl("x").decode()


def test_the_wsdl_leaves_addressing_to_the_client() -> None:
    """A schema of that namespace, unless it is complete, makes Java generators stop (seen with Apache CXF 4.1)."""
    root = etree.fromstring(wsdl("http://127.0.0.1/lps"))
    schemas = [schema.get("targetNamespace") for schema in root.iter("{http://www.w3.org/2001/XMLSchema}schema")]
    assert len(schemas) == 10
    assert WSA not in schemas
    assert root.find(".//{*}binding/{*}UsingAddressing") is not None
