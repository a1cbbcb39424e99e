"""The OpenAPI description tells the truth: its examples have the shape of real answers, and validate."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from mss_sim.api.models import BoxView, MessageSummary, MessageView, PartView, RecipientView
from socle.control.model import BoxType
from support.mails import cda, mail, xdm
from support.mss_served import Mss

API = "/_sandbox/mss_sim"


def example(model: type[BaseModel]) -> dict[str, Any]:
    """What the field examples of a model make together."""
    return {
        field.alias or name: field.examples[0]
        for name, field in model.model_fields.items()
        if field.examples is not None
    }


def shape(value: object) -> object:
    return {key: type(inner) for key, inner in value.items()} if isinstance(value, dict) else type(value)


async def test_examples_have_the_shape_of_real_answers(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    _, text = await served.send(mail(xdm(cda())), [receiver.address])
    real = (await served.http.get(f"{API}/messages/{text.decode().split()[-1]}")).json()
    for model, answer in (
        (MessageSummary, real),
        (MessageView, real),
        (RecipientView, real["recipients"][0]),
        (PartView, real["parts"][1]),
        (BoxView, (await served.http.get(f"{API}/boxes")).json()["boxes"][0]),
    ):
        expected = example(model)
        assert expected
        assert shape(expected) == {key: type(answer[key]) for key in expected}
        declared = {field.alias or name for name, field in model.model_fields.items()}
        assert set(answer) >= declared
    listed = (await served.http.get(f"{API}/messages")).json()["messages"][0]
    assert set(listed) == {field.alias or name for name, field in MessageSummary.model_fields.items()}


async def test_every_route_is_described(served: Mss) -> None:
    app = FastAPI()
    for router in served.service.routers:
        app.include_router(router)
    paths = app.openapi()["paths"]
    assert set(paths) == {
        f"{API}/boxes",
        f"{API}/boxes/{{address}}/messages",
        f"{API}/messages",
        f"{API}/messages/wait",
        f"{API}/messages/{{ref}}",
        f"{API}/messages/{{ref}}/raw",
        f"{API}/messages/{{ref}}/parts/{{number}}",
        f"{API}/mended/{{exchange_id}}",
        f"{API}/mended/{{exchange_id}}/body",
    }
    assert all(route["get"]["description"] for route in paths.values())
