"""What is wrong with a request that does not have the form its model asks for, in French and English."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_LONGEST = 60
_WORDS: Final[dict[str, tuple[str, str]]] = {}
_FRENCH: Final = {
    "missing": "champ obligatoire",
    "extra_forbidden": "champ inconnu",
    "string_type": "du texte est attendu",
    "int_type": "un nombre entier est attendu",
    "int_parsing": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "float_type": "un nombre est attendu",
    "float_parsing": "un nombre est attendu",
    "bool_type": "true ou false est attendu",
    "bool_parsing": "true ou false est attendu",
    "list_type": "une liste est attendue",
    "tuple_type": "une liste est attendue",
    "frozen_set_type": "une liste est attendue",
    "dict_type": "un objet JSON est attendu",
    "model_type": "un objet JSON est attendu",
    "model_attributes_type": "un objet JSON est attendu",
    "enum": "valeurs admises : {expected}",
    "literal_error": "valeurs admises : {expected}",
    "greater_than": "plus que {gt} est attendu",
    "greater_than_equal": "{ge} au moins est attendu",
    "less_than": "moins que {lt} est attendu",
    "less_than_equal": "{le} au plus est attendu",
    "string_too_short": "{min_length} caractère(s) au moins",
    "string_too_long": "{max_length} caractère(s) au plus",
    "too_short": "{min_length} élément(s) au moins",
    "too_long": "{max_length} élément(s) au plus",
    "string_pattern_mismatch": "doit suivre le modèle {pattern}",
    "json_invalid": "ce n'est pas du JSON : {error}",
    "date_from_datetime_parsing": "une date AAAA-MM-JJ est attendue",
    "date_parsing": "une date AAAA-MM-JJ est attendue",
    "date_type": "une date AAAA-MM-JJ est attendue",
    "datetime_from_date_parsing": "un instant ISO 8601 est attendu",
    "datetime_parsing": "un instant ISO 8601 est attendu",
    "datetime_type": "un instant ISO 8601 est attendu",
    "timezone_aware": "un instant avec son fuseau est attendu",
}


def worded(pattern: str, french: str, english: str) -> str:
    """A field's ``pattern``, said in words to who does not follow it: what is allowed. Gives the pattern back."""
    _WORDS[pattern] = (french, english)
    return pattern


def details(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """All of them. A list that seems too short because what stands in it is wrong is not told for that too."""
    places = [tuple(found["loc"]) for found in errors]
    return [
        detail(found)
        for found, place in zip(errors, places, strict=True)
        if found["type"] != "too_short" or not any(one[: len(place)] == place != one for one in places)
    ]


def detail(found: Mapping[str, Any]) -> dict[str, str]:
    """One error as pydantic tells it → where (``body/name``), ``messageFr``, ``message``."""
    context = found.get("ctx", {})
    pattern = context.get("pattern")
    if pattern in _WORDS:
        french, english = _WORDS[pattern]
        said = str(found["input"])
        shown = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
        texts = f"« {shown} » n'est pas admis ; admis : {french}", f"'{shown}' is not allowed; allowed: {english}"
    else:
        texts = _french(found), str(found["msg"])
    return {"where": _where(found["loc"]), "messageFr": texts[0], "message": texts[1]}


def french(found: Mapping[str, Any]) -> str:
    """The French text alone; what a validator of ours says, in its own words."""
    return str(found["ctx"]["error"]) if found["type"] == "value_error" else _french(found)


def _french(found: Mapping[str, Any]) -> str:
    values = {name: _said(value) for name, value in found.get("ctx", {}).items()}
    return _FRENCH.get(found["type"], "valeur non admise").format_map(values)


def _said(value: object) -> str:
    return str(value).replace(" or ", " ou ")


def _where(place: Sequence[object]) -> str:
    return "/".join(map(str, place))
