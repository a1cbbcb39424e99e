"""XML laid out by lines: what is on which line, what is left out."""

from lxml import etree

from console.reading.layout import LONGEST, Document, lay_out


def laid_out(text: str) -> tuple[etree._Element, Document]:
    root = etree.fromstring(text)
    return root, lay_out(root)


def plain(document: Document) -> list[str]:
    return ["  " * line.depth + "".join(token.text for token in line.tokens) for line in document.lines]


def test_one_element_a_line_and_texts_beside_their_tags() -> None:
    _, document = laid_out('<a xmlns="urn:x"><b k="1">texte</b><c/><d><e> </e></d></a>')
    assert plain(document) == [
        '<a xmlns="urn:x">',
        '  <b k="1">texte</b>',
        "  <c/>",
        "  <d>",
        "    <e/>",
        "  </d>",
        "</a>",
    ]
    assert [line.number for line in document.lines] == list(range(1, 8))


def test_a_long_start_tag_has_a_line_for_each_attribute_so_that_one_can_be_pointed_at() -> None:
    value = "v" * 60
    root, document = laid_out(f'<a><p:b xmlns:p="urn:p" one="{value}" p:two="{value}">t</p:b></a>')
    assert document.attribute(root[0], "one") == 4
    assert document.attribute(root[0], "two") == 5
    assert document.attribute(root[0], "three") is None
    assert plain(document)[4].strip() == f'p:two="{value}">t</p:b>'
    assert document.span(root[0]) == (2, 5)


def test_a_prefix_is_declared_once_where_it_first_stands() -> None:
    _, document = laid_out('<p:a xmlns:p="urn:p"><p:b p:c="1"/></p:a>')
    assert plain(document)[1] == '  <p:b p:c="1"/>'


def test_mixed_content_comments_and_instructions_keep_their_order() -> None:
    _, document = laid_out("<a>un<b/>deux<!-- note --><?do it?></a>")
    assert [line.strip() for line in plain(document)] == [
        "<a>",
        "un",
        "<b/>",
        "deux",
        "<!-- note -->",
        "<?do it?>",
        "</a>",
    ]


def test_a_long_text_is_cut_and_says_by_how_much_and_two_of_them_never_look_equal() -> None:
    one, other = "x" * (LONGEST + 1), "x" * LONGEST + "y"
    _, first = laid_out(f"<a>{one}</a>")
    _, second = laid_out(f"<a>{other}</a>")
    (token,) = [token for token in first.lines[0].tokens if token.kind == "text"]
    assert len(token.text) + token.left_out == len(one)
    assert first.lines[0].plain != second.lines[0].plain
