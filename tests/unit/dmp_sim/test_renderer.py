"""Overload in the protocol's own words (D16)."""

import pytest
from lxml import etree

from dmp_sim.domain import names
from dmp_sim.wire.renderer import DmpRenderer
from socle.soap.model import SOAP11, SOAP12


@pytest.mark.parametrize(
    ("registry", "root", "code"),
    [
        (False, f"{{{names.RS}}}RegistryResponse", "XDSRepositoryBusy"),
        (True, f"{{{names.QUERY}}}AdhocQueryResponse", "XDSRegistryBusy"),
    ],
)
@pytest.mark.parametrize("version", [SOAP11, SOAP12])
def test_overload_is_a_failure(registry: bool, root: str, code: str, version: str) -> None:
    rendered = DmpRenderer(registry=registry).render_overload(version, "urn:uuid:1")
    envelope = etree.fromstring(rendered.body)
    assert rendered.status == 200
    assert etree.QName(envelope).namespace == version
    body = envelope.find(f"{{{version}}}Body")
    assert body is not None
    assert body[0].tag == root
    assert body[0].get("status") == names.FAILURE
    assert [error.get("errorCode") for error in envelope.iter("{*}RegistryError")] == [code]
    assert envelope.findtext(".//{*}RelatesTo") == "urn:uuid:1"
