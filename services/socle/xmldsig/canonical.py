"""Canonicalisation of one element, exact also where lxml alone is not.

lxml canonicalises an element without its ancestors' namespace declarations, which ``PrefixList`` may ask for, and drops
``#default`` from the list. Both are mended here; xmlsec and the JDK agree in the tests.
"""

from collections.abc import Sequence

from lxml import etree

LARGEST = 1_000_000
"""Bytes of an element that is verified: ours; a real assertion has a few thousand."""
_XML = "{http://www.w3.org/XML/1998/namespace}"
_DEFAULT = "#default"
_KNOWS_DEFAULT = f'<a xmlns:d="{_DEFAULT}"/>'.encode()


def standalone(element: etree._Element) -> etree._Element:
    """The same element as the root of its own document, all namespaces in scope declared on it.

    Raises ``ValueError`` when it is too large.
    """
    content = etree.tostring(element, encoding="utf-8", with_tail=False)
    if len(content) > LARGEST:
        raise ValueError(f"{len(content)} octets")
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, collect_ids=False))


def canonical(root: etree._Element, prefixes: Sequence[str] = ()) -> bytes:
    """The exclusive canonical form, without comments, of what :func:`standalone` gave in the same thread."""
    if _DEFAULT in prefixes:
        # lxml hands libxml2 only words its dictionary knows, one for each thread: a namespace's name gets there.
        etree.fromstring(_KNOWS_DEFAULT)
    return etree.tostring(root, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=[*prefixes])


def inclusive(element: etree._Element) -> bytes:
    """The inclusive canonical form of one element of a document that holds no comments.

    lxml alone would write ``xmlns=""`` on what stands deeper, and leave out an ancestor's ``xml:lang`` and the like.
    """
    alone = standalone(element)
    for ancestor in element.iterancestors():
        for name, said in ancestor.attrib.items():
            if str(name).startswith(_XML) and name not in alone.attrib:
                alone.set(name, said)
    return etree.tostring(alone, method="c14n", exclusive=False, with_comments=True)
