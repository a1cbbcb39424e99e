"""The canonical form of a whole document as a stream: what is too large to be held as a tree is hashed as it is read.

Inclusive canonical XML 1.0 with comments, the form that the DMP's lots are signed in. Small documents are canonicalised
by libxml2; the tests hold the two against each other.
"""

from collections.abc import Callable, Iterable
from operator import itemgetter
from xml.parsers import expat

DEEPEST = 256
"""Elements within elements: ours, as for any document."""
MOST_PREFIXES = 256
"""Declared at once: ours. They are copied where one is added: thousands would take hours in a large document."""
LONGEST = 4 << 20
"""Bytes of one tag or comment: ours. Expat begins anew with one that is not complete at the end of a piece."""
_XML = "http://www.w3.org/XML/1998/namespace"
_BUFFER = 64 * 1024
"""Characters gathered before they are written."""


class NotCanonical(ValueError):
    """The document has no canonical form here: not well-formed, a DTD, an undeclared prefix, too deep, endless."""


def write_canonical(content: Iterable[bytes], write: Callable[[bytes], object], *, comments: bool = True) -> None:
    """Give ``write`` the canonical form, piece by piece. Blocking; memory for one tag. Raises :class:`NotCanonical`."""
    writer = _Writer(write)
    parser = expat.ParserCreate()
    parser.buffer_text, parser.buffer_size, parser.ordered_attributes = True, _BUFFER, True
    parser.StartElementHandler, parser.EndElementHandler = writer.start, writer.end
    parser.CharacterDataHandler = writer.text
    parser.ProcessingInstructionHandler = writer.instruction
    if comments:
        parser.CommentHandler = writer.comment
    parser.StartDoctypeDeclHandler = _refuse_doctype
    given = 0
    try:
        for piece in content:
            parser.Parse(piece, False)
            given += len(piece)
            if given - parser.CurrentByteIndex > LONGEST:
                raise NotCanonical(f"une balise ou un commentaire de plus de {LONGEST} octets")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise NotCanonical(expat.ErrorString(error.code)) from None
    writer.flush()


def _refuse_doctype(*_: object) -> None:
    raise NotCanonical("DOCTYPE")


class _Writer:
    """Handlers of one document."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._said: list[str] = []
        self._length = 0
        self._scopes: list[dict[str, str]] = [{"": "", "xml": _XML}]
        """Prefix → namespace, for each open element; shared where nothing is declared."""
        self._begun = False

    def start(self, name: str, attributes: list[str]) -> None:
        outer = self._scopes[-1]
        if len(self._scopes) > DEEPEST:
            raise NotCanonical(f"plus de {DEEPEST} éléments imbriqués")
        self._begun = True
        scope, declared, plain = outer, [], []
        for attribute, value in zip(attributes[::2], attributes[1::2], strict=True):
            if attribute == "xmlns" or attribute.startswith("xmlns:"):
                prefix = attribute[6:]
                if outer.get(prefix) != value:
                    declared.append((prefix, value))
                    scope = {**scope, prefix: value}
                    if len(scope) > MOST_PREFIXES:
                        raise NotCanonical(f"plus de {MOST_PREFIXES} espaces de noms à la fois")
            else:
                plain.append((attribute, value))
        self._scopes.append(scope)
        said = [f"<{name}"]
        _namespace(scope, name)
        for prefix, value in sorted(declared):
            said.append(f' xmlns:{prefix}="{_attribute(value)}"' if prefix else f' xmlns="{_attribute(value)}"')
        if plain:
            keyed = [(*_named(scope, attribute), attribute, value) for attribute, value in plain]
            said += [f' {attribute}="{_attribute(value)}"' for _, _, attribute, value in sorted(keyed, key=_ORDER)]
        said.append(">")
        self._add("".join(said))

    def end(self, name: str) -> None:
        self._scopes.pop()
        self._add(f"</{name}>")

    def text(self, text: str) -> None:
        if len(self._scopes) > 1:
            self._add(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;"))

    def comment(self, text: str) -> None:
        self._beside(f"<!--{_bare(text)}-->")

    def instruction(self, target: str, text: str) -> None:
        self._beside(f"<?{target} {_bare(text)}?>" if text else f"<?{target}?>")

    def flush(self) -> None:
        self._write("".join(self._said).encode())
        self._said.clear()
        self._length = 0

    def _beside(self, said: str) -> None:
        """Within the root as it is; beside it on a line of its own."""
        if len(self._scopes) > 1:
            self._add(said)
        else:
            self._add(f"\n{said}" if self._begun else f"{said}\n")

    def _add(self, said: str) -> None:
        self._said.append(said)
        self._length += len(said)
        if self._length >= _BUFFER:
            self.flush()


_ORDER = itemgetter(0, 1)


def _named(scope: dict[str, str], attribute: str) -> tuple[str, str]:
    """Namespace and local name, by which attributes are sorted; one without a prefix is in no namespace."""
    prefix, colon, local = attribute.partition(":")
    return (_namespace(scope, attribute), local) if colon else ("", prefix)


def _namespace(scope: dict[str, str], name: str) -> str:
    prefix, colon, _ = name.partition(":")
    found = scope.get(prefix if colon else "")
    if not found and colon:
        raise NotCanonical(f"préfixe {prefix} non déclaré")
    return found or ""


def _attribute(value: str) -> str:
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return value.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")


def _bare(text: str) -> str:
    return text.replace("\r", "&#xD;")
