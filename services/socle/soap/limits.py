"""Our own limits on what comes over the wire (D15): libxml2's are lifted by ``huge_tree``, so these stand alone."""

from dataclasses import dataclass, field

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """What one XML document may hold. Sizes in bytes; text and attribute values in characters."""

    max_bytes: int = 32 * MIB
    max_text: int = 24 * MIB
    """A document sent inline in base64 is one text node."""
    max_depth: int = 256
    """CDA documents stay below 60. At 256 libxml2 stops by itself, except in documents so large that its limits must be
    lifted: then, or with a lower limit, we look ourselves."""
    max_elements: int = 500_000
    max_attributes: int = 128
    """Per element."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one SOAP request may hold. Sizes in bytes."""

    xml: XmlLimits = field(default_factory=XmlLimits)
    max_part: int = 100 * MIB
    """One MIME part, decoded."""
    max_total: int = 256 * MIB
    """The whole body as it is on the wire."""
    max_parts: int = 100
    max_part_header: int = 16 * KIB
    """The header block of one part, and the preamble."""
    spool_above: int = 1 * MIB
    """A part larger than this goes to disk while it is hashed."""
    offload_above: int = 256 * KIB
    """Work on more than this runs in the thread pool, so that the loop never blocks."""


DEFAULT_LIMITS = Limits()
DEFAULT_XML_LIMITS = XmlLimits()
