"""Verbs of pay: rules, closing a month, questions, and whose sale it was."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from memberships.pay.models import PayLine, PayPeriod, PayQuestion, PayRule, SaleOwner
from memberships.pay.queries import owners_of, people_paid, statement_of, statements
from memberships.pay.rules import Rule, WorkKind, month_end, rule_faults
from memberships.pay.words import rule_fault_words


def add_rule(club_id: int, rule: Rule, *, by: str) -> PayRule:
    """The rule counts from its first day on; raises INVALID_INPUT naming each wrong field.

    Rules are never edited: end the old one and add another. Closed months keep their lines.
    """
    faults = {field: rule_fault_words(name) for field, name in rule_faults(rule).items()}
    known = {one[0] for one in people_paid(club_id)}
    if rule.user_id is not None and rule.user_id not in known:
        faults["person"] = _("Choose somebody who works in this club.")
    if faults:
        raise invalid(faults)
    row = PayRule(
        club_id=club_id,
        user_id=rule.user_id,
        service=rule.service,
        kind=rule.kind,
        from_on=rule.from_on,
        until_on=rule.until_on,
        amount_minor=rule.amount_minor,
        share_bp=rule.share_bp,
        missed_bp=rule.missed_bp,
        tiers=[[tier.from_count, tier.amount_minor] for tier in rule.tiers],
        created_by=by,
    )
    db.session.add(row)
    db.session.flush()
    after = {"kind": rule.kind.value, "user_id": rule.user_id, "from_on": rule.from_on.isoformat()}
    audit.note("pay_rule.added", "pay_rule", row.id, after=after, by=by)
    return row


def end_rule(row: PayRule, last_day: date, *, by: str) -> None:
    """The rule counts until this day, the day included."""
    if last_day < row.from_on:
        raise invalid({"until_on": _("The last day lies before the first.")})
    before = row.until_on.isoformat() if row.until_on else None
    row.until_on, row.ended_by = last_day, by
    db.session.flush()
    audit.note(
        "pay_rule.ended",
        "pay_rule",
        row.id,
        before={"until_on": before},
        after={"until_on": last_day.isoformat()},
        by=by,
    )


def close_month(club_id: int, month: date, *, by: str) -> PayPeriod:
    """The month's lines stand for good; work logged later lands in the next open month.

    Raises NOT_OVER while the month still runs, ALREADY_CLOSED the second time.
    """
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    if clock.today(club.zone) <= month_end(month):
        raise DomainError("NOT_OVER", _("This month is not over yet."))
    found = statements(club_id, month)
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fresh = db.session.execute(
        make(PayPeriod)
        .values(
            club_id=club_id,
            month=month,
            total_minor=sum(one.total_minor for one in found),
            currency=club.currency,
            closed_at=clock.now(),
            closed_by=by,
        )
        .on_conflict_do_nothing()
        .returning(PayPeriod.id)
    ).scalar()
    if fresh is None:
        raise DomainError("ALREADY_CLOSED", _("This month is closed already."))
    db.session.add_all(
        PayLine(
            period_id=fresh,
            user_id=line.user_id,
            kind=line.kind,
            source_id=line.source_id,
            day=line.day,
            rule_id=line.rule_id,
            basis_minor=line.basis_minor,
            share_bp=line.share_bp,
            number=line.number,
            amount_minor=line.amount_minor,
            label=line.label,
        )
        for statement in found
        for line in statement.lines
    )
    db.session.flush()
    period = db.session.get_one(PayPeriod, fresh)
    after = {"month": month.isoformat(), "total_minor": period.total_minor}
    audit.note("pay.closed", "pay_period", period.id, after=after, by=by)
    return period


def ask_about(
    club_id: int, user_id: int, month: date, line: tuple[WorkKind, int], text: str
) -> PayQuestion:
    """The question stands beside the line until somebody answers; only own lines can be asked."""
    words = clean(text, "text", longest=300)
    if not words:
        raise invalid({"text": _("Say what is wrong.")})
    kind, source_id = line
    own = statement_of(club_id, user_id, month)
    if own is None or not any((one.kind, one.source_id) == (kind, source_id) for one in own.lines):
        raise not_found(_("There is no such line in your statement."))
    asked = PayQuestion(
        club_id=club_id, user_id=user_id, month=month, kind=kind, source_id=source_id, text=words
    )
    db.session.add(asked)
    db.session.flush()
    audit.note("pay.asked", "pay_question", asked.id, by=f"user:{user_id}")
    return asked


def answer_question(question: PayQuestion, text: str, *, by: str) -> None:
    """The question has its answer, with who gave it."""
    words = clean(text, "answer", longest=300)
    if not words:
        raise invalid({"answer": _("Write the answer.")})
    question.answer, question.answered_by, question.answered_at = words, by, clock.now()
    db.session.flush()
    audit.note("pay.answered", "pay_question", question.id, by=by)


def reassign_sale(kind: WorkKind, source_id: int, shares: dict[int, int], *, by: str) -> None:
    """The sale belongs to these people in basis points that sum to 10,000; a log says by whom."""
    if sum(shares.values()) != 10_000 or min(shares.values(), default=0) <= 0:
        raise invalid({"shares": _("The shares must sum to 100 percent.")})
    held = {one.user_id: one for one in owners_of(kind, source_id)}
    before = {str(user): one.share_bp for user, one in held.items()}
    for user_id in held.keys() - shares.keys():
        db.session.delete(held[user_id])
    for user_id, share in shares.items():
        row = held.get(user_id) or SaleOwner(
            kind=kind, source_id=source_id, user_id=user_id, share_bp=share, changed_by=by
        )
        row.share_bp, row.changed_by, row.changed_at = share, by, clock.now()
        db.session.add(row)
    db.session.flush()
    after = {str(user): share for user, share in shares.items()}
    audit.note("sale.reassigned", kind.value, source_id, before=before, after=after, by=by)
