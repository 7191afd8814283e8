"""Queries room: the words of reports that somebody puts together."""

from flask_babel import gettext as _

from clubcrm.reports.rules.built import COUNT, Match, Op, Rhythm


def about_words(about: str) -> str:
    """Return what a report may be about."""
    return {
        "members": _("Members"),
        "visits": _("Visits"),
        "payments": _("Payments"),
        "bar": _("Sales of the bar"),
        "leads": _("Leads"),
    }[about]


def op_words(op: Op) -> str:
    """Return how a value is compared, so that field, words and value read as a sentence."""
    return {
        Op.IS: _("is"),
        Op.IS_NOT: _("is not"),
        Op.HAS: _("contains"),
        Op.HAS_NOT: _("does not contain"),
        Op.AT_LEAST: _("is at least"),
        Op.AT_MOST: _("is at most"),
        Op.SINCE: _("is on or after"),
        Op.UNTIL: _("is on or before"),
        Op.LAST: _("within the last … days"),
        Op.LONGER: _("more than … days ago"),
        Op.NEXT: _("within the next … days"),
        Op.EMPTY: _("is not known"),
        Op.FILLED: _("is known"),
    }[op]


def match_words(match: Match) -> str:
    """Return whether all conditions have to hold."""
    return {Match.ALL: _("all of these hold"), Match.ANY: _("one of these holds")}[match]


def rhythm_words(rhythm: Rhythm) -> str:
    """Return how often a report is mailed."""
    return {
        Rhythm.DAILY: _("every morning"),
        Rhythm.WEEKLY: _("every week"),
        Rhythm.MONTHLY: _("on the first of each month"),
    }[rhythm]


def fault_words(fault: str) -> str:
    """Return what is wrong with the value of a condition."""
    return {
        "empty": _("Type or choose a value."),
        "number": _("Type a number."),
        "days": _("Type a number of days."),
        "day": _("Choose a day."),
    }[fault]


def measure_words(measure: str, field: str) -> str:
    """Return what is told of each group."""
    if measure == COUNT:
        return _("Number")
    if measure.startswith("sum:"):
        return _("Sum of “%(field)s”", field=field)
    return _("Average of “%(field)s”", field=field)


def yes_no(value: str) -> str:
    """Return yes or no."""
    return _("yes") if value in ("yes", "1", "True") else _("no")


def lead_stage_words(stage: str) -> str:
    """Return how far a lead has come."""
    return {
        "new": _("New"),
        "contacted": _("Contacted"),
        "booked": _("Booked"),
        "attended": _("Attended"),
        "won": _("Won"),
        "no_show": _("No show"),
        "unreachable": _("Unreachable"),
        "later": _("Later"),
        "lost": _("Lost"),
    }.get(stage, stage)


def lead_channel_words(channel: str) -> str:
    """Return the way on which somebody asked."""
    return {
        "form": _("Web form"),
        "landing": _("Landing page"),
        "email": _("E-mail"),
        "call": _("Call"),
        "messenger": _("Messenger"),
        "guest": _("Guest of a member"),
        "referral": _("Referral"),
        "walk_in": _("Walk-in"),
        "import": _("Import"),
    }.get(channel, channel)
