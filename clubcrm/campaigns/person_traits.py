"""Queries room: traits of the person himself: age, birthday, language, how he may be written to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, String, cast, extract, func, select

from clubcrm.campaigns.place_traits import TRAITS as PLACE_TRAITS
from clubcrm.core.db import db
from clubcrm.core.i18n import OWN_NAMES
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import Channel, Consent, ContactKind, ContactPoint, Person, Purpose
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import Choices, Ground, Trait
from clubcrm.tasks.models import SurveyAnswer

GROUP = "person"
LONGEST_AHEAD = 60


def _column(column: Any) -> Any:
    def rows(ground: Ground) -> Select[*tuple[Any, ...]]:
        mine = Person.club_id == ground.club_id
        return select(Person.id, column).where(mine, column.is_not(None))

    return rows


def _birthdays(ground: Ground) -> Select[*tuple[Any, ...]]:
    """Return who has a birthday within the window that begins today; 29 February counts as 28."""
    days = [ground.today + timedelta(days=one) for one in range(min(ground.days, LONGEST_AHEAD))]
    marks = {one.month * 100 + one.day for one in days}
    if 228 in marks:
        marks.add(229)
    mark = extract("month", Person.birth_date) * 100 + extract("day", Person.birth_date)
    return select(Person.id).where(Person.club_id == ground.club_id, mark.in_(sorted(marks)))


def _contacts(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(ContactPoint.person_id, cast(ContactPoint.kind, String))
        .join(Person, Person.id == ContactPoint.person_id)
        .where(Person.club_id == ground.club_id)
        .distinct()
    )


def _allowed(ground: Ground) -> Select[*tuple[Any, ...]]:
    """Return by which channels each has said yes to news, by his last answer."""
    newest = (
        select(func.max(Consent.id))
        .join(Person, Person.id == Consent.person_id)
        .where(Person.club_id == ground.club_id, Consent.purpose == Purpose.MARKETING)
        .group_by(Consent.person_id, Consent.channel)
    )
    return select(Consent.person_id, cast(Consent.channel, String)).where(
        Consent.id.in_(newest), Consent.given
    )


def _left_alone(ground: Ground) -> Select[*tuple[Any, ...]]:
    return select(Person.id).where(Person.club_id == ground.club_id, Person.do_not_contact)


def _letters(ground: Ground) -> Select[*tuple[Any, ...]]:
    """Return how many marketing messages each was sent within the window."""
    return (
        select(Message.person_id, func.count().label("value"))
        .where(
            Message.club_id == ground.club_id,
            Message.purpose == Purpose.MARKETING,
            Message.state == MessageState.SENT,
            Message.sent_at >= ground.since_at,
        )
        .group_by(Message.person_id)
    )


def _scores(ground: Ground) -> Select[*tuple[Any, ...]]:
    """Return the last answer of each to the half-way question."""
    newest = (
        select(func.max(SurveyAnswer.id))
        .where(SurveyAnswer.club_id == ground.club_id)
        .group_by(SurveyAnswer.person_id)
    )
    return select(SurveyAnswer.person_id, SurveyAnswer.score).where(SurveyAnswer.id.in_(newest))


def _sources(club_id: int) -> Choices:
    rows: Sequence[str] = db.session.scalars(
        select(Person.source).where(Person.club_id == club_id).distinct().order_by(Person.source)
    ).all()
    return [(one, one) for one in rows if one]


def _kinds(_club: int) -> Choices:
    return [
        (ContactKind.EMAIL.value, _("E-mail")),
        (ContactKind.PHONE.value, _("Phone")),
        (ContactKind.TELEGRAM.value, "Telegram"),
    ]


def _channels(_club: int) -> Choices:
    return [
        (Channel.EMAIL.value, _("E-mail")),
        (Channel.SMS.value, _("Text message")),
        (Channel.TELEGRAM.value, "Telegram"),
        (Channel.WHATSAPP.value, "WhatsApp"),
        (Channel.PHONE.value, _("Phone call")),
    ]


def _guarded(ground: Ground) -> Select[*tuple[Any, ...]]:
    return select(Person.id).where(
        Person.club_id == ground.club_id, Person.guardian_id.is_not(None)
    )


TRAITS: tuple[Trait, ...] = (
    Trait("age", GROUP, _l("Age in years"), TraitKind.AGE, _column(Person.birth_date), zero=False),
    Trait(
        "birthday",
        GROUP,
        _l("Has a birthday"),
        TraitKind.YES,
        _birthdays,
        window=14,
        ahead=True,
    ),
    Trait(
        "language",
        GROUP,
        _l("Language"),
        TraitKind.CHOICE,
        _column(Person.language),
        choices=lambda _club: sorted(OWN_NAMES.items()),
    ),
    Trait(
        "source",
        GROUP,
        _l("Came to us by"),
        TraitKind.CHOICE,
        _column(Person.source),
        choices=_sources,
    ),
    Trait(
        "known_since",
        GROUP,
        _l("Known to us since"),
        TraitKind.DAY,
        _column(Person.created_at),
        instant=True,
    ),
    Trait("contact", GROUP, _l("Can be reached by"), TraitKind.CHOICE, _contacts, choices=_kinds),
    Trait(
        "news_by", GROUP, _l("Said yes to news by"), TraitKind.CHOICE, _allowed, choices=_channels
    ),
    Trait("left_alone", GROUP, _l("Wants to be left alone"), TraitKind.YES, _left_alone),
    Trait("has_guardian", GROUP, _l("Has a guardian"), TraitKind.YES, _guarded),
    Trait("letters", GROUP, _l("Marketing messages sent"), TraitKind.NUMBER, _letters, window=30),
    Trait(
        "nps",
        GROUP,
        _l("Last answer to the half-way question (0 to 10)"),
        TraitKind.NUMBER,
        _scores,
        zero=False,
    ),
    *PLACE_TRAITS,
)
