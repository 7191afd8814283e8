"""Queries room: the value of each placeholder, built here alone, in the reader's language."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.messaging.rules.story import (
    TERMS_KEPT,
    OpenSpan,
    Story,
    milestone,
    renews_on,
    runs_of_hours,
    usual_slot,
    visits_since,
)
from clubcrm.messaging.story_words import (
    milestone_words,
    month_words,
    reason_words,
    visits_lately,
)
from memberships.portal.rules import streaks

MONDAY = date(2024, 1, 1)
LONG_RUN = 3
Value = Callable[[Story], str]


def values_of(story: Story, names: Collection[str], language: str) -> dict[str, str]:
    """Return the values of the named placeholders; one that cannot be told is left out."""
    with force_locale(language):
        told = {name: _VALUES[name](story) for name in names if name in _VALUES}
    return {name: value for name, value in told.items() if value}


def _opening_hours(story: Story) -> str:
    if not any(story.hours):
        return _("open around the clock")
    runs = runs_of_hours(story.hours)
    if len(runs) == 1:
        return _("every day %(hours)s", hours=_span(runs[0][2]))
    return ", ".join(f"{_weekdays(first, last)} {_span(span)}" for first, last, span in runs)


def _weekdays(first: int, last: int) -> str:
    names = [formats.weekday_short(MONDAY.replace(day=1 + one)) for one in (first, last)]
    return names[0] if first == last else "–".join(names)


def _span(span: OpenSpan | None) -> str:
    return _("all day") if span is None else "–".join(f"{one:%H:%M}" for one in span)


def _plan(story: Story) -> str:
    return story.term.plan if story.term else ""


def _price(story: Story) -> str:
    return formats.money(story.term.price_minor, story.term.currency) if story.term else ""


def _starts_on(story: Story) -> str:
    return formats.day_long(story.term.starts_on) if story.term else ""


def _ends_on(story: Story) -> str:
    ends = story.term.ends_on if story.term else None
    return formats.day_long(ends) if ends else ""


def _ends_in(story: Story) -> str:
    ends = story.term.ends_on if story.term else None
    left = (ends - story.today).days if ends else -1
    if left < 0:
        return ""
    if left == 0:
        return _("today")
    return ngettext("in %(num)s day", "in %(num)s days", left)


def _renews_on(story: Story) -> str:
    return formats.day_long(renews_on(story.term, story.today)) if story.term else ""


def _price_until(story: Story) -> str:
    ends = story.term.ends_on if story.term else None
    return formats.day_long(ends + TERMS_KEPT) if ends else ""


def _starts_again(story: Story) -> str:
    return formats.day_long(story.starts_again) if story.starts_again else ""


def _visits(days: int | None) -> Value:
    def told(story: Story) -> str:
        count = len(story.visit_days)
        if days is not None:
            count = visits_lately(story, days)
        return ngettext("%(num)s visit", "%(num)s visits", count)

    return told


def _away(story: Story) -> str:
    last = story.visit_days[-1] if story.visit_days else None
    begun = last or (story.term.starts_on if story.term else None)
    days = (story.today - begun).days if begun else 0
    return ngettext("%(num)s day", "%(num)s days", days) if days > 0 else ""


def _streak(story: Story) -> str:
    best, _running = streaks(story.visit_days, story.today)
    return ngettext("%(num)s week in a row", "%(num)s weeks in a row", best) if best else ""


def _reached(story: Story) -> int | None:
    first = story.term.starts_on if story.term else date.min
    return story.reached or milestone(visits_since(story.visit_days, first))


def _milestone(story: Story) -> str:
    reached = _reached(story)
    return formats.number(reached) if reached else ""


def _milestone_words(story: Story) -> str:
    reached = _reached(story)
    return milestone_words(reached) if reached else ""


def _usual_day(story: Story) -> str:
    slot = usual_slot(story.entered)
    return formats.weekday_long(MONDAY.replace(day=1 + slot[0])) if slot else ""


def _usual_time(story: Story) -> str:
    slot = usual_slot(story.entered)
    return formats.wall_time(time(slot[1])) if slot else ""


def _your_rhythm(story: Story) -> str:
    if not _usual_day(story):
        return _("The same day and hour each week are the easiest to keep: choose yours.")
    return _favourite(story)


def _favourite(story: Story) -> str:
    slot = {"day": _usual_day(story), "time": _usual_time(story)}
    return _("Your favourite time: %(day)s, around %(time)s.", **slot)


def _your_year(story: Story) -> str:
    count = len(story.visit_days)
    if not count:
        return _("It was a quiet year. One easy visit is enough to begin again.")
    told = [
        ngettext(
            "%(num)s visit in the last twelve months.",
            "%(num)s visits in the last twelve months.",
            count,
        )
    ]
    if _usual_day(story):
        told.append(_favourite(story))
    best, _running = streaks(story.visit_days, story.today)
    if best >= LONG_RUN:
        told.append(
            ngettext(
                "Your longest run: %(num)s week without a break.",
                "Your longest run: %(num)s weeks without a break.",
                best,
            )
        )
    return " ".join(told)


def _units_left(story: Story) -> str:
    left = story.units.left if story.units else 0
    return ngettext("%(num)s session", "%(num)s sessions", left)


def _package_left(story: Story) -> str:
    if story.units is None:
        return _("Ask us at the desk how many sessions are left.")
    left = ngettext(
        "%(num)s session is waiting for you.",
        "%(num)s sessions are waiting for you.",
        story.units.left,
    )
    if story.units.expires_on is None:
        return left
    until = _("Good until %(day)s.", day=formats.day_long(story.units.expires_on))
    return f"{left} {until}"


def _trainer(story: Story) -> str:
    return story.trainer or _("our trainer")


def _activity(story: Story) -> str:
    if story.activity:
        return story.activity
    if not _usual_day(story):
        return _("a class you have not tried yet")
    slot = {"day": _usual_day(story), "time": _usual_time(story)}
    return _("a workout at your favourite time, %(day)s around %(time)s", **slot)


_VALUES: Mapping[str, Value] = {
    "given_name": lambda story: story.given_name,
    "family_name": lambda story: story.family_name,
    "club": lambda story: story.club,
    "opening_hours": _opening_hours,
    "plan": _plan,
    "price": _price,
    "starts_on": _starts_on,
    "ends_on": _ends_on,
    "ends_in": _ends_in,
    "renews_on": _renews_on,
    "price_until": _price_until,
    "starts_again": _starts_again,
    "by_reason": lambda story: reason_words(story.reason),
    "visits_year": _visits(None),
    "visits_month": _visits(28),
    "visits_fortnight": _visits(14),
    "away": _away,
    "streak": _streak,
    "milestone": _milestone,
    "milestone_words": _milestone_words,
    "usual_day": _usual_day,
    "usual_time": _usual_time,
    "your_rhythm": _your_rhythm,
    "your_month": month_words,
    "your_year": _your_year,
    "units_left": _units_left,
    "package_left": _package_left,
    "trainer": _trainer,
    "activity": _activity,
}


def day_words(moment: datetime, language: str) -> str:
    """Return day and month of a local moment, as in "come by 29 November"."""
    with force_locale(language):
        return formats.day_month(moment.date())
