"""What all parts of the kit share for one workspace: its API, its journal, how long to wait, and what was expected."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from socles.testing.api import Api
from socles.testing.exchanges import Exchange, Journal
from socles.testing.failure import ExpectationFailed, expectation_failed
from socles.testing.waiting import until

T = TypeVar("T")


class Core:
    """One workspace, from inside the kit."""

    def __init__(self, url: str, name: str, api: Api, timeout: float) -> None:
        self.name = name
        self.url = url
        """Of the workspace: its paths begin here."""
        self.api = api
        self.timeout = timeout
        """Seconds that an expectation waits, unless it says otherwise."""
        self.journal = Journal(api, self.link)
        self.expected: set[str] = set()
        """Exchanges that a test said would go wrong: their findings are no news."""

    def link(self, exchange_id: str) -> str:
        """The console's page about an exchange."""
        return f"{self.url}/console/exchanges/{exchange_id}"

    def wait(self, look: Callable[[], T], timeout: float | None) -> T:
        """See ``waiting.until``; None: the workspace's own time."""
        return until(look, self.timeout if timeout is None else timeout)

    def expect_exchange(
        self, what: str, service: str, matches: Callable[[Exchange], bool], timeout: float | None
    ) -> Exchange:
        """The newest exchange of a service that matches, waited for; all that match count as expected."""
        __tracebackhide__ = True

        def look() -> Sequence[Exchange]:
            return [one for one in self.journal.find(service=service) if matches(one)]

        found = self.wait(look, timeout)
        if not found:
            raise self.failed(what, timeout, service)
        self.expected.update(one.id for one in found)
        return found[0]

    def failed(self, what: str, timeout: float | None, service: str | None = None) -> ExpectationFailed:
        """The error for something that did not come: ``what`` in both languages."""
        seconds = self.timeout if timeout is None else timeout
        return expectation_failed(f"{what} ({seconds:g} s)", self.name, list(self.journal.find(service=service)))


def told(criteria: Mapping[str, object]) -> str:
    """The criteria that were given, as they were given: ``type_code='11490-0', count=2``."""
    return ", ".join(f"{name}={value!r}" for name, value in criteria.items() if value is not None) or "…"
