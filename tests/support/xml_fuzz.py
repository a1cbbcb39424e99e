"""SOAP messages spoilt at random: in their tree, then in their bytes."""

import random
from collections.abc import Callable, Sequence
from copy import deepcopy

from hypothesis import strategies as st
from lxml import etree

TEXTS = (
    "",
    " ",
    "0",
    "00",
    "ZOE",
    "O'",
    "-",
    "’",
    "ŒÆ",
    "\u00a0",
    "\u202e",
    "\U0001f600",
    "1975-12-31",
    "0000-00-00",
    "1975-00-00",
    "9999-99-99",
    "-0001-01-01",
    "1975-12-31T00:00:00Z",
    "2A004",
    "99999",
    "M",
    "I",
    "${jndi:ldap://x}",
    "' OR 1=1 --",
    "A" * 5_000,
    "\n".join("x" * 30),
    "&lt;RESULTAT&gt;",
)
NAMES = ("Prenom", "Sexe", "RESULTAT", "Header", "Body", "Envelope", "Assertion", "x")
SPACES = ("", "urn:x", "http://www.cnamts.fr/INSiRecSans", "http://www.cnamts.fr/INSiRecVit", "urn:siram:lps:ctxlps")
INSERTED = (
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&#x1F600;",
    b"&xxe;",
    b"]]>",
    b"<![CDATA[",
    b"<!-- -- -->",
    b"<?x?>",
    b"<?xml version='1.0'?>",
    b'<!DOCTYPE a [<!ENTITY xxe SYSTEM "file:///etc/hostname">]>',
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b'="',
    b"xmlns:",
    b'xml:base="x"',
    b"\r\n",
    b"<a>" * 400,
)
ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "iso-8859-1", "cp1252", "utf-7", "ascii")

Roll = random.Random
Spoil = Callable[[etree._Element, Roll], None]


def spoilt(messages: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of the messages, with up to six mishaps; the number of its draw is all that needs to shrink."""
    return st.builds(
        _spoil,
        st.sampled_from(list(messages)),
        st.integers(0, 2**32 - 1),
        st.integers(0, 6),
        st.integers(0, 3),
    )


def _spoil(message: bytes, seed: int, in_tree: int, in_bytes: int) -> bytes:
    roll = random.Random(seed)
    root = etree.fromstring(message)
    for _ in range(in_tree):
        roll.choice(_TREE)(root, roll)
    encoding = roll.choice(ENCODINGS) if roll.random() < 0.1 else "utf-8"
    raw = etree.tostring(root, xml_declaration=roll.random() < 0.8, encoding="utf-8")
    if encoding != "utf-8":
        raw = raw.decode().encode(encoding, "xmlcharrefreplace")
    for _ in range(in_bytes if roll.random() < 0.3 else 0):
        raw = _bytes(raw, roll)
    return raw


def _one(root: etree._Element, roll: Roll) -> etree._Element:
    """Any element but the root, the body's own a little more often."""
    inner = list(root.iterdescendants("*"))
    return roll.choice(inner[-8:] if len(inner) > 8 and roll.random() < 0.4 else inner or [root])


def _text(root: etree._Element, roll: Roll) -> None:
    _one(root, roll).text = roll.choice(TEXTS)


def _name(root: etree._Element, roll: Roll) -> None:
    one = _one(root, roll)
    space = roll.choice(SPACES)
    one.tag = f"{{{space}}}{roll.choice(NAMES)}" if space else roll.choice(NAMES)


def _lost(root: etree._Element, roll: Roll) -> None:
    one = _one(root, roll)
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _twice(root: etree._Element, roll: Roll) -> None:
    one = _one(root, roll)
    if one.getparent() is not None:
        for _ in range(roll.choice((1, 1, 2, 30))):
            one.addnext(deepcopy(one))


def _moved(root: etree._Element, roll: Roll) -> None:
    one, there = _one(root, roll), _one(root, roll)
    if one is not there and one not in there.iterancestors():
        there.append(one)


def _nested(root: etree._Element, roll: Roll) -> None:
    there = _one(root, roll)
    for _ in range(roll.choice((3, 60, 300))):
        there = etree.SubElement(there, there.tag)
        there.text = roll.choice(TEXTS[:8])


def _attribute(root: etree._Element, roll: Roll) -> None:
    one = _one(root, roll)
    if one.attrib and roll.random() < 0.5:
        key = roll.choice(list(one.attrib))
        if roll.random() < 0.5:
            del one.attrib[key]
        else:
            one.set(key, roll.choice(TEXTS))
    else:
        one.set(roll.choice(("Version", "ID", "Id", "NameQualifier", "mustUnderstand")), roll.choice(TEXTS))


def _comment(root: etree._Element, roll: Roll) -> None:
    one = _one(root, roll)
    one.insert(0, roll.choice((etree.Comment(" x "), etree.ProcessingInstruction("x", "y"))))


_TREE: tuple[Spoil, ...] = (_text, _text, _text, _name, _lost, _twice, _moved, _nested, _attribute, _comment)


def _bytes(raw: bytes, roll: Roll) -> bytes:
    at = roll.randrange(len(raw) + 1)
    kind = roll.randrange(5)
    if kind == 0:
        return raw[:at]
    if kind == 1:
        return raw[:at] + roll.choice(INSERTED) + raw[at:]
    if kind == 2:
        return raw[:at] + bytes([roll.randrange(256)]) + raw[at + 1 :]
    until = min(len(raw), at + roll.randrange(1, 200))
    if kind == 3:
        return raw[:at] + raw[until:]
    return raw[:until] + raw[at:]
