"""Queries room: a believable member, to look at a text before there is a real one to try."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from flask import current_app
from flask_babel import force_locale

from clubcrm.core import formats
from clubcrm.core.clubs import Club
from clubcrm.messaging.rules.placeholders import LINKS, MEMBER
from clubcrm.messaging.rules.story import Story, Term, Units
from clubcrm.messaging.values import values_of

PRICE_MINOR = 2_500_000
NAMES: Mapping[str, tuple[str, str]] = {
    "en": ("Mina", "Rahman"),
    "bn": ("মিনা", "রহমান"),
    "ne": ("मिना", "श्रेष्ठ"),
    "ru": ("Мина", "Рахман"),
}
PLANS: Mapping[str, str] = {"en": "Annual", "bn": "বার্ষিক", "ne": "वार्षिक", "ru": "Годовой"}


def sample_story(club: Club, today: date, language: str) -> Story:
    """Return a member who came once a week for a year, always on Tuesdays at six."""
    given, family = NAMES.get(language, NAMES["en"])
    plan = PLANS.get(language, PLANS["en"])
    days = [today - timedelta(days=3 + 7 * week) for week in range(48)]
    ends = today + timedelta(days=30)
    return Story(
        person_id=0,
        given_name=given,
        family_name=family,
        club=club.name,
        today=today,
        hours=(None,) * 7,
        term=Term(plan, PRICE_MINOR, club.currency, ends - timedelta(days=364), ends),
        visit_days=sorted(days),
        entered=[(1, 18)] * 12,
        units=Units(2, ends),
        trainer="Tara",
        activity="Yoga",
        starts_again=today + timedelta(days=3),
    )


def sample_values(club: Club, today: date, language: str) -> dict[str, str]:
    """Return a value for every placeholder of a member, and for those that a cause gives."""
    with force_locale(language):
        soon = formats.day_long(today + timedelta(days=6))
        amount = formats.money(PRICE_MINOR, club.currency)
    by_cause = {
        **dict.fromkeys(("until", "access_until", "asked_on", "first_day", "by_day"), soon),
        "when": f"{soon}, 18:00",
        "amount": amount,
        "class": "Yoga",
        "teacher": "Tara",
        "number": "2026-0042",
        "what": PLANS.get(language, PLANS["en"]),
        "subject": PLANS.get(language, PLANS["en"]),
        "mark": "[#T-42]",
        "due": f"{soon}, 18:00",
        "answer": "…",
        "friend": NAMES.get(language, NAMES["en"])[0],
        "reward": amount,
        "points": formats.number(250),
        "ticket_link": "https://club.example/…",
    }
    return {**by_cause, **values_of(sample_story(club, today, language), MEMBER, language)}


def sample_links(names: Collection[str]) -> dict[str, str]:
    """Return addresses that lead nowhere, for a look at a text: a look makes no link."""
    base = current_app.extensions["club_settings"].public_url or "https://club.example"
    return {name: f"{base.rstrip('/')}/…" for name in LINKS if name in names}
