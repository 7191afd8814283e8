"""Services room: whose client somebody is and since when, and what is said of a trainer."""

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.people.queries.locks import lock_person
from memberships.packages.offers import trainers_of
from memberships.trainers.models import TrainerClient, TrainerProfile


def assign_client(trainer_id: int, person_id: int, *, by: str) -> TrainerClient:
    """The person is this trainer's client from today on; a second call changes nothing.

    Raises TAKES_NO_CLIENTS for a trainer who has said so.
    """
    person = lock_person(person_id)
    if person is None:
        raise not_found(_("There is no such member."))
    if trainer_id not in {one[0] for one in trainers_of([person.club_id])}:
        raise invalid({"trainer_id": _("Choose a trainer of this club.")})
    open_one = _open(trainer_id, person_id)
    if open_one is not None:
        return open_one
    if not _profile(trainer_id).takes_clients:
        raise DomainError("TAKES_NO_CLIENTS", _("This trainer takes no further clients now."))
    today = clock.today(db.session.get_one(Club, person.club_id).zone)
    made = TrainerClient(
        club_id=person.club_id,
        trainer_id=trainer_id,
        person_id=person_id,
        from_on=today,
        created_by=by,
    )
    db.session.add(made)
    db.session.flush()
    audit.note("client.assigned", "person", person_id, after={"trainer_id": trainer_id}, by=by)
    return made


def release_client(trainer_id: int, person_id: int, *, by: str) -> None:
    """The person is no longer this trainer's client after today. Raises STATE when he was none."""
    person = lock_person(person_id)
    found = _open(trainer_id, person_id)
    if person is None or found is None:
        raise DomainError("STATE", _("This is not a client of this trainer."))
    found.until_on = clock.today(db.session.get_one(Club, person.club_id).zone)
    found.ended_by = by
    db.session.flush()
    audit.note("client.released", "person", person_id, after={"trainer_id": trainer_id}, by=by)


def describe_trainer(
    trainer_id: int, headline: str, *, takes_clients: bool, by: str
) -> TrainerProfile:
    """The trainer is described by this line, and takes clients or does not."""
    profile = _profile(trainer_id)
    before = {"headline": profile.headline, "takes_clients": profile.takes_clients}
    profile.headline = clean(headline, "headline")
    profile.takes_clients = takes_clients
    db.session.flush()
    after = {"headline": profile.headline, "takes_clients": takes_clients}
    audit.note("trainer.described", "user", trainer_id, before=before, after=after, by=by)
    return profile


def _open(trainer_id: int, person_id: int) -> TrainerClient | None:
    return db.session.scalars(
        select(TrainerClient).where(
            TrainerClient.trainer_id == trainer_id,
            TrainerClient.person_id == person_id,
            TrainerClient.until_on.is_(None),
        )
    ).first()


def _profile(trainer_id: int) -> TrainerProfile:
    found = db.session.get(TrainerProfile, trainer_id)
    if found is None:
        found = TrainerProfile(user_id=trainer_id)
        db.session.add(found)
        db.session.flush()
    return found
