"""Services room: prices are promised to a lead, and taken, refused or withdrawn.

Who takes one has a contract that waits for his name; the promised price holds even when the plan's
has risen since. A contract that cannot be drawn up leaves the yes on record and a task.
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, forbidden, invalid
from clubcrm.core.text import clean
from clubcrm.leads.models import Lead
from clubcrm.leads.next_steps import OwnStep, open_own_step
from clubcrm.leads.quotes.models import PriceQuote, QuoteChoice, QuoteSeries
from clubcrm.leads.quotes.queries import club_of, lead_by_id, shown
from clubcrm.leads.quotes.rules.terms import (
    Choice,
    QuoteState,
    check_choices,
    check_valid_until,
    discount_to_keep,
    is_good,
)
from clubcrm.people.api import link_address, make_link
from memberships.api import (
    Offer,
    SaleTerms,
    SignRequest,
    language_of_member,
    needs_approval,
    plans_on_sale,
    preview,
    sign,
)
from memberships.contracts.links import end_of_day

PURPOSE = "price_quote"
PAGE = "quote_link.show"
LIVES_ON_DAYS = 30
SIGN_PURPOSE, SIGN_PAGE = "sign-contract", "papers.by_link"
SIGN_DAYS = 14


@dataclass(frozen=True, slots=True)
class QuoteOrder:
    """What is promised to a lead: plans with discounts, from when, until when, and why so cheap."""

    choices: tuple[Choice, ...]
    starts_on: date
    valid_until: date
    words: str = ""
    reason: str = ""
    seller_id: int | None = None


def make_quote(lead: Lead, order: QuoteOrder, *, by: str) -> PriceQuote:
    """The lead has these prices promised until the day.

    Raises INVALID_INPUT naming each wrong field, NOT_ON_SALE for a withdrawn plan, FORBIDDEN for a
    discount above the limit of who gives it.
    """
    club = club_of(lead)
    today = clock.today(club.zone)
    check_choices(order.choices)
    check_valid_until(order.valid_until, today)
    if order.starts_on < today:
        raise invalid({"starts_on": _("This day is over.")})
    reason = clean(order.reason, "reason")
    offers = [_offer(lead, one, place, order, by) for place, one in enumerate(order.choices)]
    if any(one.discount_minor for one in order.choices) and not reason:
        raise invalid({"reason": _("Say why the price is taken down.")})
    quote = PriceQuote(
        club_id=club.id,
        lead_id=lead.id,
        person_id=lead.person_id,
        number=_next_number(club.id, today.year),
        language=language_of_member(lead.person_id),
        words=clean(order.words, "words", longest=1000, lines=True),
        reason=reason,
        currency=club.currency,
        starts_on=order.starts_on,
        valid_until=order.valid_until,
        seller_id=order.seller_id,
        made_by=by,
    )
    db.session.add(quote)
    db.session.flush()
    for place, (choice, offer) in enumerate(zip(order.choices, offers, strict=True)):
        db.session.add(_line(quote, place, choice, offer))
    db.session.flush()
    after = {"lead": lead.id, "number": quote.number, "valid_until": order.valid_until.isoformat()}
    audit.note("quote.made", "price_quote", quote.id, after=after, by=by)
    return quote


def accept_quote(quote: PriceQuote, place: int, *, by: str) -> PriceQuote:
    """The choice is taken, and its contract waits for a name; a second yes changes nothing.

    Raises QUOTE_OVER after its last day or when it was withdrawn, INVALID_INPUT for no such choice.
    """
    if quote.state is QuoteState.ACCEPTED:
        return quote
    seen = shown(quote)
    taken = next((one for one in seen.choices if one.choice.place == place), None)
    if taken is None:
        raise invalid({"choice": _("Choose one of the plans.")})
    if not is_good(quote.state, quote.valid_until, seen.today):
        raise DomainError("QUOTE_OVER", _("These prices do not hold any more. Please ask us."))
    if not _answer(quote, QuoteState.ACCEPTED, by, chosen=place):
        db.session.refresh(quote)
        return quote
    lead = lead_by_id(quote.lead_id)
    lead.value_minor, lead.plan_id = taken.choice.total_minor, taken.choice.plan_id
    trouble = _draw_up(quote, taken.choice, seen.today)
    title = _accepted_words(quote, trouble)
    open_own_step(lead, OwnStep(title, clock.now()))
    return quote


def decline_quote(quote: PriceQuote, words: str, *, by: str) -> None:
    """The lead does not want it, for now; while its days last he may change his mind."""
    said = clean(words, "words", longest=300)
    if _answer(quote, QuoteState.DECLINED, by, answer_words=said):
        lead = lead_by_id(quote.lead_id)
        title = f"{quote.number}: declined. {said}".strip()
        open_own_step(lead, OwnStep(title[:200], clock.now()))


def withdraw_quote(quote: PriceQuote, *, by: str) -> None:
    """The prices are not promised any more; raises STATE when the lead has answered."""
    if not _answer(quote, QuoteState.WITHDRAWN, by):
        raise DomainError("STATE", _("This quote has been answered."))


def quote_address(quote: PriceQuote, *, by: str) -> str:
    """Return the address at which the lead reads and answers, with a new link."""
    last_on = date.fromordinal(quote.valid_until.toordinal() + LIVES_ON_DAYS)
    ends = end_of_day(shown(quote).club.zone, last_on)
    token = make_link(quote.person_id, PURPOSE, subject_id=quote.public_id, expires_at=ends, by=by)
    return link_address(PAGE, token)


def signing_token(quote: PriceQuote, *, by: str) -> str:
    """Return a token with which the lead reads and signs the contract of an accepted quote."""
    seen = shown(quote)
    if seen.contract is None:
        raise DomainError("NO_CONTRACT", _("We prepare your contract and get in touch."))
    ends = end_of_day(seen.club.zone, date.fromordinal(seen.today.toordinal() + SIGN_DAYS))
    return make_link(
        quote.person_id,
        SIGN_PURPOSE,
        subject_id=seen.contract.public_id,
        expires_at=ends,
        by=by,
    )


def _offer(lead: Lead, choice: Choice, place: int, order: QuoteOrder, by: str) -> Offer:
    on_sale = {plan.plan_id: plan for plan in plans_on_sale(lead.club_id)}
    plan = on_sale.get(choice.plan_id)
    if plan is None:
        raise invalid({f"plan_{place}": _("This plan is not on sale.")})
    try:
        offer = preview(lead.person_id, plan.plan_id, order.starts_on, choice.discount_minor)
    except DomainError as error:
        if any(one.field == "discount" for one in error.fields):
            raise invalid({f"discount_{place}": error.text}) from error
        raise
    sale = SaleTerms(discount_minor=choice.discount_minor, discount_reason=order.reason)
    if needs_approval(plan.terms, lead.club_id, sale, by) is not None:
        raise forbidden(_("This discount is above your limit. Ask a colleague to make the quote."))
    return offer


def _line(quote: PriceQuote, place: int, choice: Choice, offer: Offer) -> QuoteChoice:
    terms = offer.plan.terms
    plain = preview(quote.person_id, choice.plan_id, quote.starts_on, with_promotion=False)
    return QuoteChoice(
        quote_id=quote.id,
        place=place,
        plan_id=offer.plan.plan_id,
        version_id=offer.plan.version_id,
        price_minor=terms.price_minor,
        discount_minor=choice.discount_minor,
        joining_minor=terms.conditions.joining_minor if offer.joins else 0,
        total_minor=offer.total_minor,
        list_minor=plain.total_minor,
        promotion=offer.promotion.name if offer.promotion else None,
    )


def _draw_up(quote: PriceQuote, choice: QuoteChoice, today: date) -> str:
    """The contract lies there for a name; returns why it could not be drawn up, "" if it does."""
    starts_on = max(quote.starts_on, today)
    try:
        now = preview(quote.person_id, choice.plan_id, starts_on, choice.discount_minor)
        discount = discount_to_keep(choice.total_minor, now.total_minor, choice.discount_minor)
        sale = SaleTerms(discount_minor=discount, discount_reason=quote.reason or quote.number)
        request = SignRequest(
            quote.person_id, choice.plan_id, starts_on, is_complete=False, sale=sale
        )
        contract = sign(request, by=quote.made_by)
    except DomainError as error:
        return error.text
    quote.contract_id = contract.id
    db.session.flush()
    return ""


def _accepted_words(quote: PriceQuote, trouble: str) -> str:
    if trouble:
        return f"{quote.number}: accepted. No contract yet: {trouble}"[:200]
    return f"{quote.number}: accepted. Let the contract be signed"


def _answer(quote: PriceQuote, state: QuoteState, by: str, **more: object) -> bool:
    """Move the quote if nobody has answered it in the meantime."""
    before = quote.state
    open_to = [QuoteState.OPEN]
    if state is QuoteState.ACCEPTED:
        open_to.append(QuoteState.DECLINED)
    done = db.session.execute(
        update(PriceQuote)
        .where(PriceQuote.id == quote.id, PriceQuote.state.in_(open_to))
        .values(state=state, answered_at=clock.now(), **more)
    )
    db.session.refresh(quote)
    if done.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        return False
    audit.note(
        f"quote.{state.value}",
        "price_quote",
        quote.id,
        before={"state": before.value},
        after={"state": state.value},
        by=by,
    )
    return True


def _next_number(club_id: int, year: int) -> str:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fresh = make(QuoteSeries).values(club_id=club_id, year=year, last_number=1)
    given = db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["club_id", "year"],
            set_={"last_number": QuoteSeries.last_number + 1},
        ).returning(QuoteSeries.last_number)
    ).scalar_one()
    return f"Q{club_id}-{year}-{given:05d}"
