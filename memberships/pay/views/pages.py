"""Views room: statements of a month, closing it, rules of pay, and everybody's own statement."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.formats import money
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.web import current_actor, require, signed_in
from memberships.pay import queries, services, words
from memberships.pay.forms import RuleForm
from memberships.pay.rules import WorkKind, month_end, month_of, next_month
from memberships.permissions import EDIT_PAY, SEE_PAY

wages = Blueprint("wages", __name__, url_prefix="/pay")


@wages.get("")
@require(SEE_PAY)
def index() -> ResponseReturnValue:
    """What everybody gets for a month, and the questions that wait."""
    return _month_page()


@wages.post("/close")
@require(EDIT_PAY)
def close() -> ResponseReturnValue:
    """The month is closed; what comes later lands in the next one."""
    club = current_club()
    month = _month(club)
    try:
        period = services.close_month(club.id, month, by=current_actor().ref)
    except DomainError as error:
        return _month_page(refusal=error.text, status=error.status)
    total = money(period.total_minor, period.currency)
    flash(_("The month is closed: %(total)s in all.", total=total), "success")
    return redirect(url_for("wages.index", month=month.isoformat()), 303)


@wages.get("/statements/<user_id>")
@require(SEE_PAY)
def statement(user_id: str) -> ResponseReturnValue:
    """One person's month, line by line."""
    club = current_club()
    month = _month(club)
    person = next((one for one in queries.people_paid(club.id) if one[1] == user_id), None)
    if person is None:
        raise not_found(_("There is nobody of that kind in this club."))
    found = queries.statement_of(club.id, person[0], month)
    return _statement_page(club, month, person[2], found, address="wages.statement", who=user_id)


@wages.get("/mine")
@signed_in("everybody sees his own pay and nobody else's")
def mine() -> ResponseReturnValue:
    """My month, line by line, each with a button to ask."""
    return _my_page()


@wages.post("/mine/questions")
@signed_in("everybody asks about his own pay")
def ask() -> ResponseReturnValue:
    """A question about a line of my statement."""
    club = current_club()
    month = _month(club)
    try:
        services.ask_about(club.id, _own_id(), month, _typed_line(), request.form.get("text", ""))
    except DomainError as error:
        return _my_page(refusal=error.text, status=error.status)
    flash(_("Asked. The answer will stand here."), "success")
    return redirect(url_for("wages.mine", month=month.isoformat()), 303)


@wages.post("/questions/<question_id>/answer")
@require(EDIT_PAY)
def answer(question_id: str) -> ResponseReturnValue:
    """The person reads the answer beside the line."""
    found = queries.question_for(current_actor().scope, question_id)
    if found is None:
        raise not_found(_("There is no such question."))
    services.answer_question(found, request.form.get("answer", ""), by=current_actor().ref)
    flash(_("Answered."), "success")
    return redirect(url_for("wages.index", month=found.month.isoformat()), 303)


@wages.route("/rules", methods=["GET", "POST"])
@require(EDIT_PAY)
def rules() -> ResponseReturnValue:
    """The rules of the club, and a form for another one."""
    club = current_club()
    people = queries.people_paid(club.id)
    form = RuleForm()
    form.offer(club.currency, people)
    if request.method == "GET":
        form.from_on.data = month_of(clock.today(club.zone))
        return _rules_page(club, form)
    if not form.validate():
        return _rules_page(club, form, status=400)
    try:
        services.add_rule(club.id, form.rule(people), by=current_actor().ref)
    except ValueError:
        text = _("Expected steps such as 1: 300; 11: 350.")
        form.tiers.errors = [*form.tiers.errors, text]
        return _rules_page(club, form, status=400)
    except DomainError as error:
        return _rules_page(club, form, refusal=form.accept(error), status=error.status)
    flash(_("The rule counts from its first day."), "success")
    return redirect(url_for("wages.rules"), 303)


@wages.post("/rules/<rule_id>/end")
@require(EDIT_PAY)
def end_rule(rule_id: str) -> ResponseReturnValue:
    """The rule counts no longer after today."""
    found = queries.rule_row(current_actor().scope, rule_id)
    if found is None:
        raise not_found(_("There is no such rule."))
    club = current_club()
    last = max(clock.today(club.zone), found.from_on)
    services.end_rule(found, last, by=current_actor().ref)
    flash(_("The rule has its last day. Add another one for the time after."), "success")
    return redirect(url_for("wages.rules"), 303)


def _month(club: ClubChoice) -> date:
    typed = request.values.get("month", "")
    try:
        return month_of(date.fromisoformat(typed)) if typed else month_of(clock.today(club.zone))
    except ValueError:
        raise invalid({"month": _("Choose a month.")}) from None


def _own_id() -> int:
    actor = current_actor()
    return actor.id if actor.kind == "user" else 0


def _typed_line() -> tuple[WorkKind, int]:
    kind, _mark, number = request.form.get("line", "").partition(":")
    if kind not in set(WorkKind) or not (number.isascii() and number.isdigit()):
        raise invalid({"line": _("There is no such line in your statement.")})
    return WorkKind(kind), int(number[:9])


def _months(month: date) -> dict[str, date]:
    before = month_of(month.replace(day=1)).toordinal() - 1
    return {"before": month_of(date.fromordinal(before)), "after": next_month(month)}


def _month_page(*, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    club = current_club()
    month = _month(club)
    found = queries.statements(club.id, month)
    people = {one[0]: one[2] for one in queries.people_paid(club.id)}
    page = render_template(
        "memberships/pay/month.html",
        club=club,
        month=month,
        statements=found,
        total=sum(one.total_minor for one in found),
        is_closed=month in queries.closed_months(club.id),
        may_close=clock.today(club.zone) > month_end(month),
        questions=queries.questions([club.id]),
        people=people,
        refusal=refusal,
        work_words=words.work_words,
        **_months(month),
    )
    return page, status


def _my_page(*, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    club, actor = current_club(), current_actor()
    month = _month(club)
    found = queries.statement_of(club.id, _own_id(), month)
    return _statement_page(
        club, month, actor.name, found, address="wages.mine", refusal=refusal, status=status
    )


def _statement_page(
    club: ClubChoice,
    month: date,
    name: str,
    found: queries.Statement | None,
    **more: Any,
) -> ResponseReturnValue:
    asked = queries.questions([club.id], user_id=found.user_id if found else 0)
    rows = {row.id: row for row, _name in queries.rule_rows(club.id)}
    page = render_template(
        "memberships/pay/statement.html",
        club=club,
        month=month,
        name=name,
        statement=found,
        rules=rows,
        asked={(one.kind, one.source_id): one for one in reversed(asked) if one.month == month},
        is_mine=more["address"] == "wages.mine",
        address=more["address"],
        who=more.get("who"),
        refusal=more.get("refusal", ""),
        work_words=words.work_words,
        terms_words=words.terms_words,
        **_months(month),
    )
    return page, int(more.get("status", 200))


def _rules_page(
    club: ClubChoice, form: RuleForm, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "memberships/pay/rules.html",
        club=club,
        rows=queries.rule_rows(club.id),
        form=form,
        today=clock.today(club.zone),
        refusal=refusal,
        kind_words=words.kind_words,
        terms_words=words.terms_words,
        service_words=words.service_of_rule,
    )
    return page, status
