"""Queries room: who of the chosen may be written to by a campaign, and why the others may not.

Everything is asked before the lot is drawn, so that both arms are alike.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import func, select

from access_control.models import VisitDay
from clubcrm.campaigns.campaign_tables import Campaign
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.lots import draw_member, is_held_out
from clubcrm.messaging.contacts import contact_days
from clubcrm.messaging.queries import offered, reach_of
from clubcrm.messaging.rules.channels import NoWay, PersonReach, Reach, pick_channel
from clubcrm.messaging.rules.kinds import kind_of
from clubcrm.messaging.rules.pace import ContactPace, crowded
from clubcrm.messaging.texts import Texts, texts_of
from clubcrm.people.api import holds_of
from clubcrm.people.models import Person, Purpose
from clubcrm.people.rules.trait_kinds import years_before

GROWN_UP = 18


class Stop(StrEnum):
    """Why a campaign leaves somebody in peace, beside the reasons of channels and pace."""

    HELD_BACK = "held_back"
    NO_GUARDIAN = "no_guardian"
    CONTROL = "control"
    NO_TEXT = "no_text"


@dataclass(frozen=True, slots=True)
class House:
    """What is the same for everybody: pace, the programme's own hold-out, words of the texts."""

    pace: ContactPace
    control: tuple[str, float]
    texts: Texts
    channels: tuple[str, ...]
    locale: str
    codes: tuple[str, ...]


def text_code(campaign_id: int, variant: str) -> str:
    """Return the code under which the words of a campaign's text are kept."""
    return f"camp{campaign_id}{variant}"


def house_of(campaign: Campaign, club: Club) -> House:
    """Return what is the same for all chosen people of a campaign."""
    extensions = current_app.extensions
    pace = extensions["club_contact_pace"](club.id)
    control = extensions["club_programme_control"](club.id)
    variants = ("A", "B") if campaign.second else ("A",)
    codes = tuple(text_code(campaign.id, one) for one in variants)
    texts = texts_of(db.session(), club.id, codes)
    return House(pace, control, texts, offered(), club.locale, codes)


def stops_of(
    campaign: Campaign, club: Club, people: Sequence[int], house: House | None = None
) -> dict[int, str]:
    """Return for each of the people the reason not to write to him, empty where there is none."""
    frame = house or house_of(campaign, club)
    today = clock.today(club.zone)
    holds = holds_of(people, today)
    reach = reach_of(people, Purpose.MARKETING)
    contacts = contact_days(people, club.zone)
    known = _known(people)
    found: dict[int, str] = {}
    for one in people:
        found[one] = (
            (Stop.HELD_BACK if one in holds else "")
            or _unguarded(known.get(one), today)
            or _control(one, frame)
            or _no_way(reach.get(one), known.get(one), campaign, frame)
            or _crowded(campaign, club, contacts.get(one, ()), frame.pace)
        )
    return found


def visits_before(people: Collection[int], today: date) -> dict[int, int]:
    """Return how many visit-days each had in the 28 days before."""
    rows = db.session.execute(
        select(VisitDay.person_id, func.count())
        .where(
            VisitDay.person_id.in_(people),
            VisitDay.day.between(today - timedelta(days=28), today - timedelta(days=1)),
        )
        .group_by(VisitDay.person_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class _Known:
    language: str | None
    born: date | None
    has_guardian: bool


def _known(people: Sequence[int]) -> dict[int, _Known]:
    rows = db.session.execute(
        select(Person.id, Person.language, Person.birth_date, Person.guardian_id).where(
            Person.id.in_(people)
        )
    )
    return {row[0]: _Known(row[1], row[2], row[3] is not None) for row in rows}


def _unguarded(known: _Known | None, today: date) -> str:
    """Return the stop for a minor for whom no guardian is on record."""
    if known is None or known.born is None or known.has_guardian:
        return ""
    return Stop.NO_GUARDIAN if known.born > years_before(today, GROWN_UP) else ""


def _control(person: int, house: House) -> str:
    salt, share = house.control
    return Stop.CONTROL if is_held_out(draw_member(salt, person), share) else ""


def _no_way(
    reach: PersonReach | None, known: _Known | None, campaign: Campaign, house: House
) -> str:
    if reach is None:
        return NoWay.NO_ADDRESS
    way = pick_channel(reach, house.channels, campaign.channels)
    if isinstance(way, NoWay):
        return way
    return "" if _has_words(way, known, house) else Stop.NO_TEXT


def _has_words(way: Reach, known: _Known | None, house: House) -> bool:
    wishes = (known.language if known else None, house.locale)
    kind = kind_of(way.channel)
    return all(house.texts.draft(code, kind, *wishes) is not None for code in house.codes)


def _crowded(campaign: Campaign, club: Club, contacts: Sequence[date], pace: ContactPace) -> str:
    start = campaign.starts_at or clock.now()
    why = crowded(clock.local_day(max(start, clock.now()), club.zone), contacts, pace)
    return why.value if why else ""


def refused(stops: Mapping[int, str]) -> dict[str, int]:
    """Return how many are refused by each reason, the most frequent first."""
    found: dict[str, int] = {}
    for why in stops.values():
        if why:
            found[str(why)] = found.get(str(why), 0) + 1
    return dict(sorted(found.items(), key=lambda one: -one[1]))
