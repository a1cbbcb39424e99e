"""What generators (svcutil, wsimport, wsdl2java, zeep) ask of the WSDL served, after WS-I Basic Profile 2.0."""

from collections import Counter
from functools import cache

import pytest
from lxml import etree

from ins_sim.wire import batch, names, verification
from ins_sim.wire.names import is_other_service, other_action
from ins_sim.wire.wsdl import wsdl

WSDL, SOAP, XS = (
    f"{{{namespace}}}"
    for namespace in (
        "http://schemas.xmlsoap.org/wsdl/",
        "http://schemas.xmlsoap.org/wsdl/soap12/",
        "http://www.w3.org/2001/XMLSchema",
    )
)
WSAW = "{http://www.w3.org/2006/05/addressing/wsdl}"


@cache
def root() -> etree._Element:
    return etree.fromstring(wsdl("http://127.0.0.1:8080/lps"))


def every(tag: str) -> list[etree._Element]:
    return list(root().iter(tag))


def qname(element: etree._Element, attribute: str) -> tuple[str, str]:
    """(namespace, local name) of what an attribute refers to."""
    prefix, _, local = element.get(attribute, "").rpartition(":")
    return element.nsmap.get(prefix or None, ""), local


def messages() -> dict[tuple[str, str], etree._Element]:
    target = root().get("targetNamespace", "")
    return {(target, one.get("name", "")): one for one in every(f"{WSDL}message")}


def schemas() -> dict[str, etree._Element]:
    return {one.get("targetNamespace", ""): one for one in every(f"{XS}schema")}


def declared(kind: str) -> set[tuple[str, str]]:
    """Global elements or types."""
    return {
        (namespace, one.get("name", ""))
        for namespace, schema in schemas().items()
        for one in schema
        if isinstance(one.tag, str) and etree.QName(one).localname in kind.split("|")
    }


def test_every_binding_is_document_literal_over_http() -> None:
    assert every(f"{SOAP}binding")
    for one in every(f"{SOAP}binding"):
        assert one.get("style") == "document"
        assert one.get("transport") == "http://schemas.xmlsoap.org/soap/http"
    for operation in every(f"{SOAP}operation"):
        assert operation.get("style", "document") == "document"
    for tag in ("body", "header", "fault"):
        assert {one.get("use") for one in every(f"{SOAP}{tag}")} == {"literal"}
    assert "rpc" not in wsdl("x").decode()
    assert "encodingStyle" not in wsdl("x").decode()


def test_parts_are_elements_with_names_of_their_own() -> None:
    elements = declared("element")
    for name, message in messages().items():
        parts = message.findall(f"{WSDL}part")
        assert parts, name
        assert all("element" in part.attrib and "type" not in part.attrib for part in parts), name
        assert max(Counter(part.get("name") for part in parts).values()) == 1, name
        assert {qname(part, "element") for part in parts} <= elements, name


def test_every_reference_is_resolved_inside() -> None:
    known, types, elements = messages(), declared("complexType|simpleType"), declared("element")
    for tag in ("input", "output", "fault"):
        for one in every(f"{WSDL}{tag}"):
            if "message" in one.attrib:
                assert qname(one, "message") in known
    for header in every(f"{SOAP}header"):
        parts = {part.get("name") for part in known[qname(header, "message")]}
        assert header.get("part") in parts
    for namespace, schema in schemas().items():
        imported = {one.get("namespace") for one in schema.findall(f"{XS}import")}
        assert imported <= set(schemas())
        for one in schema.iter(f"{XS}element", f"{XS}attribute", f"{XS}extension", f"{XS}restriction"):
            for attribute in {"type", "base", "ref"} & set(one.attrib):
                found = qname(one, attribute)
                assert found[0] == XS[1:-1] or found in (elements if attribute == "ref" else types), found
                assert found[0] in {XS[1:-1], namespace, *imported}, "only what is imported is referred to"
    for one in root().iter("{*}import", "{*}include"):
        assert one.get("location") is one.get("schemaLocation") is None


def test_every_operation_has_its_action_its_body_and_its_binding() -> None:
    for port in every(f"{WSDL}portType"):
        binding = next(one for one in every(f"{WSDL}binding") if qname(one, "type")[1] == port.get("name"))
        bound = {one.get("name"): one for one in binding.findall(f"{WSDL}operation")}
        assert set(bound) == {one.get("name") for one in port.findall(f"{WSDL}operation")}
        for operation in port.findall(f"{WSDL}operation"):
            asked, answer = operation.find(f"{WSDL}input"), operation.find(f"{WSDL}output")
            assert asked is not None
            assert answer is not None
            action = asked.get(f"{WSAW}Action", "")
            assert action
            assert answer.get(f"{WSAW}Action") == f"{action}Response"
            over = bound[operation.get("name")]
            said = over.find(f"{SOAP}operation")
            assert said is not None
            assert said.get("soapAction") == action
            body = over.find(f"{WSDL}input/{SOAP}body")
            assert body is not None
            assert body.get("parts") == "body", "the other parts are headers"
            faults = [one.get("name") for one in operation.findall(f"{WSDL}fault")]
            assert faults == ["Erreur"]
            assert [one.get("name") for one in over.iterfind(f"{WSDL}fault/{SOAP}fault")] == faults


def test_an_operation_is_known_by_its_body_and_by_its_action_alone() -> None:
    """R2710: no two operations of a binding take the same element; the same of actions."""
    for port in every(f"{WSDL}portType"):
        asked = list(port.iterfind(f"{WSDL}operation/{WSDL}input"))
        bodies = [qname(messages()[qname(one, "message")][0], "element") for one in asked]
        assert len(set(bodies)) == len(bodies)
    actions = [one.get("soapAction") for one in every(f"{SOAP}operation")]
    assert len(set(actions)) == len(actions)


def test_every_schema_is_qualified_and_alone_in_its_namespace() -> None:
    found = every(f"{XS}schema")
    assert len(schemas()) == len(found)
    assert {one.get("elementFormDefault") for one in found} == {"qualified"}


@pytest.mark.parametrize(
    ("operation", "action", "body"),
    [
        (names.OPERATION, names.ACTION, names.BODY_ROOT),
        (names.VITALE_OPERATION, names.VITALE_ACTION, names.VITALE_ROOT),
    ],
)
def test_the_searches_are_there_with_their_headers(operation: str, action: str, body: str) -> None:
    message = messages()[(root().get("targetNamespace", ""), operation)]
    parts = [qname(part, "element") for part in message]
    assert f"{{{parts[0][0]}}}{parts[0][1]}" == body
    assert parts[1:] == [(names.WSSE, "Security"), (names.LPS, "ContexteLPS"), (names.BAM, "ContexteBAM")]
    assert action in {one.get("soapAction") for one in every(f"{SOAP}operation")}


def test_an_action_that_is_not_the_operations_is_known() -> None:
    actions = {names.ACTION, names.VITALE_ACTION, verification.ACTION, batch.CREATE_ACTION, batch.FETCH_ACTION}
    named = (names.OPERATION, names.VITALE_OPERATION, verification.OPERATION, batch.CREATE, batch.FETCH)
    for own in named:
        told = {other_action(said, own) for said in actions}
        assert told == {None} | {said for said in actions if not said.endswith(f":{own}")}
    for strange in ("urn:ald:1.0.0:lister", f"{names.ACTION}Request", "x"):
        assert other_action(strange, names.OPERATION) == strange
    assert [other_action(said, names.OPERATION) for said in (None, "")] == [None, None]


def test_other_services_are_known_by_the_form_of_their_actions() -> None:
    assert all(map(is_other_service, names.OTHER_ACTIONS))
    assert is_other_service("urn:adr:1.2.0:acquerirLesDroits")
    for action in (names.ACTION, f"{names.ACTION}X", batch.CREATE_ACTION, "urn:ihe:iti:2007:RetrieveDocumentSet", ""):
        assert not is_other_service(action)
