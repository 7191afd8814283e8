"""Services room: a quote on paper, under the letterhead of the day on which it was made."""

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.leads.quotes.models import PriceQuote
from clubcrm.leads.quotes.queries import shown
from memberships.api import print_pdf
from memberships.contracts.words import hours_words, length_words
from memberships.documents.queries import head_at


def print_quote(quote: PriceQuote) -> bytes:
    """Return the quote as PDF in the language of who asked; the same every time."""
    seen = shown(quote)
    with force_locale(quote.language):
        page = render_template(
            "pdf/quote.html",
            language=quote.language,
            head=head_at(seen.club, quote.made_at),
            title=_("Our offer for you"),
            foot=f"{seen.club.name} · {quote.number}",
            seen=seen,
            quote=quote,
            length_words=length_words,
            hours_words=hours_words,
        )
    return print_pdf(page)
