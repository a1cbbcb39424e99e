"""The journal as files that continuous integration reads."""

from socle.journal.reports.junit import junit
from socle.journal.reports.sarif import sarif

__all__ = ["junit", "sarif"]
