"""Who holds what is shown at a door: one select, which locks the person against a second gate.

Core statements built once; no objects of the ORM in the path of the turnstile.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, exists, literal, select

from access_control.models import Credential, CredentialState, Visit
from access_control.rules.codes import CredentialKind
from clubcrm.core.db import live_connection
from clubcrm.core.prepared import Prepared
from clubcrm.people.models import DeskFlag, Person

_visit = Visit.__table__


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a credential, as far as the gate has to know."""

    credential_id: int | None
    blocked: bool
    passback_free: bool
    person_id: int
    public_id: str
    given_name: str
    family_name: str
    birth_date: date | None
    has_photo: bool
    guardian_inside: bool
    open_task: bool
    pay_method: bool

    @property
    def name(self) -> str:
        """Return the name as it is spoken."""
        return f"{self.given_name} {self.family_name}".strip()


def flag(kind: str) -> Any:
    """Return whether the desk has marked a person so."""
    return exists().where(DeskFlag.person_id == Person.id, DeskFlag.kind == kind)


def _holder_columns() -> tuple[Any, ...]:
    guardian = exists().where(
        _visit.c.person_id == Person.guardian_id,
        _visit.c.club_id == bindparam("club_id"),
        _visit.c.left_at.is_(None),
    )
    return (
        Person.id,
        Person.public_id,
        Person.given_name,
        Person.family_name,
        Person.birth_date,
        Person.photo_id.is_not(None),
        guardian,
        flag("open_task"),
        flag("pay_method_expiring"),
    )


# The person's row is locked, so that two gates decide about one person one after the other.
_BY_CREDENTIAL = Prepared(
    select(
        Credential.id,
        Credential.state == CredentialState.BLOCKED,
        Credential.passback_free,
        *_holder_columns(),
    )
    .join(Person, Person.id == Credential.person_id)
    .where(
        Credential.kind == bindparam("kind"),
        Credential.value == bindparam("value"),
        Credential.state != CredentialState.ENDED,
    )
    .with_for_update(of=Person, key_share=True)
)
_PERSON_COLUMNS = (literal(None), literal(False), literal(False), *_holder_columns())
_BY_PUBLIC_ID = Prepared(
    select(*_PERSON_COLUMNS)
    .where(Person.public_id == bindparam("public_id"))
    .with_for_update(of=Person, key_share=True)
)
_BY_PERSON = Prepared(
    select(*_PERSON_COLUMNS)
    .where(Person.id == bindparam("person_id"))
    .with_for_update(of=Person, key_share=True)
)


def holder_of(kind: CredentialKind, value: str, club_id: int) -> Holder | None:
    """Return who holds a living credential, locking the person against a second gate."""
    return _holder(_BY_CREDENTIAL, {"kind": kind, "value": value, "club_id": club_id})


def holder_by_public_id(public_id: str, club_id: int) -> Holder | None:
    """Return the person of a public id as a holder without a credential row."""
    return _holder(_BY_PUBLIC_ID, {"public_id": public_id, "club_id": club_id})


def holder_by_person(person_id: int, club_id: int) -> Holder | None:
    """Return a person as a holder without a credential row."""
    return _holder(_BY_PERSON, {"person_id": person_id, "club_id": club_id})


def _holder(statement: Prepared, asked: dict[str, Any]) -> Holder | None:
    row = statement.first(live_connection(), asked)
    return None if row is None else Holder(*row)
