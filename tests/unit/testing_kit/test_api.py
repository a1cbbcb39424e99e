"""The kit's own requests, and what becomes of a refusal."""

import httpx
import pytest

from socles.testing.api import Api, Refused


def answering(status: int, **content: object) -> tuple[Api, list[httpx.Request]]:
    """An API that always answers so, and what it was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, **content)  # type: ignore[arg-type]

    return Api(httpx.Client(base_url="http://socles", transport=httpx.MockTransport(answer))), asked


def test_asks_within_a_workspace_and_leaves_out_what_is_none() -> None:
    api, asked = answering(200, json=[])

    api.within("essai").get("/_sandbox/exchanges", limit=3, rule=None)

    assert str(asked[0].url) == "http://socles/w/essai/_sandbox/exchanges?limit=3"


def test_a_refusal_is_told_in_both_languages_with_its_details() -> None:
    details = [{"where": "body/times", "message": "must be 1 or more"}]
    error = {"code": "request.invalid", "messageFr": "Forme fausse.", "message": "Malformed.", "details": details}
    api, _ = answering(422, json={"error": error})

    with pytest.raises(Refused) as refused:
        api.post("/_sandbox/faults", {"times": 0})

    assert (refused.value.status, refused.value.code) == (422, "request.invalid")
    assert str(refused.value) == ("HTTP 422 request.invalid: Forme fausse. / Malformed. body/times: must be 1 or more")


@pytest.mark.parametrize("content", [{"text": "<html>bad gateway"}, {"json": ["bad gateway"]}])
def test_what_is_no_answer_of_ours_is_shown_as_it_is(content: dict[str, object]) -> None:
    api, _ = answering(502, **content)

    with pytest.raises(Refused, match=r"HTTP 502 http: .*bad gateway"):
        api.get("/")
