"""Views room: who is behind and on which step, failed charges, letters, and the club's rules."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from memberships.documents.papers import kept_reading, print_kept
from memberships.documents.views.files import pdf_answer
from memberships.dunning import debtors
from memberships.dunning.charging import try_charge
from memberships.dunning.following import give_up
from memberships.dunning.forms import typed_ladder, typed_steps
from memberships.dunning.letters import letter_of
from memberships.dunning.models import RecurringCharge
from memberships.dunning.queries import charge_for, events_of, failing_rows, invoice_of
from memberships.dunning.rules import LETTERS, MOST_STEPS, ChargeState
from memberships.dunning.settings import ladder_of, save_ladder, save_steps, steps_of
from memberships.dunning.words import letter_words, why_words
from memberships.permissions import CHANGE_GATEWAYS, SEE_DEBTORS, WORK_DEBTORS

dunning_pages = Blueprint("dunning", __name__)
PER_PAGE = 50


@dunning_pages.get("/money/debtors")
@require(SEE_DEBTORS)
def index() -> ResponseReturnValue:
    """Families that are behind, by the step they have reached."""
    club = current_club()
    chosen = request.args.get("step", "")
    step = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else None
    counts = debtors.counts_by_step(club.id)
    rows = debtors.case_rows(club.id, step, after_id=asked_key("after"), limit=PER_PAGE + 1)
    return render_template(
        "memberships/dunning/debtors.html",
        club=club,
        page=page_of(rows, PER_PAGE, lambda row: row.case.id, "after"),
        steps=steps_of(club.id),
        counts=counts,
        families=sum(families for families, _amount in counts.values()),
        amount=sum(amount for _families, amount in counts.values()),
        chosen=step,
        today=clock.today(club.zone),
    )


@dunning_pages.get("/money/debtors/<case_id>")
@require(SEE_DEBTORS)
def case(case_id: str) -> ResponseReturnValue:
    """One family: what is late, and the steps that were taken."""
    found = debtors.case_for(current_actor().scope, case_id)
    if found is None:
        raise not_found(_("There is no such case."))
    club = current_club()
    return render_template(
        "memberships/dunning/case.html",
        club=club,
        case=found,
        payer=debtors.payer_in(found.payer_id),
        parts=debtors.late_parts(found.payer_id, found.club_id, clock.today(club.zone)),
        taken=debtors.steps_taken(found.id),
        steps=steps_of(found.club_id),
        letter_words=letter_words,
        today=clock.today(club.zone),
    )


@dunning_pages.get("/money/letters/<step_id>")
@require(SEE_DEBTORS)
def letter(step_id: str) -> ResponseReturnValue:
    """A letter as it was written that day, ready to print."""
    found = debtors.step_for(current_actor().scope, step_id)
    if found is None or not found[0].letter:
        raise not_found(_("There is no such letter."))
    step, about = found
    kept = letter_of(step)
    if kept is not None and request.args.get("as") == "pdf":
        return pdf_answer(print_kept(kept), f"{step.letter}-{step.public_id}")
    subject, _newline, body = step.letter_text.partition("\n")
    return render_template(
        "memberships/dunning/letter.html",
        step=step,
        case=about,
        reading=kept_reading(kept) if kept else None,
        payer=debtors.payer_in(about.payer_id),
        subject=subject,
        body=body.strip(),
        club=current_club(),
    )


@dunning_pages.get("/money/failed")
@require(SEE_DEBTORS)
def failed() -> ResponseReturnValue:
    """Recurring fees that did not come through, and when they are tried again."""
    club = current_club()
    rows = failing_rows(club.id, after_id=asked_key("after"), limit=PER_PAGE + 1)
    return render_template(
        "memberships/dunning/failed.html",
        club=club,
        page=page_of(rows, PER_PAGE, lambda row: row.charge.id, "after"),
        why_words=why_words,
        asking=lambda charge: charge.state is ChargeState.ASKING,
        today=clock.today(club.zone),
    )


@dunning_pages.get("/money/failed/<charge_id>")
@require(SEE_DEBTORS)
def charge(charge_id: str) -> ResponseReturnValue:
    """One fee with everything that happened to it."""
    found = _charge(charge_id)
    return _charge_page(found)


@dunning_pages.post("/money/failed/<charge_id>/try")
@require(WORK_DEBTORS, own_units=True)
def charge_again(charge_id: str) -> ResponseReturnValue:
    """The fee is charged now, outside the ladder."""
    with unit_of_work(write=False):
        found, club = _charge(charge_id), current_club()
        number, today, by = found.id, clock.today(club.zone), current_actor().ref
    try:
        state = try_charge(number, today, by=by)
    except DomainError as error:
        flash(error.text, "error")
        return redirect(url_for("dunning.charge", charge_id=charge_id), 303)
    if state is ChargeState.PAID:
        flash(_("Charged. The member has paid."), "success")
    elif state is ChargeState.ASKING:
        flash(_("The gateway has not answered yet. It is asked again by itself."), "warning")
    else:
        flash(_("It did not come through again."), "error")
    return redirect(url_for("dunning.charge", charge_id=charge_id), 303)


@dunning_pages.post("/money/failed/<charge_id>/give-up")
@require(WORK_DEBTORS)
def charge_given_up(charge_id: str) -> ResponseReturnValue:
    """The club gives the fee up."""
    found = _charge(charge_id)
    try:
        done = give_up(found.id, request.form.get("reason", ""), by=current_actor().ref)
    except DomainError as error:
        return _charge_page(found, error.text, error.status)
    if done:
        flash(_("Written off."), "success")
    else:
        flash(_("That is above your limit: it waits for somebody to agree."), "warning")
    return redirect(url_for("dunning.charge", charge_id=charge_id), 303)


@dunning_pages.get("/settings/debts")
@require(CHANGE_GATEWAYS)
def rules() -> ResponseReturnValue:
    """When failed charges are tried again, and the steps of debts."""
    club = current_club()
    ladder = ladder_of(club.id)
    typed = {
        "tries": ", ".join(str(one) for one in ladder.tries),
        "reminder_day": str(ladder.reminder_day),
        "task_day": str(ladder.task_day),
        "grace_days": str(ladder.grace_days),
    }
    for row, step in enumerate(steps_of(club.id)):
        typed |= {
            f"after.{row}": str(step.after_days),
            f"name.{row}": step.name,
            f"task.{row}": step.task,
            f"letter.{row}": step.letter,
        }
    return _rules_page(typed, {})


@dunning_pages.post("/settings/debts")
@require(CHANGE_GATEWAYS)
def rules_save() -> ResponseReturnValue:
    """The club goes by these from tonight on."""
    club, by = current_club(), current_actor().ref
    try:
        save_ladder(club.id, typed_ladder(request.form), by=by)
        save_steps(club.id, typed_steps(request.form), by=by)
    except DomainError as error:
        faults = {fault.field: fault.message for fault in error.fields}
        return _rules_page(request.form.to_dict(), faults), 400
    flash(_("Saved. It holds from tonight on; steps already reached stay."), "success")
    return redirect(url_for("dunning.rules"), 303)


def _rules_page(typed: dict[str, str], faults: dict[str, str]) -> str:
    filled = sum(1 for row in range(MOST_STEPS) if typed.get(f"name.{row}"))
    return render_template(
        "memberships/dunning/rules.html",
        club=current_club(),
        typed=typed,
        faults=faults,
        rows=min(MOST_STEPS, filled + 2),
        letters=[(kind, letter_words(kind)) for kind in LETTERS],
    )


def _charge(charge_id: str) -> RecurringCharge:
    found = charge_for(current_actor().scope, charge_id)
    if found is None or found.invoice_id is None:
        raise not_found(_("There is no such fee."))
    return found


def _charge_page(
    found: RecurringCharge, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    club = current_club()
    page = render_template(
        "memberships/dunning/charge.html",
        club=club,
        charge=found,
        payer=debtors.payer_in(found.payer_id),
        invoice=invoice_of(found.id),
        happened=events_of(found.id),
        why_words=why_words,
        is_open=found.state in {ChargeState.DUE, ChargeState.FAILING},
        is_paid=found.state is ChargeState.PAID,
        refusal=refusal,
    )
    return page, status
