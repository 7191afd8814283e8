"""Services room: a payer who is behind walks the club's steps, his whole family as one."""

from datetime import date

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.billing.debts import refresh_debt
from memberships.dunning.debtors import OverduePayer, open_cases
from memberships.dunning.letters import draft_letter, keep_letter
from memberships.dunning.models import DebtCase, DebtStepTaken
from memberships.dunning.rules import CaseState, DebtStep, next_step_on, step_reached
from memberships.dunning.settings import steps_of
from memberships.events import DebtStepReached


def walk_case(club_id: int, payer_id: int, owed: OverduePayer | None, day: date, *, by: str) -> int:
    """The payer's case stands as his debt does on the day; returns how many steps it went.

    Nothing overdue closes the case; a step is reached once, with the words of its letter.
    """
    case = open_cases(club_id).get(payer_id)
    if owed is None:
        if case is not None:
            _close(case, by=by)
        return 0
    if case is None:
        case = _open(club_id, owed, by=by)
    case.amount_minor, case.since_on = owed.amount_minor, min(case.since_on, owed.since_on)
    steps = steps_of(club_id)
    due = step_reached(steps, (day - case.since_on).days)
    went = 0
    for number in range(case.reached + 1, due + 1):
        _take(case, number, steps[number - 1], day, by=by)
        went += 1
    case.reached = max(case.reached, due)
    case.next_on = next_step_on(steps, case.since_on, case.reached)
    refresh_debt(payer_id, by=by)
    db.session.flush()
    return went


def _open(club_id: int, owed: OverduePayer, *, by: str) -> DebtCase:
    club = db.session.get_one(Club, club_id)
    case = DebtCase(
        club_id=club_id,
        payer_id=owed.payer_id,
        since_on=owed.since_on,
        amount_minor=owed.amount_minor,
        currency=club.currency,
    )
    db.session.add(case)
    db.session.flush()
    after = {"amount_minor": owed.amount_minor, "since_on": owed.since_on.isoformat()}
    audit.note("debt_case.opened", "person", owed.payer_id, after=after, by=by)
    return case


def _close(case: DebtCase, *, by: str) -> None:
    case.state, case.closed_at = CaseState.CLOSED, clock.now()
    case.amount_minor, case.next_on = 0, None
    audit.note("debt_case.closed", "person", case.payer_id, after={"steps": case.reached}, by=by)
    db.session.flush()


def _take(case: DebtCase, number: int, step: DebtStep, day: date, *, by: str) -> None:
    draft = draft_letter(case, step.letter) if step.letter else None
    taken = DebtStepTaken(
        case_id=case.id,
        number=number,
        name=step.name[:80],
        task=step.task[:200],
        letter=step.letter,
        letter_text=draft.text if draft else "",
        amount_minor=case.amount_minor,
        reached_on=day,
    )
    db.session.add(taken)
    db.session.flush()
    if draft is not None:
        keep_letter(case, taken, draft, by=by)
    audit.note("debt_case.step", "person", case.payer_id, after={"step": step.name}, by=by)
    events.record(
        DebtStepReached(case.club_id, clock.now(), taken.id, case.payer_id, number, bool(step.task))
    )
