"""Members by the number another system knows them by, and visits that an import has left."""

from collections.abc import Collection

from sqlalchemy import select

from access_control.models import AccessEvent, Credential, CredentialState
from access_control.rules.codes import CredentialKind
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import Person


def persons_by_reference(source: str, references: Collection[str]) -> dict[str, int]:
    """Return reference to person: by the number the source gave, else by a PIN of ours."""
    pins = db.session.execute(
        select(Credential.value, Credential.person_id).where(
            Credential.kind == CredentialKind.PIN,
            Credential.value.in_(references),
            Credential.state != CredentialState.ENDED,
        )
    )
    found = {str(value): int(person_id) for value, person_id in pins}
    known = db.session.execute(
        select(Person.external_ref, Person.id).where(
            Person.source == source, Person.external_ref.in_(references)
        )
    )
    return found | {str(reference): person_id for reference, person_id in known}


def keys_in_ledger(device_id: int, keys: Collection[str]) -> set[str]:
    """Return those of the keys under which the device has an event already."""
    return set(
        db.session.scalars(
            select(AccessEvent.event_key).where(
                AccessEvent.device_id == device_id, AccessEvent.event_key.in_(keys)
            )
        )
    )


def clubs_by_name() -> dict[str, Club]:
    """Return every club by its name and by its public id."""
    clubs = db.session.scalars(select(Club).order_by(Club.id)).all()
    return {name: club for club in clubs for name in (club.public_id, club.name)}
