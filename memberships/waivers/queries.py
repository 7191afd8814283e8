"""Waivers, certificates and the blocks they hold, for pages and for the night."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from clubcrm.core.clubs import club_setting
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.documents.models import KeptDocument
from memberships.waivers.models import MedicalCertificate, Waiver, WaiverVoid
from memberships.waivers.rules import (
    Held,
    MedicalRules,
    WaiverRules,
    medical_rules_from,
    waiver_rules_from,
)

WAIVERS, MEDICAL = "waivers", "medical"
SYSTEM = "system"
FOR_GOOD = date.max


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A signed waiver with its document; `valid_until` of None means for good."""

    document_id: str
    signed_on: date
    valid_until: date | None
    void_because: str | None = None


@dataclass(frozen=True, slots=True)
class PaperDue:
    """A person whose paper is missing or ends soon."""

    person_id: str
    name: str
    valid_until: date | None


def waiver_rules(club_id: int) -> WaiverRules:
    """Return how the club asks for waivers."""
    return waiver_rules_from(club_setting(club_id, WAIVERS, None))


def medical_rules(club_id: int) -> MedicalRules:
    """Return how the club asks for certificates."""
    return medical_rules_from(club_setting(club_id, MEDICAL, None))


def locked_person(person_id: int) -> Person:
    """Return the person, whose blocks nobody else settles until this unit of work ends."""
    # Two at once would both place the block that is missing.
    locked = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    return db.session.scalars(locked).one()


def waivers_of(person_id: int) -> list[WaiverLine]:
    """Return the waivers of a person, the newest first."""
    rows = db.session.execute(
        select(KeptDocument.public_id, Waiver.signed_on, Waiver.valid_until, WaiverVoid.reason)
        .join(KeptDocument, KeptDocument.id == Waiver.document_id)
        .outerjoin(WaiverVoid, WaiverVoid.waiver_id == Waiver.id)
        .where(Waiver.person_id == person_id)
        .order_by(Waiver.id.desc())
    )
    return [WaiverLine(*row) for row in rows]


def waiver_of(person_id: int, document_id: str) -> Waiver | None:
    """Return a person's waiver by the id of its document, None when there is none."""
    return db.session.scalars(
        select(Waiver)
        .join(KeptDocument, KeptDocument.id == Waiver.document_id)
        .where(Waiver.person_id == person_id, KeptDocument.public_id == document_id)
    ).first()


def is_void(waiver_id: int) -> bool:
    """Tell whether somebody declared a waiver void."""
    return db.session.get(WaiverVoid, waiver_id) is not None


def waiver_until(person_ids: Collection[int]) -> dict[int, date]:
    """Return until when the best waiver of each person holds; for good is the last day of time."""
    rows = db.session.execute(
        select(Waiver.person_id, func.max(func.coalesce(Waiver.valid_until, FOR_GOOD)))
        .outerjoin(WaiverVoid, WaiverVoid.waiver_id == Waiver.id)
        .where(Waiver.person_id.in_(person_ids), WaiverVoid.waiver_id.is_(None))
        .group_by(Waiver.person_id)
    )
    return {person_id: _as_date(until) for person_id, until in rows}


def medical_until(person_ids: Collection[int]) -> dict[int, date]:
    """Return until when the best certificate of each person holds."""
    rows = db.session.execute(
        select(MedicalCertificate.person_id, func.max(MedicalCertificate.valid_until))
        .where(
            MedicalCertificate.person_id.in_(person_ids), MedicalCertificate.removed_at.is_(None)
        )
        .group_by(MedicalCertificate.person_id)
    )
    return {person_id: _as_date(until) for person_id, until in rows}


def _as_date(value: date | str) -> date:
    # SQLite gives the largest of two dates back as the text it keeps.
    return date.fromisoformat(value) if isinstance(value, str) else value


def with_certificate(club_id: int) -> list[int]:
    """Return the people of a club who have handed in a certificate."""
    return list(
        db.session.scalars(
            select(MedicalCertificate.person_id)
            .where(MedicalCertificate.club_id == club_id, MedicalCertificate.removed_at.is_(None))
            .distinct()
        )
    )


def held_by(person_ids: Collection[int], owner: BlockOwner) -> dict[int, tuple[Held, ...]]:
    """Return the standing blocks of one owner on each of these people."""
    rows = db.session.execute(
        select(Block.person_id, Block.id, Block.from_on, Block.placed_by)
        .where(Block.person_id.in_(person_ids), Block.owner == owner, Block.lifted_at.is_(None))
        .order_by(Block.id)
    )
    found: dict[int, tuple[Held, ...]] = {}
    for person_id, block_id, from_on, placed_by in rows:
        held = Held(block_id, from_on, placed_by == SYSTEM)
        found[person_id] = (*found.get(person_id, ()), held)
    return found


def blocked_in(club_id: int, owner: BlockOwner) -> list[int]:
    """Return the people of a club on whom a block of this owner stands."""
    return list(
        db.session.scalars(
            select(Block.person_id)
            .where(Block.club_id == club_id, Block.owner == owner, Block.lifted_at.is_(None))
            .distinct()
        )
    )


def certificates_of(person_id: int) -> Sequence[MedicalCertificate]:
    """Return the certificates of a person, the newest first."""
    return db.session.scalars(
        select(MedicalCertificate)
        .where(MedicalCertificate.person_id == person_id, MedicalCertificate.removed_at.is_(None))
        .order_by(MedicalCertificate.valid_until.desc(), MedicalCertificate.id.desc())
    ).all()


def certificate_of(person_id: int, public_id: str) -> MedicalCertificate | None:
    """Return one certificate of a person, None when there is none or it was removed."""
    return db.session.scalars(
        select(MedicalCertificate).where(
            MedicalCertificate.person_id == person_id,
            MedicalCertificate.public_id == public_id,
            MedicalCertificate.removed_at.is_(None),
        )
    ).first()


def named(person_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return public id and name of each person."""
    rows = db.session.execute(
        select(Person.id, Person.public_id, Person.given_name, Person.family_name).where(
            Person.id.in_(person_ids)
        )
    )
    return {row[0]: (row[1], f"{row[2]} {row[3]}".strip()) for row in rows}
