"""Views room: the quotes of a lead: made, shown on paper, handed over by link, answered here."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote as quoted

from babel.numbers import get_currency_precision
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.db import end_reading, unit_of_work
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.policy import current_actor, require
from clubcrm.core.text import ascii_digits
from clubcrm.leads.models import Lead
from clubcrm.leads.permissions import SEE_LEADS, WORK_LEADS
from clubcrm.leads.quotes import mailing, offering, queries
from clubcrm.leads.quotes.paper import print_quote
from clubcrm.leads.quotes.rules.terms import MOST_CHOICES, USUAL_DAYS, Choice
from clubcrm.leads.quotes.words import state_tone, state_words
from memberships.api import plans_on_sale
from memberships.billing.rules import parse_amount
from memberships.documents.codes import drawn_code
from memberships.documents.views.files import pdf_answer

quotes = Blueprint("lead_quotes", __name__)


@quotes.get("/leads/<public_id>/quotes")
@require(SEE_LEADS)
def of_lead(public_id: str) -> str:
    """Every price that was promised to a lead, and what became of it."""
    return _list_page(_lead(public_id))


@quotes.route("/leads/<public_id>/quotes/new", methods=["GET", "POST"])
@require(WORK_LEADS)
def new(public_id: str) -> ResponseReturnValue:
    lead = _lead(public_id)
    if request.method == "GET":
        return _new_page(lead, _blank(lead), {}, 200)
    try:
        made = offering.make_quote(lead, _order(lead), by=current_actor().ref)
    except DomainError as error:
        return _new_page(lead, request.form, _faults(error), error.status)
    said = _("The quote %(number)s is made. Hand it over by link or on paper.", number=made.number)
    flash(said, "success")
    return redirect(url_for("lead_quotes.of_lead", public_id=public_id), 303)


@quotes.get("/quotes/<quote_id>/quote.pdf")
@require(SEE_LEADS)
def pdf(quote_id: str) -> Response:
    """The quote on paper, as it was made."""
    found = queries.quote_in(current_actor().scope, quote_id)
    return pdf_answer(print_quote(found), f"quote-{found.number}")


@quotes.post("/quotes/<quote_id>/link")
@require(WORK_LEADS)
def hand_over(quote_id: str) -> str:
    """A link by which the lead reads the quote and says yes, shown only now."""
    found = queries.quote_in(current_actor().scope, quote_id)
    seen = queries.shown(found)
    address = offering.quote_address(found, by=current_actor().ref)
    words = _(
        "%(club)s: your offer %(number)s: %(address)s",
        club=seen.club.name,
        number=found.number,
        address=address,
    )
    return render_template(
        "clubcrm/leads/quotes/link.html",
        seen=seen,
        address=address,
        picture=drawn_code(address),
        mail=f"mailto:?subject={quoted(found.number)}&body={quoted(words)}",
        chat=f"https://wa.me/?text={quoted(words)}",
        back=_back(found.lead_id),
    )


@quotes.post("/quotes/<quote_id>/mail")
@require(WORK_LEADS, own_units=True)
def mail(quote_id: str) -> ResponseReturnValue:
    """The quote is with the post, as PDF with its link; what becomes of the mail is shown."""
    found, by = queries.quote_in(current_actor().scope, quote_id), current_actor().ref
    lead_id = found.lead_id
    try:
        mailing.mail_address(found.person_id)
        # Printed before anything is written: nobody waits for a page to be drawn.
        paper = print_quote(found)
        end_reading()
        with unit_of_work():
            quote = queries.quote_in(current_actor().scope, quote_id)
            address = mailing.mail_quote(quote, paper, by=by).address
    except DomainError as error:
        return _list_page(queries.lead_by_id(lead_id), error.text), error.status
    flash(_("The quote goes to %(address)s with its PDF.", address=address), "success")
    return redirect(_back(lead_id), 303)


@quotes.post("/quotes/<quote_id>/answer")
@require(WORK_LEADS)
def answer(quote_id: str) -> ResponseReturnValue:
    """What the lead said at the desk or on the phone: yes to a plan, no, or it is taken back."""
    found = queries.quote_in(current_actor().scope, quote_id)
    by, said = current_actor().ref, request.form.get("answer", "")
    try:
        if said == "no":
            offering.decline_quote(found, request.form.get("words", ""), by=by)
        elif said == "withdraw":
            offering.withdraw_quote(found, by=by)
        else:
            offering.accept_quote(found, place_of(said), by=by)
    except DomainError as error:
        lead = queries.lead_by_id(found.lead_id)
        return _list_page(lead, error.text), error.status
    flash(_("Noted."), "success")
    return redirect(_back(found.lead_id), 303)


def place_of(said: str) -> int:
    """Return the place of the choice that a form names, -1 for none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else -1


def _back(lead_id: int) -> str:
    return url_for("lead_quotes.of_lead", public_id=queries.lead_by_id(lead_id).public_id)


def _lead(public_id: str) -> Lead:
    return queries.lead_in(current_actor().scope, public_id)


def _list_page(lead: Lead, refusal: str = "") -> str:
    return render_template(
        "clubcrm/leads/quotes/list.html",
        lead=lead,
        person=queries.person_of(lead),
        zone=queries.club_of(lead).zone,
        quotes=queries.quotes_of(lead.id),
        letter_state=mailing.letter_state,
        state_words=state_words,
        state_tone=state_tone,
        refusal=refusal,
    )


def _new_page(lead: Lead, typed: Any, faults: dict[str, str], status: int) -> ResponseReturnValue:
    club = queries.club_of(lead)
    plans = plans_on_sale(club.id)
    page = render_template(
        "clubcrm/leads/quotes/new.html",
        lead=lead,
        person=queries.person_of(lead),
        club=club,
        plans=[(one.public_id, one.terms.name, one.terms.price_minor) for one in plans],
        places=range(MOST_CHOICES),
        typed=typed,
        faults=faults,
        errors={name: [words] for name, words in faults.items() if name},
    )
    return page, status


def _order(lead: Lead) -> offering.QuoteOrder:
    club, actor = queries.club_of(lead), current_actor()
    faults: dict[str, str] = {}
    choices = _choices(lead, club.currency, faults)
    starts_on, valid_until = _day("starts_on", faults), _day("valid_until", faults)
    if faults:
        raise invalid(faults)
    return offering.QuoteOrder(
        choices,
        starts_on,
        valid_until,
        request.form.get("words", ""),
        request.form.get("reason", ""),
        actor.id if actor.kind == "user" else lead.owner_id,
    )


def _choices(lead: Lead, currency: str, faults: dict[str, str]) -> tuple[Choice, ...]:
    by_id = {plan.public_id: plan.plan_id for plan in plans_on_sale(lead.club_id)}
    choices = []
    for place in range(MOST_CHOICES):
        wanted = request.form.get(f"plan_{place}", "")
        if not wanted:
            continue
        discount = _amount(request.form.get(f"discount_{place}", ""), currency)
        if wanted not in by_id:
            faults[f"plan_{place}"] = _("This plan is not on sale.")
        elif discount is None:
            faults[f"discount_{place}"] = _("Expected an amount.")
        else:
            choices.append(Choice(by_id[wanted], discount))
    return tuple(choices)


def _day(name: str, faults: dict[str, str]) -> date:
    with suppress(ValueError):
        return date.fromisoformat(request.form.get(name, ""))
    faults[name] = _("Expected a day.")
    return date.min


def _amount(typed: str, currency: str) -> int | None:
    if not typed.strip():
        return 0
    with suppress(ValueError):
        return parse_amount(ascii_digits(typed), get_currency_precision(currency))
    return None


def _blank(lead: Lead) -> dict[str, str]:
    today = clock.today(queries.club_of(lead).zone)
    plans = plans_on_sale(lead.club_id)
    return {
        "plan_0": next((one.public_id for one in plans if one.plan_id == lead.plan_id), ""),
        "starts_on": today.isoformat(),
        "valid_until": (today + timedelta(days=USUAL_DAYS)).isoformat(),
    }


def _faults(error: DomainError) -> dict[str, str]:
    return {one.field: one.message for one in error.fields} or {"": error.text}
