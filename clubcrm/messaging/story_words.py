"""Queries room: whole sentences of a message that differ by what a member has done or said."""

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.messaging.rules.story import Story, visits_since

GOOD_MONTH = 4
MONTH_DAYS = 28


def visits_lately(story: Story, days: int) -> int:
    """Return on how many of the last days, today included, the member came."""
    first = story.today.fromordinal(story.today.toordinal() - days + 1)
    return visits_since(story.visit_days, first)


def month_words(story: Story) -> str:
    """Return what the last four weeks were like, kindly in each case."""
    count = visits_lately(story, MONTH_DAYS)
    if not count:
        return _("It was a quiet month, and that does no harm: we begin when you are ready.")
    if count < GOOD_MONTH:
        return ngettext(
            "%(num)s visit so far: a beginning to build on.",
            "%(num)s visits so far: a beginning to build on.",
            count,
        )
    return ngettext(
        "%(num)s visit in four weeks: you are well on your way.",
        "%(num)s visits in four weeks: you are well on your way.",
        count,
    )


def milestone_words(reached: int) -> str:
    """Return the sentence for a milestone; two of them come with a present."""
    known = {
        10: _("The first ten are the hardest, and you have them behind you."),
        25: _("This is no longer an attempt, it is a habit."),
        50: _("A small present is waiting for you at the bar: just say the number."),
        100: _("One hundred! A small present is waiting for you at the bar: just say the number."),
        150: _("Very few come this far."),
    }
    return known.get(reached, _("Keep it up, just as you do."))


def reason_words(reason: str) -> str:
    """Return the sentence that answers why somebody left; a general one when nobody knows."""
    known = {
        "price": _(
            "If it was the price: there are smaller plans now, and the desk knows them all."
        ),
        "time": _("If there was no time: half an hour counts, and we have plans for quiet hours."),
        "injury": _("We hope that you are well again. We would begin gently, at your pace."),
        "bored": _("If it had become dull: the timetable is new, and the first class is a trial."),
        "service": _("We have read what bothered you, and worked on it. Come and see."),
        "competitor": _("Perhaps you miss some things here. We have missed you, too."),
        "later": _("You said: later, perhaps. Perhaps it is later now."),
    }
    return known.get(reason, _("Much has changed here since, and there is still a place for you."))
