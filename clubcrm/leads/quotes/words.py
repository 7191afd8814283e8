"""Queries room: what states of quotes are called, and how they look."""

from flask_babel import gettext as _

from clubcrm.core.formats import day
from clubcrm.leads.quotes.queries import ShownQuote
from clubcrm.leads.quotes.rules.terms import QuoteState


def state_words(seen: ShownQuote) -> str:
    """Return where a quote stands."""
    quote = seen.quote
    if seen.is_over:
        return _("Ran out on %(day)s", day=day(quote.valid_until))
    if quote.state is QuoteState.OPEN:
        return _("Open until %(day)s", day=day(quote.valid_until))
    if quote.state is QuoteState.ACCEPTED:
        return _("Accepted, to be signed") if seen.waits_for_name else _("Accepted")
    return {QuoteState.DECLINED: _("Declined"), QuoteState.WITHDRAWN: _("Withdrawn")}[quote.state]


def state_tone(seen: ShownQuote) -> str:
    """Return the tone of the badge of a quote."""
    if seen.is_over:
        return "note"
    return {
        QuoteState.OPEN: "know",
        QuoteState.ACCEPTED: "go",
        QuoteState.DECLINED: "",
        QuoteState.WITHDRAWN: "",
    }[seen.quote.state]
