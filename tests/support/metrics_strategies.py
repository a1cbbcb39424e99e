"""Hypothesis strategies: histories of stays, documents, mails and calls, with every kind of change."""

from datetime import timedelta

from hypothesis import strategies as st

from support.metrics_events import EG, EJ, MARCH, Event, call, cancelled, document, message, stay

OTHER_EG = "010000032"
_NUMBERS = ("a", "b")
_PATIENTS = ("p", "q", None)
_EJS = (EJ, EJ, "010000099", None)
_EGS = (EG, EG, OTHER_EG, None)
_TYPES = ("11490-0", "34112-3", "11502-2", None)
_DAYS = (0, 1, 20, 29, 30, 31, 45)


@st.composite
def _stay_history(draw: st.DrawFn) -> list[Event]:
    number = draw(st.sampled_from(_NUMBERS))
    events = []
    for revision in range(1, draw(st.integers(1, 3)) + 1):
        out = draw(st.sampled_from([MARCH, MARCH + timedelta(days=3), MARCH + timedelta(days=40), None]))
        if draw(st.integers(0, 4)) == 0:
            events.append(cancelled(number, revision=revision))
            continue
        events.append(
            stay(
                number,
                discharged=out,
                revision=revision,
                patient_ref=draw(st.sampled_from(_PATIENTS)),
                finess_ej=draw(st.sampled_from(_EJS)),
                finess_eg=draw(st.sampled_from(_EGS)),
                session=draw(st.sampled_from([False, False, False, True])),
                field=draw(st.sampled_from(["MCO", "SMR"])),
            )
        )
    return events


@st.composite
def _document_history(draw: st.DrawFn) -> list[Event]:
    number = draw(st.sampled_from(["d1", "d2", "d3"]))
    registered = MARCH + timedelta(days=draw(st.sampled_from(_DAYS)))
    events = []
    for revision in range(1, draw(st.integers(1, 3)) + 1):
        kind = "registered" if revision == 1 else draw(st.sampled_from(["replaced", "deleted"]))
        start = MARCH + timedelta(days=draw(st.sampled_from([-5, -3, 0, 2])))
        events.append(
            document(
                number,
                kind=kind,
                revision=revision,
                at=registered + timedelta(hours=revision),
                registered_at=registered,
                set_id=draw(st.sampled_from(["1.9^x", "1.9^y", None])),
                type_code=draw(st.sampled_from(_TYPES)),
                level=draw(st.sampled_from(["N1", "N3"])),
                stay_id=draw(st.sampled_from(["1.2.3^a", "1.2.3^b", "1.2.3^unknown", None])),
                patient_ref=draw(st.sampled_from(_PATIENTS)),
                finess_ej=draw(st.sampled_from(_EJS)),
                finess_eg=draw(st.sampled_from(_EGS)),
                service_start=draw(st.sampled_from([start, None])),
                service_stop=draw(st.sampled_from([start + timedelta(days=2), None])),
                status="deleted" if kind == "deleted" else "approved",
            )
        )
    return events


@st.composite
def _message_history(draw: st.DrawFn) -> list[Event]:
    number = draw(st.sampled_from(["m1", "m2"]))
    events = []
    for revision in range(1, draw(st.integers(1, 3)) + 1):
        kind = "accepted" if revision == 1 else draw(st.sampled_from(["delivered", "failed"]))
        base = message(draw(st.sampled_from(_NUMBERS)), kind=kind, revision=revision)
        docs = base[2].docs * draw(st.integers(0, 2))  # type: ignore[attr-defined]
        events.append(
            message(
                number,
                kind=kind,
                revision=revision,
                docs=tuple(
                    doc.model_copy(update={"stay_id": draw(st.sampled_from([doc.stay_id, None]))}) for doc in docs
                ),
            )
        )
    return events


_CALLS = st.builds(
    call,
    st.sampled_from(["1", "2", "3", "4"]),
    st.sampled_from(["00", "01", "02", "insi_102"]),
    st.sampled_from([MARCH, MARCH + timedelta(days=1)]),
    finess_eg=st.sampled_from(_EGS),
)
_DEPOSITS = st.builds(
    document,
    st.sampled_from(["x1", "x2"]),
    kind=st.sampled_from(["submitted", "rejected"]),
    finess_eg=st.sampled_from(_EGS),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """A log in some order: what each emitter told, one after the other."""
    parts = draw(st.lists(st.one_of(_stay_history(), _document_history(), _message_history()), max_size=6))
    singles = draw(st.lists(st.one_of(_CALLS, _DEPOSITS), max_size=4))
    return [event for part in parts for event in part] + singles
