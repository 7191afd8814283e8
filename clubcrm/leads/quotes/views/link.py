"""Views room: a quote on a phone: the plans, their prices, until when, and one button for each."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import member_link
from clubcrm.leads.quotes import offering, queries
from clubcrm.leads.quotes.models import PriceQuote
from clubcrm.leads.quotes.paper import print_quote
from clubcrm.leads.quotes.views.staff import place_of
from clubcrm.people.api import open_link
from memberships.contracts.words import hours_words, length_words
from memberships.documents.views.files import pdf_answer

link = Blueprint("quote_link", __name__)
WHY = "somebody reads and answers the prices he was promised"


@link.get("/quote/<token>")
@member_link(WHY)
def show(token: str) -> str:
    """The plans to choose from, or what was chosen."""
    return _page(token, _opened(token))


@link.post("/quote/<token>")
@member_link(WHY)
def answer(token: str) -> ResponseReturnValue:
    """Yes leads on to the contract to be read and signed; no leaves a line for us."""
    quote, said = _opened(token), request.form.get("answer", "")
    by = f"member:{quote.person_id}"
    try:
        if said == "no":
            offering.decline_quote(quote, request.form.get("words", ""), by=by)
            return redirect(url_for("quote_link.show", token=token), 303)
        offering.accept_quote(quote, place_of(said), by=by)
    except DomainError as error:
        return _page(token, quote, error.text), error.status
    return redirect(_onward(quote, token, by), 303)


@link.post("/quote/<token>/sign")
@member_link(WHY)
def sign(token: str) -> ResponseReturnValue:
    """On to the contract of an accepted quote."""
    quote = _opened(token)
    return redirect(_onward(quote, token, f"member:{quote.person_id}"), 303)


@link.get("/quote/<token>/quote.pdf")
@member_link(WHY)
def pdf(token: str) -> Response:
    quote = _opened(token)
    return pdf_answer(print_quote(quote), f"quote-{quote.number}")


def _onward(quote: PriceQuote, token: str, by: str) -> str:
    if not queries.shown(quote).waits_for_name:
        return url_for("quote_link.show", token=token)
    return url_for(offering.SIGN_PAGE, token=offering.signing_token(quote, by=by))


def _opened(token: str) -> PriceQuote:
    found = open_link(offering.PURPOSE, token)
    quote = queries.quote_by_public_id(found.subject_id) if found else None
    if found is None or quote is None or quote.person_id != found.person_id:
        raise not_found(_("This link has ended. Ask the club for a new one."))
    return quote


def _page(token: str, quote: PriceQuote, refusal: str = "") -> str:
    seen = queries.shown(quote)
    language = quote.language if quote.language in LANGUAGES else LANGUAGES[0]
    with force_locale(language):
        return render_template(
            "clubcrm/leads/quotes/phone.html",
            member={"club_name": seen.club.name},
            seen=seen,
            quote=quote,
            token=token,
            refusal=refusal,
            length_words=length_words,
            hours_words=hours_words,
        )
