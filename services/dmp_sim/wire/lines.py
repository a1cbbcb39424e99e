"""Where an element stands in the message, for findings."""

from typing import cast

from lxml import etree


def line_of(element: etree._Element) -> int | None:
    """The element's line, from 1; None when the parser did not keep it."""
    return cast("int | None", element.sourceline)
