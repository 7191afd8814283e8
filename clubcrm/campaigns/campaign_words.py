"""Queries room: what kinds, states, outcomes and refusals of campaigns are called."""

from flask_babel import gettext as _

from clubcrm.campaigns.campaign_tables import AnswerState, CampaignKind, CampaignState, Outcome


def kind_words(kind: CampaignKind) -> str:
    """Return what a kind of campaign is called."""
    return {
        CampaignKind.MESSAGE: _("Message"),
        CampaignKind.GREETING: _("Greeting"),
        CampaignKind.INVITATION: _("Invitation"),
    }[kind]


def state_look(state: CampaignState) -> tuple[str, str, str]:
    """Return tone, word and icon of where a campaign stands."""
    return {
        CampaignState.DRAFT: ("", _("draft"), "pencil"),
        CampaignState.PLANNED: ("know", _("planned"), "clock"),
        CampaignState.RUNNING: ("note", _("going out"), "send"),
        CampaignState.DONE: ("go", _("sent out"), "circle-check"),
        CampaignState.STOPPED: ("stop", _("stopped"), "circle-x"),
    }[state]


def outcome_words(outcome: Outcome) -> str:
    """Return what a campaign is meant to lead to."""
    return {
        Outcome.VISIT: _("a visit"),
        Outcome.SIGNED: _("a signed contract"),
        Outcome.PACKAGE: _("a bought package"),
        Outcome.BAR: _("a purchase at the bar"),
        Outcome.PAID: _("a payment"),
        Outcome.BOOKED: _("a booked class"),
        Outcome.ANSWERED: _("a yes to the invitation"),
    }[outcome]


def refusal_words(why: str) -> str:
    """Return why somebody chosen is not written to."""
    words = {
        "held_back": _("left in peace: complaint, injury, dispute or death"),
        "no_guardian": _("under age, and no guardian on record"),
        "control": _("left out of the whole programme, to compare with"),
        "no_text": _("no words in a language he reads"),
        "do_not_contact": _("does not want to hear from us"),
        "no_address": _("no address by these ways"),
        "bounced": _("the address does not work"),
        "no_consent": _("has not said yes to news"),
        "one_a_day": _("hears from us on that day already"),
        "contact_too_soon": _("heard from us a few days ago"),
        "week_full": _("heard enough this week"),
        "month_full": _("heard enough this month"),
        "year_full": _("heard enough this year"),
    }
    return words.get(why, why)


def answer_look(state: AnswerState) -> tuple[str, str, str]:
    """Return tone, word and icon of an answer to an invitation."""
    return {
        AnswerState.COMES: ("go", _("comes"), "circle-check"),
        AnswerState.WAITS: ("note", _("waits for a place"), "clock"),
        AnswerState.DECLINES: ("", _("does not come"), "circle-x"),
    }[state]
