"""Services room: where people hear of a club: named once, found again however it is written."""

from collections.abc import Collection

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean, fold
from clubcrm.leads.models import LeadSource
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.words import SOURCE_OF_CHANNEL

LONGEST = 80


def sources_of(club_id: int) -> list[LeadSource]:
    """Return the sources of a club by name, those no longer used last."""
    return list(
        db.session.scalars(
            select(LeadSource)
            .where(LeadSource.club_id == club_id)
            .order_by(LeadSource.is_active.desc(), LeadSource.name)
        )
    )


def source_named(club_id: int, name: str, *, by: str) -> LeadSource:
    """Return the club's source of this name, which exists from now on."""
    wanted = source_name(name)
    if not wanted:
        raise invalid({"source": _("Give the source a name.")})
    found = known_source(club_id, wanted)
    if found is not None:
        return found
    made = LeadSource(club_id=club_id, name=wanted)
    db.session.add(made)
    db.session.flush()
    audit.note("lead_source.added", "lead_source", made.id, after={"name": wanted}, by=by)
    return made


def sources_named(club_id: int, names: Collection[str], *, by: str) -> dict[str, int]:
    """Return the key of the source of each name; all are read once, and new ones made."""
    if not names:
        return {}
    known: dict[str, int] = {}
    for one in sources_of(club_id):
        known.setdefault(fold(one.name), one.id)
    for name in names:
        if fold(name) not in known:
            known[fold(name)] = source_named(club_id, name, by=by).id
    return {name: known[fold(name)] for name in names}


def source_name(told: str) -> str:
    """Return the name of a source as it is kept; raises INVALID_INPUT for one too long."""
    return clean(told, "source", longest=LONGEST)


def known_source(club_id: int, name: str) -> LeadSource | None:
    """Return the club's source of this name in any spelling of its letters, if it has one."""
    wanted = fold(name)
    if not wanted:
        return None
    return next((one for one in sources_of(club_id) if fold(one.name) == wanted), None)


def source_of_channel(club_id: int, channel: ArrivalChannel, *, by: str) -> LeadSource | None:
    """Return the source that a channel speaks of by itself: a guest, a recommendation, a walk-in.

    A form or a call says nothing of where its sender heard of the club.
    """
    words = SOURCE_OF_CHANNEL.get(channel)
    if words is None:
        return None
    with force_locale("en"):
        name = str(words)
    return source_named(club_id, name, by=by)


def change_source(
    source: LeadSource, *, name: str, spend_channel: str, is_active: bool, by: str
) -> None:
    """The source is called so, and is still offered or no more; leads keep it."""
    wanted = clean(name, "name", longest=LONGEST)
    twin = known_source(source.club_id, wanted)
    if not wanted or (twin is not None and twin.id != source.id):
        raise invalid({"name": _("Choose a name that no other source has.")})
    before = {"name": source.name, "is_active": source.is_active}
    source.name = wanted
    source.spend_channel = clean(spend_channel, "spend_channel", longest=40)
    source.is_active = is_active
    db.session.flush()
    after = {"name": wanted, "is_active": is_active}
    audit.note("lead_source.changed", "lead_source", source.id, before=before, after=after, by=by)
