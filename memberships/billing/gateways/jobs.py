"""Work around gateways: payments whose end nobody told, refunds to send, letters to forget."""

from datetime import timedelta

from sqlalchemy import delete

from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome, Turn
from memberships.billing.gateways.models import GatewayLetter
from memberships.billing.gateways.paying import ask_again
from memberships.billing.gateways.queries import intents_to_ask, old_letters, returns_to_send
from memberships.billing.gateways.returns import open_returns, send_return
from memberships.billing.gateways.rules import ReturnState

BEGUN = timedelta(minutes=2)
ASKED = timedelta(minutes=4)
GIVE_UP = timedelta(days=2)
FORGET = timedelta(days=7)


def ask_gateways(context: JobContext) -> Outcome:
    """Payments that browsers and messages left open are settled by asking, up to two days."""
    moment = context.moment
    with unit_of_work(write=False):
        due = intents_to_ask(moment - BEGUN, moment - ASKED, moment - GIVE_UP)
    return context.each(due, ask_again, turn=Turn(own_units=True))


def send_refunds(context: JobContext) -> Outcome:
    """Refunds by gateway are on their way, each asked for once."""
    outcome = Outcome()
    with context.unit():
        open_returns()
    with unit_of_work(write=False):
        due = returns_to_send()
    for return_id in due:
        state = send_return(return_id)
        outcome.done += state is ReturnState.DONE
        outcome.failed += state is ReturnState.FAILED
    with context.unit() as session:
        forgotten = old_letters(context.moment - FORGET)
        if forgotten:
            session.execute(delete(GatewayLetter).where(GatewayLetter.id.in_(forgotten)))
    return outcome
