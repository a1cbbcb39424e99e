"""Why bytes could not become a message: one typed error per broken rule (D8)."""

from socle.rules import Finding


class Refused(Exception):
    """The bytes break a structural rule; ``finding`` says which, where and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.rule.id}: {finding.found or finding.rule.title_en}")
        self.finding = finding

    @property
    def reason(self) -> str:
        """The refusal as the client reads it, in French: the rule's title, then what was found."""
        found = self.finding.found
        return f"{self.finding.rule.title_fr} ({found})" if found else self.finding.rule.title_fr


class XmlRefused(Refused):
    """Not XML, or XML that is not taken."""


class MimeRefused(Refused):
    """A multipart body that cannot be read."""


class EnvelopeRefused(Refused):
    """Well-formed XML that is no SOAP message for this endpoint."""
