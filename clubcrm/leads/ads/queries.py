"""Pages and forms of the advertiser, and what they told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.leads.ads.models import AdKind, AdLetter, AdPlace
from clubcrm.leads.door.rules.letters import LetterState
from clubcrm.leads.models import Inquiry, Lead, LeadSource


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A page or form with the source its leads get."""

    place: AdPlace
    source: str


@dataclass(frozen=True, slots=True)
class AdLine:
    """A filled form with who it was of, and the lead it became."""

    letter: AdLetter
    name: str
    lead_id: str


def place_of(letter: AdLetter) -> AdPlace | None:
    """Return where a letter belongs: by its form, else by its page."""
    found = {one.kind: one for one in db.session.scalars(select(AdPlace).where(_names(letter)))}
    return found.get(AdKind.FORM) or found.get(AdKind.PAGE)


def places_of(club_id: int) -> list[PlaceLine]:
    """Return the pages and forms of a club."""
    rows = db.session.execute(
        select(AdPlace, LeadSource.name)
        .outerjoin(LeadSource, LeadSource.id == AdPlace.source_id)
        .where(AdPlace.club_id == club_id)
        .order_by(AdPlace.kind.desc(), AdPlace.name, AdPlace.id)
    )
    return [PlaceLine(place, source or "") for place, source in rows]


def place_for(scope: Scope, public_id: str) -> AdPlace:
    """Return a page or form of these clubs; raises NOT_FOUND for any other."""
    found = db.session.scalars(select(AdPlace).where(AdPlace.public_id == public_id)).first()
    if found is None or not scope.covers(found.club_id):
        raise not_found(_("There is no such page or form."))
    return found


def letters_of(club_id: int, limit: int) -> list[AdLine]:
    """Return the newest filled forms of a club, and those that belong to no club yet."""
    rows = db.session.execute(
        select(AdLetter, Inquiry.name, Lead.public_id)
        .outerjoin(Inquiry, Inquiry.id == AdLetter.inquiry_id)
        .outerjoin(Lead, Lead.id == Inquiry.lead_id)
        .where(_is_of(club_id))
        .order_by(AdLetter.id.desc())
        .limit(limit)
    )
    return [AdLine(letter, name or "", lead or "") for letter, name, lead in rows]


def letter_for(club_id: int, public_id: str) -> AdLetter:
    """Return a filled form of the club, or of none yet; raises NOT_FOUND for any other."""
    found = db.session.scalars(
        select(AdLetter)
        .outerjoin(Inquiry, Inquiry.id == AdLetter.inquiry_id)
        .where(AdLetter.public_id == public_id, _is_of(club_id))
    ).first()
    if found is None:
        raise not_found(_("There is no such letter."))
    return found


def due_letters(moment: datetime, limit: int) -> Sequence[int]:
    """Return the letters that are to be fetched now, the oldest first."""
    return db.session.scalars(
        select(AdLetter.id)
        .where(AdLetter.state == LetterState.WAITING, AdLetter.next_try_at <= moment)
        .order_by(AdLetter.next_try_at, AdLetter.id)
        .limit(limit)
    ).all()


def homeless(place: AdPlace) -> Sequence[AdLetter]:
    """Return letters that could not be read and belong to a page or form."""
    number = AdLetter.page_id if place.kind is AdKind.PAGE else AdLetter.form_id
    return db.session.scalars(
        select(AdLetter).where(AdLetter.state == LetterState.ODD, number == place.ref)
    ).all()


def advert_of(inquiry_ids: Sequence[int]) -> dict[int, AdLetter]:
    """Return the filled form that each question came by."""
    rows = db.session.scalars(select(AdLetter).where(AdLetter.inquiry_id.in_(inquiry_ids)))
    return {one.inquiry_id: one for one in rows if one.inquiry_id is not None}


def _names(letter: AdLetter) -> ColumnElement[bool]:
    return or_(
        and_(AdPlace.kind == AdKind.FORM, AdPlace.ref == letter.form_id),
        and_(AdPlace.kind == AdKind.PAGE, AdPlace.ref == letter.page_id),
    )


def _is_of(club_id: int) -> ColumnElement[bool]:
    known = select(AdPlace.id).where(
        or_(
            and_(AdPlace.kind == AdKind.FORM, AdPlace.ref == AdLetter.form_id),
            and_(AdPlace.kind == AdKind.PAGE, AdPlace.ref == AdLetter.page_id),
        )
    )
    mine = known.where(AdPlace.club_id == club_id).exists()
    return or_(Inquiry.club_id == club_id, and_(Inquiry.id.is_(None), or_(mine, ~known.exists())))
