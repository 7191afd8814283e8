"""Services room: which page or form of the advertiser brings people to which club."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.leads.ads.letters import try_again
from clubcrm.leads.ads.models import AdKind, AdPlace
from clubcrm.leads.ads.queries import homeless

LONGEST_REF = 40


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """What is written down of a page or form."""

    kind: AdKind
    ref: str
    name: str
    source_id: int | None = None
    interest: str = ""
    consent_key: str = ""


def name_place(club_id: int, draft: PlaceDraft, *, by: str) -> AdPlace:
    """Who fills in this form, or one of this page, is a lead of the club; what waited is read.

    Raises INVALID_INPUT naming what is wrong, TAKEN when it brings people to another club.
    """
    ref, name = draft.ref.strip(), clean(draft.name, "name", longest=80)
    faults = {}
    if not (ref.isascii() and ref.isdigit() and len(ref) <= LONGEST_REF):
        faults["ref"] = _("A page or form has a number, such as 1234567890.")
    if not name:
        faults["name"] = _("Give it a name by which you know it.")
    if faults:
        raise invalid(faults)
    place = db.session.scalars(
        select(AdPlace).where(AdPlace.kind == draft.kind, AdPlace.ref == ref)
    ).first()
    if place is not None and place.club_id != club_id:
        raise DomainError("TAKEN", _("This page or form brings people to another club."))
    place = place or AdPlace(club_id=club_id, kind=draft.kind, ref=ref)
    place.name, place.source_id = name, draft.source_id
    place.interest = clean(draft.interest, "interest")
    place.consent_key = clean(draft.consent_key, "consent_key", longest=60)
    place.changed_by, place.changed_at = by, clock.now()
    db.session.add(place)
    db.session.flush()
    after = {"kind": place.kind.value, "ref": ref, "name": name}
    audit.note("ad_place.named", "ad_place", place.id, after=after, by=by)
    for letter in homeless(place):
        try_again(letter, by=by)
    return place


def drop_place(place: AdPlace, *, by: str) -> None:
    """The page or form belongs to no club any more; what it brought stays."""
    before = {"kind": place.kind.value, "ref": place.ref, "name": place.name}
    audit.note("ad_place.dropped", "ad_place", place.id, before=before, by=by)
    db.session.delete(place)
    db.session.flush()
