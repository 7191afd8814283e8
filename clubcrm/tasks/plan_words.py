"""Queries room: the words in which people read when work comes again."""

from collections.abc import Sequence

from flask_babel import gettext as _

from clubcrm.tasks.repeats import Repeat, Rhythm


def repeat_words(repeat: Repeat) -> str:
    """Return how often work comes."""
    return {
        Repeat.DAILY: _("every day"),
        Repeat.WEEKLY: _("every week"),
        Repeat.MONTHLY: _("every month"),
    }[repeat]


def rhythm_words(rhythm: Rhythm, weekdays: Sequence[str]) -> str:
    """Return on which days work comes."""
    if rhythm.repeat is Repeat.WEEKLY:
        return ", ".join(weekdays[day] for day in sorted(rhythm.weekdays))
    if rhythm.repeat is Repeat.MONTHLY:
        return _("on day %(day)s of the month", day=rhythm.month_day or 1)
    return repeat_words(rhythm.repeat)
