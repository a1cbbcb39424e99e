"""CDA R2 documents made from facts: level 1 around a PDF/A, and level 3 with sections.

Valid against the CDA schema (``CDA_extended.xsd``). They carry the header of the French minimal structuring 1.16 but
do not claim to satisfy the schematrons of the document models: the sections hold a narrative and few entries.
"""

from sandbox.cda.document import cda
from sandbox.cda.kinds import KINDS, Kind
from sandbox.cda.pdf import pdf

__all__ = ["KINDS", "Kind", "cda", "pdf"]
