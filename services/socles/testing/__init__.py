"""The test kit: a real INSi, DMP and MSSanté for each test, and words to wait, look and break things with.

Installed with ``pip install 'socles[testing]'``; pytest finds the fixtures (``socles``, ``dmp``, ``mss``, ``insi``,
``indicators``, ``events``) by itself.

Everything here blocks: from asyncio tests, call it through ``asyncio.to_thread``.
"""

from socles.testing.api import Refused
from socles.testing.certificates import Certificates
from socles.testing.clock import Clock
from socles.testing.dmp import Deposit, Dmp
from socles.testing.events import Event, Events
from socles.testing.exchanges import Exchange, Finding
from socles.testing.failure import ExpectationFailed
from socles.testing.faults import Fault, FaultSettings
from socles.testing.indicators import Indicators, Value
from socles.testing.insi import Insi
from socles.testing.mss import Mail, Mss
from socles.testing.people import Establishment, Patient, Professional
from socles.testing.population import Population
from socles.testing.process import command
from socles.testing.psc import Psc, Tokens
from socles.testing.server import Server, address, in_process
from socles.testing.signing import Signing
from socles.testing.smtp import Smtp
from socles.testing.workspace import Socles, workspace

__all__ = [
    "Certificates",
    "Clock",
    "Deposit",
    "Dmp",
    "Establishment",
    "Event",
    "Events",
    "Exchange",
    "ExpectationFailed",
    "Fault",
    "FaultSettings",
    "Finding",
    "Indicators",
    "Insi",
    "Mail",
    "Mss",
    "Patient",
    "Population",
    "Professional",
    "Psc",
    "Refused",
    "Server",
    "Signing",
    "Smtp",
    "Socles",
    "Tokens",
    "Value",
    "address",
    "command",
    "in_process",
    "workspace",
]
