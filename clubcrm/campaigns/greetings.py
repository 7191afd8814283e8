"""Services room: a club's calendar of holidays, and greetings that go out on them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.campaigns.campaign_services import CampaignText, plan_campaign, word_campaign
from clubcrm.campaigns.campaign_tables import Campaign, CampaignKind, CampaignState, Outcome
from clubcrm.campaigns.holiday_queries import (
    coming_holidays,
    greeting_exists,
    holidays_of,
    source_of,
    typed_days,
)
from clubcrm.campaigns.holiday_tables import Holiday, HolidayDay
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.rules.feasts import feasts_of
from clubcrm.campaigns.rules.holidays import HolidayKind, HolidayRule, faults_of, next_day
from clubcrm.campaigns.rules.tree import Condition, Group, Join, as_values
from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.text import clean
from clubcrm.people.rules.trait_kinds import Op

BY = "system"
# A greeting is planned so many days ahead, so that there is time to look at it or take it back.
AHEAD = timedelta(days=7)
MEMBERS = Group(Join.ALL, (Condition("member", Op.IS),))


@dataclass(frozen=True, slots=True)
class HolidayDraft:
    """What a holiday shall be; names by language, the one of English stands in."""

    names: Mapping[str, str]
    rule: HolidayRule
    greets: bool
    at: time = time(10)
    segment: Segment | None = None
    words: Mapping[str, tuple[str, str, str]] | None = None


def take_over(club: Club, *, by: str) -> int:
    """The club's calendar holds what comes with the product for its country; returns how many.

    What the club has changed or put away stays as it is.
    """
    known = set(db.session.scalars(select(Holiday.code).where(Holiday.club_id == club.id)))
    fresh = [one for one in feasts_of(club.country) if one.code not in known]
    for one in fresh:
        db.session.add(
            Holiday(
                club_id=club.id,
                code=one.code,
                names=dict(one.names),
                kind=one.rule.kind,
                month=one.rule.month,
                day=one.rule.day,
                offset=one.rule.offset,
                greets=False,
                words={},
                changed_by=by,
                changed_at=clock.now(),
            )
        )
    db.session.flush()
    if fresh:
        after = {"country": club.country, "holidays": len(fresh)}
        audit.note("holidays.taken_over", "club", club.id, after=after, by=by)
    return len(fresh)


def add_holiday(club_id: int, draft: HolidayDraft, *, by: str) -> Holiday:
    """The club keeps one more holiday; raises INVALID_INPUT."""
    made = Holiday(club_id=club_id, code=f"own_{secrets.token_hex(6)}", is_kept=True)
    _fill(made, draft, by)
    db.session.add(made)
    db.session.flush()
    audit.note("holiday.added", "holiday", made.id, after=_told(made), by=by)
    return made


def change_holiday(holiday: Holiday, draft: HolidayDraft, *, by: str) -> None:
    """The holiday is as the draft says; a greeting that is planned already stays as it was made."""
    before = _told(holiday)
    _fill(holiday, draft, by)
    db.session.flush()
    audit.note("holiday.changed", "holiday", holiday.id, before=before, after=_told(holiday), by=by)


def greet_on(holiday: Holiday, *, greets: bool, by: str) -> None:
    """Members are greeted on this day from now on, or not any more."""
    holiday.greets, holiday.changed_by, holiday.changed_at = greets, by, clock.now()
    db.session.flush()
    after = {"greets": greets}
    audit.note("holiday.changed", "holiday", holiday.id, before={"greets": not greets},
               after=after, by=by)  # fmt: skip


def put_away(holiday: Holiday, *, by: str) -> None:
    """The holiday stands in the calendar no more, and nobody is greeted on it."""
    holiday.is_kept, holiday.greets = False, False
    db.session.flush()
    audit.note("holiday.put_away", "holiday", holiday.id, by=by)


def type_day(holiday: Holiday, year: int, day: date | None, *, by: str) -> None:
    """The holiday falls on this day in the year; None: by its rule again."""
    if day is not None and day.year != year:
        raise invalid({"day": _("This day lies in another year.")})
    found = db.session.get(HolidayDay, (holiday.id, year))
    before = found.falls_on.isoformat() if found else ""
    if day is None:
        if found is not None:
            db.session.delete(found)
    elif found is None:
        db.session.add(HolidayDay(holiday_id=holiday.id, year=year, falls_on=day, typed_by=by))
    else:
        found.falls_on, found.typed_by = day, by
    db.session.flush()
    audit.note(
        "holiday.day_typed",
        "holiday",
        holiday.id,
        before={str(year): before},
        after={str(year): day.isoformat() if day else ""},
        by=by,
    )


def plan_greetings(club: Club, today: date) -> list[Campaign]:
    """Greetings of the coming days are planned, each once a year; a stopped one stays stopped."""
    return [
        made
        for one in coming_holidays(club.id, today)
        if one.holiday.greets
        and one.on is not None
        and one.on <= today + AHEAD
        and (made := make_greeting(club, one.holiday, one.on)) is not None
    ]


def make_greeting(club: Club, holiday: Holiday, day: date) -> Campaign | None:
    """The greeting waits for its hour; None when it was made before, or its hour has passed."""
    source = source_of(holiday.id, day)
    starts_at = clock.instant_of(datetime.combine(day, holiday.at), club.zone)
    if greeting_exists(source) or starts_at < clock.now():
        return None
    segment = db.session.get(Segment, holiday.segment_id) if holiday.segment_id else None
    campaign = Campaign(
        club_id=club.id,
        name=f"{name_in(holiday, club.locale)} {day.year}",
        kind=CampaignKind.GREETING,
        state=CampaignState.DRAFT,
        segment_id=segment.id if segment else None,
        source=source,
        rule=segment.rule if segment else as_values(MEMBERS),
        channels=[],
        salt=secrets.token_hex(8),
        hold_out=0.0,
        outcome=Outcome.VISIT,
        window_days=14,
        keep_days=1,
        made_by=BY,
        made_at=clock.now(),
    )
    db.session.add(campaign)
    db.session.flush()
    for language in LANGUAGES:
        subject, body, short = words_in(holiday, language)
        word_campaign(campaign, CampaignText("A", language, subject, body, short), by=BY)
    plan_campaign(campaign, starts_at, by=BY)
    after = {"holiday": holiday.code, "day": day.isoformat()}
    audit.note("greeting.planned", "campaign", campaign.id, after=after, by=BY)
    return campaign


def name_in(holiday: Holiday, language: str) -> str:
    """Return what a holiday is called in a language, in English where it has no such name."""
    short = language.replace("-", "_").partition("_")[0]
    names = holiday.names
    return names.get(short) or names.get("en") or next(iter(names.values()), holiday.code)


def words_in(holiday: Holiday, language: str) -> tuple[str, str, str]:
    """Return the words of a greeting in a language: the club's own, else those that are shipped."""
    own = holiday.words.get(language)
    if own and own[0].strip() and own[1].strip():
        return own[0], own[1], own[2] if len(own) > 2 else ""
    name = name_in(holiday, language)
    with force_locale(language):
        subject = _("Happy %(holiday)s!", holiday=name)
        body = _(
            "Hi {given_name},\n\nall of us at {club} wish you a happy %(holiday)s, health, and "
            "good days with those you love.\n\nYour team",
            holiday=name,
        )
        short = _("{given_name}, {club} wishes you a happy %(holiday)s!", holiday=name)
    return subject, body, short


def next_of(holiday: Holiday, today: date) -> date | None:
    """Return the next day of a holiday, None where nobody has typed it yet."""
    return next_day(holiday.rule, today, typed_days([holiday.id])[holiday.id])


def missing_days(club_id: int, today: date) -> list[Holiday]:
    """Return the holidays that are greeted and wait for somebody to type their day."""
    return [
        one
        for one in holidays_of(club_id)
        if one.greets and one.kind is HolidayKind.TYPED and next_of(one, today) is None
    ]


def _fill(holiday: Holiday, draft: HolidayDraft, by: str) -> None:
    names = {
        language: words
        for language, typed in draft.names.items()
        if language in LANGUAGES and (words := clean(typed, f"name_{language}", longest=80))
    }
    faults: dict[str, str] = {}
    if not names.get("en"):
        faults["name_en"] = _("This is needed.")
    if faults_of(draft.rule):
        faults["day"] = _("There is no such day.")
    if draft.segment is not None and holiday.club_id != draft.segment.club_id:
        faults["segment"] = _("Choose a segment of this club.")
    if faults:
        raise invalid(faults)
    values: dict[str, Any] = {
        "names": names,
        "kind": draft.rule.kind,
        "month": draft.rule.month,
        "day": draft.rule.day,
        "offset": draft.rule.offset,
        "greets": draft.greets,
        "at": draft.at,
        "segment_id": draft.segment.id if draft.segment else None,
        "words": _own_words(draft),
        "changed_by": by,
        "changed_at": clock.now(),
    }
    for name, value in values.items():
        setattr(holiday, name, value)


def _own_words(draft: HolidayDraft) -> dict[str, list[str]]:
    """Return the club's own words; a letter without subject, or the other way round, is refused."""
    found: dict[str, list[str]] = {}
    for language, (subject, body, short) in (draft.words or {}).items():
        if bool(subject.strip()) != bool(body.strip()):
            raise invalid({f"body_{language}": _("Write both subject and letter, or neither.")})
        if subject.strip():
            found[language] = [
                clean(subject, f"subject_{language}", longest=200),
                clean(body, f"body_{language}", longest=8000, lines=True),
                clean(short, f"short_{language}", longest=1000, lines=True),
            ]
    return found


def _told(holiday: Holiday) -> dict[str, object]:
    return {
        "name": holiday.names.get("en", ""),
        "kind": holiday.kind.value,
        "month": holiday.month,
        "day": holiday.day,
        "greets": holiday.greets,
    }
