"""Rows as JSON lines: instants as RFC 3339, octets as base64; without workspace and epoch, which are put in later."""

import base64
import binascii
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, Table

from socle.archive.errors import wrong
from socle.store.types import Instant, rfc3339

SCOPE = ("workspace", "epoch")
ANEW = "archive: given anew"
"""In a column's ``info``: what the database or the service gives itself; rows are written in its order."""
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(dict[str, Any]).decode
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def kept_columns(table: Table) -> list[Column[Any]]:
    """Those that a line holds."""
    return [column for column in table.c if column.name not in SCOPE and ANEW not in column.info]


def encode(row: Mapping[Any, Any], columns: list[Column[Any]]) -> bytes:
    """One line, its end included."""
    return _ENCODE({column.name: _out(row[column.name]) for column in columns}) + b"\n"


def decode(line: bytes, table: Table, columns: list[Column[Any]]) -> dict[str, Any]:
    """The inverse, every value of its column's type. Raises :class:`BadArchive`."""
    try:
        told = _DECODE(line)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise wrong(f"{table.name}: a line is no JSON object: {error}") from error
    if told.keys() != {column.name for column in columns}:
        raise wrong(f"{table.name}: a line has not the columns of the table")
    return {column.name: _in(told[column.name], column) for column in columns}


def _out(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def _in(value: Any, column: Column[Any]) -> Any:
    if value is None:
        if column.nullable:
            return None
        raise wrong(f"{column}: a value is missing")
    kind = column.type
    if isinstance(kind, Instant):
        return _instant(value, column)
    if isinstance(kind, LargeBinary):
        return _octets(value, column)
    if isinstance(kind, Boolean):
        fits = isinstance(value, bool)
    elif isinstance(kind, Integer):
        fits = type(value) is int and _SMALLEST <= value <= _LARGEST
    elif isinstance(kind, Float):
        fits = type(value) in (int, float) and math.isfinite(value)
    else:
        fits = isinstance(value, str) and "\0" not in value
    if not fits:
        raise wrong(f"{column}: a value is of another type")
    return value


def _instant(value: Any, column: Column[Any]) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        rfc3339(instant)
    except (TypeError, ValueError, OverflowError) as error:
        raise wrong(f"{column}: no instant") from error
    return instant


def _octets(value: Any, column: Column[Any]) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise wrong(f"{column}: no base64") from error
