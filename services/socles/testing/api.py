"""The sandbox's JSON API as the kit asks it: one workspace, errors as exceptions."""

from typing import Any

import httpx

NOT_FOUND = 404
_SECONDS = 30.0
"""For an answer; what waits on purpose says how much longer."""


class Refused(Exception):
    """The sandbox said no to a request of the kit: ``status`` is HTTP's, ``code`` the sandbox's own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"HTTP {status} {code}: {message}")
        self.status = status
        self.code = code


class Api:
    """Requests below one prefix, on a client that all workspaces of a session share."""

    def __init__(self, client: httpx.Client, prefix: str = "") -> None:
        self._client = client
        self._prefix = prefix

    def within(self, workspace: str) -> "Api":
        """The same for one workspace."""
        return Api(self._client, f"/w/{workspace}")

    def get(self, path: str, *, longer: float = 0.0, **parameters: Any) -> Any:
        """JSON; parameters that are None are left out."""
        return self._ask("GET", path, longer=longer, params=_given(parameters)).json()

    def read(self, path: str, **parameters: Any) -> bytes:
        """Bytes as they are."""
        return self._ask("GET", path, params=_given(parameters)).content

    def post(self, path: str, body: object = None) -> Any:
        return self._ask("POST", path, json={} if body is None else body).json()

    def make(self, path: str, body: object) -> bytes:
        """What is made on order, as it is."""
        return self._ask("POST", path, json=body).content

    def patch(self, path: str, body: object) -> Any:
        return self._ask("PATCH", path, json=body).json()

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, *, longer: float = 0.0, **what: Any) -> httpx.Response:
        answer = self._client.request(method, self._prefix + path, timeout=_SECONDS + longer, **what)
        if answer.is_error:
            raise _refused(answer)
        return answer


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _refused(answer: httpx.Response) -> Refused:
    try:
        error = answer.json()["error"]
        told = f"{error['messageFr']} / {error['message']}"
        details = "; ".join(f"{one['where']}: {one['message']}" for one in error.get("details", ()))
        return Refused(answer.status_code, error["code"], f"{told} {details}".strip())
    except (ValueError, KeyError, TypeError):
        return Refused(answer.status_code, "http", answer.text[:300])
