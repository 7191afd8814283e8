"""Errors that people and programs can act on: a stable code, a sentence, a status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One input field and what is wrong with it."""

    field: str
    message: str


class DomainError(Exception):
    """A refusal with a stable code, a translated sentence and an HTTP status."""

    def __init__(
        self,
        code: str,
        text: str,
        *,
        status: int = 409,
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.status = status
        self.fields = tuple(FieldError(name, why) for name, why in (fields or {}).items())
        self.retry_after = retry_after
        self.extra = dict(extra or {})


def invalid(fields: Mapping[str, str], text: str = "") -> DomainError:
    """Return the error for input that names each wrong field."""
    return DomainError(
        "INVALID_INPUT", text or "; ".join(fields.values()), status=400, fields=fields
    )


def not_found(text: str) -> DomainError:
    """Return the error for a thing that is not there, or not for this person."""
    return DomainError("NOT_FOUND", text, status=404)


def forbidden(text: str) -> DomainError:
    """Return the error for a right that the person does not hold."""
    return DomainError("FORBIDDEN", text, status=403)
