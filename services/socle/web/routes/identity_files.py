"""Files of identities, in and out: CSV and FHIR."""

import json
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from socle.identities import table
from socle.identities.fhir import reading
from socle.identities.fhir.names import StatusCodes
from socle.identities.fhir.outcome import outcome_of
from socle.identities.forms import FHIR_JSON, FHIR_NDJSON, Form, Look, media_type, rendered
from socle.identities.problem import NotTaken
from socle.identities.table import Encoding
from socle.web.errors import Refusal
from socle.web.files import read_body
from socle.web.identities import Headers, Keys, Names, Separator, Taken, Which, refusal_of
from socle.web.model import Current
from socle.web.register import Register

MOST_BYTES: Final = 32 << 20
"""Of a file; ours."""
_FORMS: Final = {
    "text/csv": Form.CSV,
    "application/csv": Form.CSV,
    "text/plain": Form.CSV,
    FHIR_JSON: Form.FHIR,
    "application/json": Form.FHIR,
    FHIR_NDJSON: Form.NDJSON,
    "application/x-ndjson": Form.NDJSON,
}
_CSV_EXAMPLE: Final = (
    "identifiant;nom_naissance;prenoms;sexe;date_naissance;lieu_naissance;matricule;cle\r\n"
    "mine-3;DE LA TOUR;LOUISE MARIE;F;02/05/1984;2A004;284052A004902;52\r\n"
)
_PATIENT_EXAMPLE: Final[dict[str, Any]] = {
    "resourceType": "Patient",
    "id": "mine-4",
    "identifier": [
        {
            "use": "official",
            "type": {
                "coding": [
                    {"system": "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203", "code": "INS-NIR-TEST"}
                ]
            },
            "system": "urn:oid:1.2.250.1.213.1.4.10",
            "value": "284052A00490351",
        }
    ],
    "name": [{"use": "official", "family": "DE LA TOUR", "given": ["ANNE"]}],
    "gender": "female",
    "birthDate": "1984-05-02",
}


def _shape(example: str) -> dict[str, Any]:
    return {"schema": {"type": "string"}, "examples": {"one person": {"value": example}}}


_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": _shape(_CSV_EXAMPLE),
            FHIR_JSON: _shape(json.dumps(_PATIENT_EXAMPLE)),
            FHIR_NDJSON: _shape(json.dumps(_PATIENT_EXAMPLE) + "\n"),
        },
    }
}
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    413: {"description": "Too large"},
    415: {"description": "Another kind of file"},
    422: {"description": "What is wrong, line by line: a JSON error, or an OperationOutcome for FHIR"},
}


def install(api: APIRouter, register: Register) -> None:
    """Add the routes."""

    @api.post("/import", status_code=201, openapi_extra=_BODY, responses=_REFUSED, response_model=Taken)
    async def bring(
        request: Request,
        workspace: Current,
        *,
        form: Annotated[Form | None, Query(alias="format", description="By default as Content-Type says")] = None,
        names: Names = Names.STRICT,
        keys: Keys = Keys.STRICT,
        fictitious: Annotated[
            bool, Query(description="You vouch that every production number in it (OID .8, .9) is nobody's")
        ] = False,
        dry_run: Annotated[bool, Query(alias="dryRun", description="Check only")] = False,
    ) -> Taken | Response:
        """Persons from a CSV (UTF-8 or Latin-1; `;`, `,` or tabs) or from FHIR: all of them, or none."""
        form = form or _form_of(request)
        data = await read_body(request, MOST_BYTES)

        taking = partial(
            register.take, workspace.name, form=form.value, keys=keys, fictitious=fictitious, dry_run=dry_run
        )
        transliterate = names is Names.TRANSLITERATE

        def take() -> Taken:
            if form is Form.CSV:
                read = table.read(data, transliterate=transliterate)
                taken = taking(read.drafts, problems=read.problems)
                return taken.model_copy(update={"encoding": read.encoding.value, "separator": read.separator})
            found = reading.read(data, lines=form is Form.NDJSON, transliterate=transliterate)
            return taking(found.drafts, problems=found.problems, remarks=found.remarks)

        try:
            return await run_in_threadpool(take)
        except NotTaken as error:
            if form is Form.CSV:
                raise refusal_of(error) from error
            return JSONResponse(outcome_of(error.problems), error.status, media_type=FHIR_JSON)

    @api.get("/export", response_class=Response)
    def export(
        workspace: Current,
        *,
        form: Annotated[Form, Query(alias="format")] = Form.CSV,
        which: Which = Which.ALL,
        separator: Separator = Separator.SEMICOLON,
        encoding: Encoding = Encoding.UTF8_BOM,
        headers: Headers = Headers.FRENCH,
        codes: StatusCodes = StatusCodes.IDENTITY_STATUS,
    ) -> StreamingResponse:
        """The persons as a file: CSV, a FHIR Bundle, or a Patient a line."""
        look = Look(separator.character, encoding, headers is Headers.ENGLISH, codes)
        suffix = {Form.CSV: "csv", Form.FHIR: "json", Form.NDJSON: "ndjson"}[form]
        named = {"Content-Disposition": f'attachment; filename="identites-{workspace.name}.{suffix}"'}
        content = rendered(register.persons(workspace.name, which), form, look)
        return StreamingResponse(content, headers=named | {"Content-Type": media_type(form, look)})


def _form_of(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        known = ", ".join(_FORMS)
        raise Refusal(
            415,
            "file.kind",
            f"Type de contenu non admis : {kind!r}. Admis : {known}.",
            f"This Content-Type is not taken: {kind!r}. Those taken: {known}.",
        )
    return _FORMS[kind]
