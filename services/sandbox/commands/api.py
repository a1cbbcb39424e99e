"""The sandbox's HTTP interface as the commands use it, and what becomes of its refusals on the command line."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NoReturn

import httpx
import typer

WORKSPACE_HEADER = "X-Socles-Workspace"
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)


class Exit(IntEnum):
    """Exit codes, beside 0: all went well."""

    NEGATIVE = 1
    """The answer is no: not ready, not found, findings above the threshold."""
    USAGE = 2
    UNREACHABLE = 3
    """No sandbox answers at the address."""
    REFUSED = 4
    """The sandbox refuses what was asked; its reason is on the standard error."""


class Trouble(Exception):
    """Ends the command: a message for the standard error, and an exit code."""

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


class Api:
    """One sandbox, one workspace. Every method raises ``Trouble``."""

    def __init__(self, url: str, workspace: str | None) -> None:
        self.url = url.rstrip("/")
        self.workspace = workspace
        headers = {WORKSPACE_HEADER: workspace} if workspace else {}
        self._client = httpx.Client(base_url=self.url, headers=headers, timeout=_TIMEOUT, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        """JSON; parameters that are None are left out."""
        return self.ask("GET", path, params=_given(params)).json()

    def bytes(self, path: str, **params: Any) -> bytes:
        """The body as it came."""
        return self.ask("GET", path, params=_given(params)).content

    def find(self, path: str) -> Any | None:
        """JSON, or None when the sandbox has no such thing."""
        try:
            return self.get(path)
        except Trouble as trouble:
            if trouble.code is Exit.NEGATIVE:
                return None
            raise

    def post(self, path: str, content: object = None, **params: Any) -> Any:
        """JSON in and out; None for an empty answer."""
        return _json(self.ask("POST", path, json=content, params=_given(params)))

    def patch(self, path: str, content: object) -> Any:
        return _json(self.ask("PATCH", path, json=content))

    def delete(self, path: str) -> None:
        self.ask("DELETE", path)

    def ask(self, method: str, path: str, *, also: frozenset[int] = frozenset(), **more: Any) -> httpx.Response:
        """One call, its refusals turned into ``Trouble``, but for the HTTP statuses in ``also``."""
        with self._reached():
            answer = self._client.request(method, path, **more)
        if answer.status_code not in also:
            _judge(answer)
        return answer

    def lines(self, path: str) -> Iterator[str]:
        """The lines of an endless answer."""
        endless = httpx.Timeout(5.0, read=None)
        with self._reached(), self._client.stream("GET", path, timeout=endless) as answer:
            if answer.is_error:
                answer.read()
            _judge(answer)
            yield from answer.iter_lines()

    @contextmanager
    def _reached(self) -> Generator[None, None, None]:
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Trouble(Exit.UNREACHABLE, nobody_at(self.url, error)) from error

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def nobody_at(url: str, error: Exception) -> str:
    """What is said when no sandbox answers there."""
    hint = "« socles up » en démarre un ; --url ou SOCLES_URL en nomme un autre."
    return f"pas de bac à sable à {url} / no sandbox there: {error or type(error).__name__}\n{hint}"


@contextmanager
def opened(url: str, workspace: str | None) -> Generator[Api, None, None]:
    """The sandbox; ``Trouble`` becomes a message and an exit code."""
    try:
        with Api(url, workspace) as api:
            yield api
    except Trouble as trouble:
        fail(trouble)


def fail(trouble: Trouble) -> NoReturn:
    """Say it, and leave with its code."""
    typer.echo(f"socles: {trouble}", err=True)
    raise typer.Exit(trouble.code)


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _json(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None


def _judge(answer: httpx.Response) -> None:
    if not answer.is_error:
        return
    code = Exit.NEGATIVE if answer.status_code in (404, 410) else Exit.REFUSED
    raise Trouble(code, told(answer))


def told(answer: httpx.Response) -> str:
    """The reason of a refusal, in both languages when it has them."""
    try:
        body = answer.json()
    except json.JSONDecodeError:
        return f"HTTP {answer.status_code}"
    if isinstance(body, dict) and body.get("resourceType") == "OperationOutcome":
        return "\n".join(map(_issue, body.get("issue", ())))
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        detail = body.get("detail") if isinstance(body, dict) else None
        return str(detail) if detail else f"HTTP {answer.status_code}"
    lines = [text for name in ("messageFr", "message") if (text := error.get(name))]
    for one in error.get("details", ()):
        lines += [f"  {one.get('where')}: {one[name]}" for name in ("messageFr", "message") if name in one]
    return "\n".join(lines) or f"HTTP {answer.status_code}"


def _issue(issue: dict[str, Any]) -> str:
    """One issue of a FHIR OperationOutcome."""
    where = ", ".join(issue.get("expression", ()))
    text = issue.get("details", {}).get("text")
    return f"{where}: " * bool(where) + " / ".join(filter(None, (text, issue.get("diagnostics"))))
