"""Services room: kinds of freeze. An edit makes version n+1; what was granted keeps its version."""

from dataclasses import asdict, replace
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import update

from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from memberships.contracts.freeze_tables import FreezeType, FreezeTypeState, FreezeTypeVersion
from memberships.contracts.freezing import FreezeTerms, freeze_type_faults
from memberships.contracts.words import freeze_type_fault_words

TYPE_MOVES: Moves = {
    FreezeTypeState.OFFERED: frozenset[StrEnum]({FreezeTypeState.WITHDRAWN}),
    FreezeTypeState.WITHDRAWN: frozenset[StrEnum]({FreezeTypeState.OFFERED}),
}


def create_freeze_type(club_id: int, terms: FreezeTerms, *, by: str) -> FreezeType:
    """The club grants a new kind of freeze; raises INVALID_INPUT naming each wrong field."""
    terms = _checked(club_id, terms)
    kind = FreezeType(club_id=club_id, latest_version=1)
    db.session.add(kind)
    db.session.flush()
    _add_version(kind.id, terms, number=1, by=by)
    audit.note("freeze_type.created", "freeze_type", kind.id, after=_as_kept(terms), by=by)
    return kind


def edit_freeze_type(
    type_id: int, terms: FreezeTerms, *, seen_version: int, by: str
) -> FreezeTypeVersion:
    """New freezes of this kind go by these limits as version n+1; granted ones keep theirs.

    Raises FREEZE_TYPE_CHANGED when somebody edited it after the version this person saw.
    """
    kind = _get(type_id)
    terms = _checked(kind.club_id, terms)
    taken = db.session.execute(
        update(FreezeType)
        .where(FreezeType.id == type_id, FreezeType.latest_version == seen_version)
        .values(latest_version=seen_version + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError(
            "FREEZE_TYPE_CHANGED", _("Somebody else has just changed this. Look at it again.")
        )
    version = _add_version(type_id, terms, number=seen_version + 1, by=by)
    audit.note("freeze_type.edited", "freeze_type", type_id, after=_as_kept(terms), by=by)
    return version


def withdraw_freeze_type(type_id: int, *, by: str) -> None:
    """This kind of freeze is no longer granted; running ones run on."""
    _move(type_id, FreezeTypeState.WITHDRAWN, by)


def offer_freeze_type(type_id: int, *, by: str) -> None:
    """A withdrawn kind of freeze is granted again."""
    _move(type_id, FreezeTypeState.OFFERED, by)


def _move(type_id: int, to: FreezeTypeState, by: str) -> None:
    move(_get(type_id), to, moves=TYPE_MOVES, by=by)
    audit.note(f"freeze_type.{to.value}", "freeze_type", type_id, by=by)


def _get(type_id: int) -> FreezeType:
    kind = db.session.get(FreezeType, type_id)
    if kind is None:
        raise not_found(_("There is no such kind of freeze."))
    return kind


def _checked(club_id: int, terms: FreezeTerms) -> FreezeTerms:
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    found = freeze_type_faults(terms)
    faults = {field: freeze_type_fault_words(field, name) for field, name in found.items()}
    if terms.currency != club.currency:
        faults["price"] = _("This club sells in %(currency)s.", currency=club.currency)
    if faults:
        raise invalid(faults)
    return replace(terms, name=clean(terms.name, "name"))


def _add_version(type_id: int, terms: FreezeTerms, *, number: int, by: str) -> FreezeTypeVersion:
    version = FreezeTypeVersion(type_id=type_id, number=number, created_by=by, **asdict(terms))
    db.session.add(version)
    db.session.flush()
    return version


def _as_kept(terms: FreezeTerms) -> dict[str, object]:
    return asdict(terms)
