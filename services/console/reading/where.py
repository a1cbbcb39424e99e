"""From what a finding says of its place (an XPath of local names, as our rules write it) to the element meant."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from console.reading import ebrim

_STEP = re.compile(r"(?P<deep>//?)?(?P<name>@?(?:[\w.\-]+:)?[\w.\-]+|\*)(?P<predicates>(?:\[[^\]]{1,300}\])*)")
_PREDICATE = re.compile(
    r"\[(?:@(?:\w+:)?(?P<name>[\w.\-]+)\s*=\s*(?P<quote>['\"])(?P<value>.*?)(?P=quote)|(?P<word>[^\]@]+))\]"
)
_MOST_STEPS = 20
_CHILDREN_OF_THE_ROOT = "/"


@dataclass(frozen=True, slots=True)
class Place:
    """An element, maybe one attribute of it; ``exact``: what was meant, else the nearest that is there."""

    element: etree._Element
    attribute: str | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    deep: bool
    attribute: bool
    wanted: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    position: int
    """Among the siblings of that name, from 1; 0: any."""


def find(root: etree._Element, where: str) -> Place | None:
    """The place ``where`` names below ``root``; None when not even its first step is there, or it is no path.

    Namespaces and prefixes are not compared. A last step that is not there (an absent attribute, say) gives the element
    that should have held it, with ``exact`` false.
    """
    steps = _steps(where)
    if not steps:
        return None
    found = _fitting(_first(root, steps[0], where), steps[0])
    if not found:
        return _beside(root, steps[0])
    for index, step in enumerate(steps[1:], 1):
        if step.attribute:
            return Place(found[0], step.name, step.name in _locals(found[0]))
        below = _fitting(_below(found, deep=step.deep), step)
        if not below and index == len(steps) - 1:
            return _held(found[0], step.name)
        if not below:
            return Place(found[0], None, exact=False)
        found = below
    return Place(found[0])


def _beside(root: etree._Element, step: _Step) -> Place | None:
    """None fits the first step: where others of its name are, this one should be too."""
    if step.attribute or step.name == "*":
        return None
    other = next((one for one in root.iter(etree.Element) if etree.QName(one).localname == step.name), None)
    parent = other.getparent() if other is not None else None
    return Place(parent, None, exact=False) if parent is not None else None


def _held(owner: etree._Element, name: str) -> Place:
    """The last step is no child of that name: one of its XML attributes, or an XDS attribute, or absent."""
    if name in _locals(owner):
        return Place(owner, name)
    held = ebrim.attribute(owner, name)
    return Place(owner, None, exact=False) if held is None else Place(held, ebrim.holder(held))


def _steps(where: str) -> list[_Step]:
    steps: list[_Step] = []
    position, where = 0, where.strip()
    if where == _CHILDREN_OF_THE_ROOT:
        where = "/*"
    while position < len(where):
        match = _STEP.match(where, position)
        if match is None or (steps and match["deep"] is None) or len(steps) == _MOST_STEPS:
            return []
        found = list(_PREDICATE.finditer(match["predicates"]))
        steps.append(
            _Step(
                match["name"].lstrip("@").rpartition(":")[2],
                match["deep"] == "//",
                match["name"].startswith("@"),
                tuple((one["name"], one["value"]) for one in found if one["name"]),
                tuple(one["word"].strip().lower() for one in found if one["word"] and not one["word"].isdecimal()),
                next((int(one["word"]) for one in found if one["word"] and one["word"].isdecimal()), 0),
            )
        )
        position = match.end()
    return steps


def _first(root: etree._Element, step: _Step, where: str) -> Iterable[etree._Element]:
    if step.attribute:
        return ()
    anywhere = step.deep or not where.startswith("/")  # RECSANSVITALE/Sexe: from the body, whatever is around it
    return root.iter(etree.Element) if anywhere else (root,)


def _below(found: Iterable[etree._Element], *, deep: bool) -> Iterator[etree._Element]:
    """Each once. ``found`` has no element before one that holds it, and so has what is given."""
    if not deep:
        for each in found:
            yield from each.iterchildren(etree.Element)
        return
    given: set[etree._Element] = set()
    for each in found:
        if each not in given:  # else all below it was given
            for one in each.iterdescendants(etree.Element):
                given.add(one)
                yield one


def _fitting(elements: Iterable[etree._Element], step: _Step) -> list[etree._Element]:
    """Those that fit, in one pass: siblings come in their order, and none is left out."""
    places: Counter[etree._Element | None] = Counter()
    found = []
    for one in elements:
        if _named(one, step):
            if step.position:
                parent = one.getparent()
                places[parent] += 1
                if places[parent] != step.position:
                    continue
            if _fits(one, step):
                found.append(one)
    return found


def _fits(element: etree._Element, step: _Step) -> bool:
    given = _locals(element)
    if any(given.get(name) != value for name, value in step.wanted):
        return False
    # [subject-id] is short for an Attribute whose Name ends so
    return all(any(value.lower().endswith(word) for value in given.values()) for word in step.words)


def _named(element: etree._Element, step: _Step) -> bool:
    return isinstance(element.tag, str) and step.name in ("*", etree.QName(element).localname)


def _locals(element: etree._Element) -> dict[str, str]:
    return {etree.QName(str(name)).localname: str(value) for name, value in element.attrib.items()}
