"""Services: clubs are opened and changed, with zone, currency, language, hours and closed days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_territory_currencies
from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from clubcrm.accounts.models import UserClub
from clubcrm.core import audit
from clubcrm.core.clubs import ClosedDay, Club, ClubHours
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.i18n import is_locale
from clubcrm.core.policy import Actor
from clubcrm.core.text import clean

Hours = Mapping[int, tuple[time, time]]
CURRENCY_LETTERS = 3
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class ClubPlan:
    """What a club is: its name, where it lies, how it counts and speaks."""

    name: str
    zone: str
    currency: str
    locale: str
    country: str
    capacity: int | None = None


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the names of the zones a club may lie in, in alphabetical order."""
    known = get_global("zone_territories")
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and zone in known))


def country_of(zone: str) -> str:
    """Return the two letters of the country a zone lies in; "" when it is none's."""
    found = str(get_global("zone_territories").get(zone, ""))
    return "" if found == "001" else found


def currency_of(country: str) -> str:
    """Return the currency people pay with in the country; "" when unknown."""
    found = get_territory_currencies(country) if country else []
    return str(found[0]) if found else ""


@lru_cache(maxsize=1)
def currencies_in_use() -> tuple[str, ...]:
    """Return the codes of the currencies that some country pays with today, in order."""
    countries = {country_of(zone) for zone in zones()}
    return tuple(sorted({currency_of(country) for country in countries} - {""}))


def zone_of(country: str) -> str:
    """Return the zone most people of the country live in; "" when it has several such zones."""
    here = [zone for zone in zones() if country_of(zone) == country]
    # Windows names one zone per region of the world, which drops the small and historical ones.
    main = set(get_global("windows_zone_mapping").values())
    chosen = here if len(here) == 1 else [zone for zone in here if zone in main]
    return chosen[0] if len(chosen) == 1 else ""


def open_club(plan: ClubPlan, hours: Hours | None = None) -> Club:
    """The club exists; raises INVALID_INPUT naming each wrong field."""
    plan = _checked(plan)
    if db.session.execute(select(Club.id).where(Club.name == plan.name)).first() is not None:
        raise invalid({"name": _("There is a club of this name already.")})
    club = Club(
        name=plan.name,
        zone=plan.zone,
        currency=plan.currency,
        locale=plan.locale,
        country=plan.country,
        capacity=plan.capacity,
    )
    db.session.add(club)
    db.session.flush()
    if hours:
        set_hours(club.id, hours)
    audit.note("club opened", "club", club.id, after=_shown(club))
    return club


def change_club(club: Club, plan: ClubPlan) -> None:
    """The club is as the plan says; its currency stays, because money is already counted in it."""
    plan = _checked(plan)
    namesake = db.session.execute(select(Club.id).where(Club.name == plan.name)).scalar()
    if namesake not in {None, club.id}:
        raise invalid({"name": _("There is a club of this name already.")})
    if plan.currency != club.currency:
        raise invalid({"currency": _("A club keeps its currency.")})
    before = _shown(club)
    club.name, club.zone, club.locale = plan.name, plan.zone, plan.locale
    club.country, club.capacity = plan.country, plan.capacity
    audit.note("club changed", "club", club.id, before=before, after=_shown(club))
    db.session.flush()


def give_club(actor: Actor, club_id: int) -> None:
    """The person who opened a club works in it too."""
    if actor.kind == "user" and db.session.get(UserClub, (actor.id, club_id)) is None:
        db.session.add(UserClub(user_id=actor.id, club_id=club_id))
        db.session.flush()


def set_hours(club_id: int, hours: Hours) -> None:
    """The club opens at these wall times; weekdays without hours are open all day."""
    db.session.execute(delete(ClubHours).where(ClubHours.club_id == club_id))
    rows = [
        {"club_id": club_id, "weekday": weekday, "opens": opens, "closes": closes}
        for weekday, (opens, closes) in sorted(hours.items())
    ]
    if rows:
        db.session.execute(insert(ClubHours), rows)
    audit.note(
        "hours changed", "club", club_id, after={str(row["weekday"]): row["opens"] for row in rows}
    )


def close_on(club_id: int, day: date, reason: str) -> None:
    """The club is shut on the day; silence clocks stop."""
    found = db.session.get(ClosedDay, (club_id, day))
    if found is None:
        db.session.add(ClosedDay(club_id=club_id, day=day, reason=clean(reason, "reason")))
        audit.note("closed day added", "club", club_id, after={"day": day})
    else:
        found.reason = clean(reason, "reason")
    db.session.flush()


def open_on(club_id: int, day: date) -> None:
    """The club is not shut on the day."""
    found = db.session.get(ClosedDay, (club_id, day))
    if found is not None:
        db.session.delete(found)
        audit.note("closed day removed", "club", club_id, before={"day": day})
        db.session.flush()


def _checked(plan: ClubPlan) -> ClubPlan:
    wrong: dict[str, str] = {}
    name = clean(plan.name, "name")
    if not name:
        wrong["name"] = _("Write the club's name.")
    country = (plan.country or country_of(plan.zone)).upper()
    zone = plan.zone or zone_of(country)
    if zone not in available_timezones():
        wrong["zone"] = _("Choose a time zone such as Asia/Dhaka.")
    if country not in _countries():
        wrong["country"] = _("Choose a country.")
    currency = (plan.currency or currency_of(country)).upper()
    if currency not in _currencies():
        wrong["currency"] = _("Choose a currency such as BDT or EUR.")
    if not is_locale(plan.locale):
        wrong["locale"] = _("Choose a language such as en or bn.")
    if plan.capacity is not None and not 1 <= plan.capacity <= MOST_PEOPLE:
        wrong["capacity"] = _("Write how many people fit in, from 1 to 100000.")
    if wrong:
        raise invalid(wrong)
    return ClubPlan(name, zone, currency, plan.locale, country, plan.capacity)


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    found = {str(country) for country in get_global("territory_currencies")}
    return frozenset(country for country in found if country.isalpha())


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(str(currency) for currency in get_global("all_currencies"))


def _shown(club: Club) -> dict[str, object]:
    return {
        "name": club.name,
        "zone": club.zone,
        "currency": club.currency,
        "locale": club.locale,
        "country": club.country,
        "capacity": club.capacity,
    }
