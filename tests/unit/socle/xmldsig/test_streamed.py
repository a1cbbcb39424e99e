"""The canonical form as a stream is libxml2's, byte for byte."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from socle.xmldsig.streamed import DEEPEST, LONGEST, MOST_PREFIXES, NotCanonical, write_canonical

ODD = [
    "<a/>",
    "<a></a>",
    "\ufeff<a>\u00e9</a>",
    '<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>',
    '<?xml-stylesheet href="x.xsl" type="text/xsl"?>\n<!-- avant --><a/>\n<!-- apr\u00e8s --><?fin?>',
    '<a b="2" a="1"/>',
    '<a xmlns:z="urn:a" xmlns:b="urn:z" b:x="1" z:y="2" y="3" xml:lang="fr"/>',
    '<a xmlns="urn:a"><b xmlns=""><c xmlns="urn:a"/></b></a>',
    '<a xmlns="urn:a" xmlns:p="urn:p"><p:b xmlns:p="urn:p" xmlns="urn:a"/><p:b xmlns:p="urn:q"/></a>',
    '<a xmlns=""/>',
    '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:space="preserve"> </a>',
    '<a b="&lt;&amp;&quot;&apos;&gt;&#9;&#10;&#13; \t\r\n x">&lt;&gt;&amp;"&#13;\r\n\t</a>',
    "<a><![CDATA[<b>&]]]]><![CDATA[>]]></a>",
    "<a><!-- d&amp;d --><?p  x y ?></a>",
    "<a>" + "x" * 200_000 + "</a>",
]


def streamed(content: bytes, size: int = 7) -> bytes:
    """Read in small pieces."""
    out: list[bytes] = []
    pieces = (content[place : place + size] for place in range(0, len(content), size))
    write_canonical(pieces, out.append)
    return b"".join(out)


def of_libxml2(content: bytes) -> bytes:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=True))
    return etree.tostring(root.getroottree(), method="c14n", with_comments=True)


def encoded(text: str) -> bytes:
    return text.encode("iso-8859-1" if "ISO-8859-1" in text else "utf-8")


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_documents(text: str) -> None:
    assert streamed(encoded(text)) == of_libxml2(encoded(text))


def test_utf_16() -> None:
    content = "<a b='\u00e9'>\u0153</a>".encode("utf-16")
    assert streamed(content) == of_libxml2(content)


TEXT = st.text(st.sampled_from("ab\u00e9\u20ac\U0001f600<>&\"'\t\n\r ]"), max_size=6)
PREFIX = st.sampled_from(["", "p", "q", "xml"])
SPACE = st.sampled_from(["", "urn:a", "urn:b", "urn:c"])


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    spaces = {prefix: draw(SPACE) for prefix in draw(st.sets(st.sampled_from(["", "p", "q"])))}
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{uri or ("" if not prefix else "urn:a")}"'
        for prefix, uri in spaces.items()
    )
    names = draw(st.sets(st.tuples(PREFIX, st.sampled_from("xyz")), max_size=4))
    usable = [(prefix, name) for prefix, name in sorted(names) if prefix in ("", "xml") or prefix == "p"]
    attributes = "".join(f' {prefix}{":" if prefix else ""}{name}="{escaped(draw(TEXT))}"' for prefix, name in usable)
    inner = ""
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        inner += draw(st.one_of(TEXT.map(escaped), elements(depth - 1), st.just("<!--c-->"), st.just("<?i d?>")))
    tag = draw(st.sampled_from(["a", "p:a", "b"]))
    return f"<{tag}{declared}{attributes}>{inner}</{tag}>"


def escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;")


@given(elements())
def test_drawn_documents(inner: str) -> None:
    content = f'<r xmlns:p="urn:p">{inner}</r>'.encode()
    assert streamed(content, 11) == of_libxml2(content)


def test_real_documents(shared_data: Path) -> None:
    found = sorted(shared_data.glob("cda*/*.[xX][mM][lL]"))
    assert found
    for file in found:
        content = file.read_bytes()
        assert streamed(content, 65_536) == of_libxml2(content), file.name


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"<a/><b/>", b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', b"<p:a/>", b"<a p:b=''/>", b"\0"]
)
def test_what_has_no_canonical_form(content: bytes) -> None:
    with pytest.raises(NotCanonical):
        streamed(content)


def test_a_deep_document_is_not_followed() -> None:
    def nested(count: int) -> bytes:
        return b"<a>" * count + b"</a>" * count

    assert streamed(nested(DEEPEST), 4096) == nested(DEEPEST)
    with pytest.raises(NotCanonical):
        streamed(nested(DEEPEST + 1), 4096)


def test_thousands_of_namespaces_and_endless_tags_are_not_followed() -> None:
    def declaring(count: int) -> bytes:
        return b"<a " + b" ".join(b'xmlns:p%03d="urn:p"' % number for number in range(count)) + b"></a>"

    most = MOST_PREFIXES - len(("", "xml"))
    assert streamed(declaring(most), 4096) == declaring(most)
    with pytest.raises(NotCanonical):
        streamed(declaring(most + 1), 4096)
    for endless in (b"<a b='", b"<a><!--"):
        with pytest.raises(NotCanonical, match="plus de"):
            streamed(endless + b"x" * (2 * LONGEST), 1 << 20)


def test_memory_does_not_grow_with_the_document() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"<a>"
        for _ in range(2000):
            yield b"x" * 8190 + b"\r\n"
        yield b"</a>"

    longest, total = 0, 0

    def write(content: bytes) -> None:
        nonlocal longest, total
        longest, total = max(longest, len(content)), total + len(content)

    write_canonical(pieces(), write)
    assert total == 2000 * 8191 + len("<a></a>")
    assert longest < 256 * 1024
