"""Canonicalisation of one element, exact also where lxml alone is not.

lxml canonicalises an element without its ancestors' namespace declarations, which ``PrefixList`` may ask for, and drops
``#default`` from the list. Both are mended here; xmlsec and the JDK agree in the tests.
"""

from collections.abc import Sequence
from typing import cast

from lxml import etree

LARGEST = 1_000_000
"""Bytes of an element that is verified: ours; a real assertion has a few thousand."""
MOST_STEPS, MOST_STEPS_IN_PLACE = 50_000_000, 5_000_000
"""Of libxml2's search for namespaces, some 15 ns each: it goes through all in scope, or the prefixes asked for, at each
element, and for each through the ancestors and what they declare. A message of 50 KB could keep it busy for minutes.
Ours; a real assertion takes some thousands, a document of a megabyte some millions."""
DEEPEST = 256
"""Elements within elements: libxml2's limit, and ours."""
_COUNT = etree.XPath("count(//*)")
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
    """The exclusive canonical form, without comments, of what :func:`standalone` gave in the same thread.

    Raises ``ValueError`` as :func:`whole`.
    """
    if prefixes:
        _check_steps(root, len(prefixes))
    if _DEFAULT in prefixes:
        # lxml hands libxml2 only words its dictionary knows, one for each thread: a namespace's name gets there.
        etree.fromstring(_KNOWS_DEFAULT)
    try:
        return etree.tostring(
            root, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=[*prefixes]
        )
    except etree.C14NError as error:
        raise ValueError("pas de forme canonique : espace de noms relatif ?") from error


def inclusive(element: etree._Element) -> bytes:
    """The inclusive canonical form of one element of a document that holds no comments.

    lxml alone would write ``xmlns=""`` on what stands deeper, and leave out an ancestor's ``xml:lang`` and the like.
    Raises ``ValueError`` as :func:`whole`, and when it is too large.
    """
    alone = standalone(element)
    for ancestor in element.iterancestors():
        for name, said in ancestor.attrib.items():
            if str(name).startswith(_XML) and name not in alone.attrib:
                alone.set(name, said)
    return whole(alone, comments=True)


def whole(node: etree._Element | etree._ElementTree, *, comments: bool) -> bytes:
    """The inclusive canonical form of a document: its root alone, or as a tree with what stands beside it.

    Raises ``ValueError`` for what has none (a namespace that is no absolute URI), or would take too long.
    """
    _check_steps(node.getroot() if isinstance(node, etree._ElementTree) else node)
    try:
        return etree.tostring(node, method="c14n", with_comments=comments)
    except etree.C14NError as error:
        raise ValueError("pas de forme canonique : espace de noms relatif ?") from error


def _check_steps(root: etree._Element, asked: int | None = None) -> None:
    """``asked``: prefixes that are looked for at each element; None: all in scope."""
    most = MOST_STEPS if asked is None else MOST_STEPS_IN_PLACE
    declared = etree.tostring(root, encoding="utf-8").count(b"xmlns")  # as many at most, for a third of the walk's cost
    if cast(float, _COUNT(root)) * (declared + DEEPEST) * (declared if asked is None else asked) <= most:
        return
    count = depth = deepest = scope = widest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end", "start-ns", "end-ns")):
        if event == "start":
            count, depth = count + 1, depth + 1
            deepest = max(deepest, depth)
        elif event == "end":
            depth -= 1
        else:
            scope += 1 if event == "start-ns" else -1
            widest = max(widest, scope)
    steps = count * (widest + deepest)
    if steps * (widest if asked is None else asked) > most:
        raise ValueError(f"{count} éléments sous {widest} espaces de noms")
