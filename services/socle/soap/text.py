"""The character data of an element, whole: nothing within it cuts it short."""

from lxml import etree


def value_of(element: etree._Element) -> str:
    """All its character data, as sent: a comment or an element within must not cut it short, for a name or a number
    cut short may be somebody else's."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def text_of(element: etree._Element | None) -> str:
    """Its character data without spaces around; an absent element has none."""
    return value_of(element).strip() if element is not None else ""
