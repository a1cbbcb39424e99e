"""Column types that mean the same on every database."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

Ordered = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is sorted, or compared with ``<``: by its bytes on every database, whatever PostgreSQL's own locale is."""


def rfc3339(instant: datetime) -> str:
    """An aware instant as UTC text, always with six decimals, so that the texts sort as the instants do."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Instant(TypeDecorator[datetime]):
    """An aware ``datetime``: RFC 3339 text in UTC on SQLite (which has no such type), ``timestamptz`` elsewhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))  # type: ignore[arg-type]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        return rfc3339(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(str(value))
