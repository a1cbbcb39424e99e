"""Examples of an OpenAPI document are true: posted, they are accepted, and answers have the shape promised."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema


async def post_examples(http: httpx.AsyncClient, document: dict[str, Any]) -> int:
    """Post every example of a request body; gives how many. Fails on the first that is not accepted."""
    posted = 0
    for path, method, operation in operations(document):
        for media, body in bodies(operation).items():
            for name, value in examples(body).items():
                content = {"json": value} if media == "application/json" else {"content": str(value).encode()}
                target = path.replace("{name}", "default")
                answer = await http.request(method, target, headers={"content-type": media}, **content)  # type: ignore[arg-type]
                assert answer.is_success, (method, path, media, name, answer.text)
                check_answer(document, operation, answer)
                posted += 1
    return posted


async def get_all(http: httpx.AsyncClient, document: dict[str, Any], *, endless: tuple[str, ...]) -> int:
    """Get every path without parameters and check its answer; gives how many."""
    asked = 0
    for path, method, operation in operations(document):
        needed = any(parameter.get("required") for parameter in operation.get("parameters", ()))
        if method == "get" and not needed and not path.endswith(endless):
            answer = await http.get(path)
            assert answer.is_success, (path, answer.text)
            check_answer(document, operation, answer)
            asked += 1
    return asked


def check_answer(document: dict[str, Any], operation: dict[str, Any], answer: httpx.Response) -> None:
    """The answer's status is documented, and its JSON is valid against the schema."""
    promised = operation["responses"][str(answer.status_code)]
    schema = promised.get("content", {}).get("application/json", {}).get("schema")
    if schema:
        jsonschema.validate(answer.json(), {**schema, "components": document["components"]})


def without_example(document: dict[str, Any]) -> list[str]:
    """Operations that take a body and show none."""
    return [
        f"{method} {path}"
        for path, method, operation in operations(document)
        if bodies(operation) and not any(examples(body) for body in bodies(operation).values())
    ]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def bodies(operation: dict[str, Any]) -> dict[str, Any]:
    """Media type → request body; files, of which a document can show none, left out."""
    found: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    return {media: body for media, body in found.items() if body.get("schema", {}).get("format") != "binary"}


def examples(body: dict[str, Any]) -> dict[str, Any]:
    """Name → value of a body's examples."""
    if "example" in body:
        return {"example": body["example"]}
    return {name: example["value"] for name, example in body.get("examples", {}).items()}
