"""Where ebRIM keeps an attribute that a finding calls by its XDS name (IHE ITI TF-3 §4.2.3)."""

from lxml import etree

_SCHEMES = {
    "classCode": ("41a5887f-8865-4c09-adf7-e362475b143a",),
    "confidentialityCode": ("f4f85eac-e6cb-4883-b524-f2705394840f",),
    "contentTypeCode": ("aa543740-bdda-424e-8c96-df4873be8500",),
    "eventCodeList": ("2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4",),
    "formatCode": ("a09d5840-386c-46f2-b5ad-9c3699a4309d",),
    "healthcareFacilityTypeCode": ("f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",),
    "practiceSettingCode": ("cccf5598-8b07-4b77-a05e-ae952c785ead",),
    "typeCode": ("f0306f51-975f-434e-a61c-c59651d33983",),
    "author": ("93606bcf-9494-43ec-9b4e-a7748d1a838d", "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"),
    "patientId": ("58a6f841-87b3-4a3e-92fd-a8ffeff98427", "6b5aea1a-874d-4603-a4bc-96a0a7b38446"),
    "sourceId": ("554ac39e-e3fe-47fe-b233-965d2a147832",),
    "uniqueId": ("2e82c1f6-a085-4c72-9da3-8640a32e42ab", "96fdda7c-d067-4183-912e-bf5ee74998a8"),
}
_ELEMENTS = {"title": "Name", "comments": "Description"}


def attribute(owner: etree._Element, name: str) -> etree._Element | None:
    """The Slot, Classification, ExternalIdentifier or Name below ``owner`` that holds ``name``; None: absent."""
    schemes = {f"urn:uuid:{one}" for one in _SCHEMES.get(name, ())}
    for child in owner.iter(etree.Element):
        local = etree.QName(child).localname
        if local == "Slot" and child.get("name") == name:
            return child
        if schemes & {child.get("identificationScheme", ""), child.get("classificationScheme", "")}:
            return child
        if child.getparent() is owner and local == _ELEMENTS.get(name):
            return child
    return None


def holder(found: etree._Element) -> str | None:
    """The XML attribute of what ``attribute`` gave that holds the value itself; None: the whole element does."""
    named = etree.QName(found).localname == "ExternalIdentifier"
    return "value" if named and found.get("value") is not None else None
