"""What INSi was asked and answered."""

from socles.testing.core import Core, told
from socles.testing.exchanges import Exchange

SERVICE = "ins_sim"


class Insi:
    """INSi of one workspace. The service keeps nobody's traits: the request is in the exchange."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def calls(self, *, outcome: str | None = None) -> list[Exchange]:
        """Calls in the order of arrival; ``outcome`` as in ``expect_call``."""
        return [one for one in reversed(list(self._core.journal.find(service=SERVICE))) if _answered(one, outcome)]

    def expect_call(self, *, outcome: str | None = None, timeout: float | None = None) -> Exchange:
        """The newest call, with this outcome if given, waited for.

        ``outcome``: CodeCR (``00`` found, ``01`` nobody, ``02`` several) or the code of a fault, with or without what
        stands before it (``insi_102``, ``siram_40/insi_102``). Findings of a call that was expected are no failure.
        """
        __tracebackhide__ = True
        what = "Aucun appel à INSi / no call to INSi: " + told({"outcome": outcome})
        return self._core.expect_exchange(what, SERVICE, lambda one: _answered(one, outcome), timeout)


def _answered(exchange: Exchange, outcome: str | None) -> bool:
    code = exchange.code or ""
    return outcome is None or outcome in (code, code.rpartition("/")[2])
