"""What of the journal can be mended, and the reason when it cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from socle.blobs import BlobRef
from socle.exchange import Exchange, Outcome, Recorded
from socle.journal.settings import JournalSettings
from socle.journal.store import JournalStore
from socle.mending.routes import _received
from socle.settings import GroundSettings
from socle.web.errors import Refusal
from support.journal_suite import BROKEN, act


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalStore]:
    store = JournalStore(GroundSettings(data_dir=tmp_path), JournalSettings(max_body_bytes=100))
    store.open()
    yield store
    store.close()


def test_a_request_comes_with_what_became_of_it(journal: JournalStore) -> None:
    one = act(path="/lps", outcome=Outcome.REFUSED, findings=[BROKEN.finding()])
    journal.record(one)
    received, workspace = _received(journal, "dmp_sim", one.id, None)
    assert (received.path, received.body, received.accepted) == ("/lps", one.request.body[0], False)
    assert (received.rules, workspace) == ({"dmp.test"}, "default")
    assert ("Content-Type", "text/xml") in received.headers
    assert received.fresh("a") == received.fresh("a") != received.fresh("b")


@pytest.mark.parametrize(
    ("made", "status", "code"),
    [
        (act(redacted=True), 409, "mending.redacted"),
        (act(body=b"x" * 101), 409, "mending.cut"),
        (act(body=b""), 409, "mending.empty"),
        (act(request=Recorded([], [BlobRef("ab" * 32, 3)])), 409, "mending.gone"),
        (act(request=Recorded([], [BlobRef("ab" * 32, 33 << 20)])), 409, "mending.size"),
        (act(service="mss_sim"), 404, "not-found"),
        (act(workspace="other"), 404, "not-found"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_mended_is_refused_with_its_reason(
    journal: JournalStore, made: Exchange, status: int, code: str
) -> None:
    journal.record(made)
    with pytest.raises(Refusal) as refused:
        _received(journal, "dmp_sim", made.id, "default")
    error = refused.value.body["error"]
    assert isinstance(error, dict)
    assert (refused.value.status, error["code"]) == (status, code)
