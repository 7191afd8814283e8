"""Jobs room: the tax office hears of what it has not heard of yet."""

from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from memberships.billing.office import catch_up
from memberships.fiscal.queries import due_documents
from memberships.fiscal.registry import is_any_set_up
from memberships.fiscal.rules import Meaning
from memberships.fiscal.sending import claim, conclude, hand_over, is_down

# An office that does not answer is not asked again and again within one run.
MOST_SILENCES = 2


def tell_office(context: JobContext) -> Outcome:
    """Every document whose turn has come was handed over once, or waits for its next turn."""
    outcome = Outcome()
    if not is_any_set_up():
        return outcome
    with context.unit() as session:
        for club_id in session.scalars(select(Club.id).order_by(Club.id)):
            catch_up(club_id)
    with unit_of_work(write=False):
        due = due_documents(context.moment)
    silences = 0
    for document_id in due:
        with context.unit() as session:
            claimed = claim(session, document_id)
        if claimed is None:
            continue
        answer = hand_over(claimed)
        with context.unit() as session:
            told = conclude(session, claimed, answer)
        outcome.done += told is Meaning.ACCEPTED
        outcome.failed += told is Meaning.REFUSED
        silences = silences + 1 if is_down(answer) else 0
        if silences >= MOST_SILENCES or told is Meaning.LOCKED_OUT:
            break
    return outcome
