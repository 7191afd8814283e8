"""Queries room: the words of the reports on leads: steps, groups, channels of money."""

from typing import Any

from flask_babel import gettext as _

from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.words import CHANNELS
from clubcrm.reports.funnel import NOBODY, LeadsBy, Step
from memberships.books.words import channel_words as spend_words


def step_words(step: Step) -> str:
    """Return what a number of the funnel is called."""
    return {
        Step.ASKED: _("Asked"),
        Step.LEADS: _("Leads"),
        Step.ATTEMPTED: _("Tried to reach"),
        Step.REACHED: _("Reached"),
        Step.BOOKED: _("Booked a trial"),
        Step.ATTENDED: _("Came"),
        Step.JOINED: _("Joined"),
    }[step]


def by_lead_words(by: LeadsBy) -> str:
    """Return what leads are told by."""
    return {
        LeadsBy.MONTH: _("Month of arrival"),
        LeadsBy.SOURCE: _("Source"),
        LeadsBy.SELLER: _("Seller"),
        LeadsBy.CAMPAIGN: _("Campaign"),
        LeadsBy.CHANNEL: _("Way"),
    }[by]


def group_words(by: LeadsBy, line: Any) -> str:
    """Return what a line of a group is called."""
    if line.key == NOBODY or line.key is None:
        return {
            LeadsBy.SOURCE: _("Source unknown"),
            LeadsBy.SELLER: _("Nobody's"),
            LeadsBy.CAMPAIGN: _("No campaign word"),
        }.get(by, "–")
    if by is LeadsBy.CHANNEL:
        return str(CHANNELS[ArrivalChannel(line.key)])
    return str(line.name)


def channel_label(channel: str) -> str:
    """Return what a channel of marketing money is called."""
    return spend_words(channel)
