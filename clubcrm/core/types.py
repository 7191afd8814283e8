"""Column types: UTC instants, checked text states, public ids, JSON."""

import os
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

PUBLIC_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
PUBLIC_LENGTH = 14


class UtcInstant(TypeDecorator[datetime]):
    """Stores aware instants as UTC and gives them back aware; naive values raise ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC as the store wants it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: give it a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return the stored instant as an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def text_enum(kind: type[StrEnum], name: str = "") -> Enum:
    """Return a text column type with a named check for the values of the enum.

    A second column of one enum in a table needs a name of its own for its check.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
JsonObject = dict[str, Any]
PublicIdType = String(PUBLIC_LENGTH)


def spoken_code(letters: int) -> str:
    """Return a random code to say aloud or type: capitals and digits of which none look alike."""
    return "".join(secrets.choice(PUBLIC_ALPHABET) for _letter in range(letters)).upper()


def new_public_id() -> str:
    """Return a random id that may stand in an address; 68 bits, no look-alike letters."""
    # One drawing of 128 bits; what is left over after fourteen letters keeps them even.
    rest = int.from_bytes(os.urandom(16), "big")
    letters = []
    for _ in range(PUBLIC_LENGTH):
        rest, letter = divmod(rest, len(PUBLIC_ALPHABET))
        letters.append(PUBLIC_ALPHABET[letter])
    return "".join(letters)
