"""Handlers room: what a member and the desk hear when a recurring payment did not come through."""

from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.core import clock, formats
from clubcrm.messaging.api import Order, queue
from clubcrm.people.models import Purpose
from clubcrm.tasks.api import TaskOrder, open_task
from memberships.api import FailedFee, debt_step, failed_fee, grace_end, pay_address
from memberships.events import ChargeFollowUp, DebtStepReached, PaymentFailed

FIRST, AGAIN, REMINDER = "X1", "X1b", "X1c"
DESK_ASKED = "desk_asked"
KEPT_FOR = timedelta(days=3)
# Deliveries speak English, so the English sentence is stored; lists translate it for their reader.
TASK = _l("A recurring payment is open for a week")
TASK_SENTENCE = _l("Ask in a friendly way what got in the way, and offer to take it now.")
STEP_SENTENCE = _l("The list of debtors shows what is open and the letter of this step.")


def on_payment_failed(fact: PaymentFailed) -> None:
    """The payer has a mail about the try that failed, the first in other words than later ones."""
    fee = failed_fee(fact.invoice_id) if fact.invoice_id else None
    if fee is None or not fee.is_open:
        return
    code = FIRST if fact.attempt == 1 else AGAIN
    _write(fee, code, f"{code}:{fee.charge_id}:{fact.attempt}", fact.reason)


def on_charge_follow_up(fact: ChargeFollowUp) -> None:
    """Days after the failure the payer is reminded, and then the desk asks in person."""
    fee = failed_fee(fact.invoice_id)
    if fee is None or not fee.is_open:
        return
    if fact.kind == DESK_ASKED:
        open_task(
            TaskOrder(
                source=f"charge:{fee.charge_id}",
                club_id=fee.club_id,
                person_id=fee.payer_id,
                kind="payment_open",
                title=str(TASK),
                sentence=str(TASK_SENTENCE),
                role="desk",
                at_arrival=True,
                due_at=clock.now(),
            )
        )
        return
    _write(fee, REMINDER, f"{REMINDER}:{fee.charge_id}", fee.why)


def on_debt_step_reached(fact: DebtStepReached) -> None:
    """The task of the step stands on the list of the desk."""
    step = debt_step(fact.step_id) if fact.has_task else None
    if step is None or not step.is_open:
        return
    open_task(
        TaskOrder(
            source=f"debt_step:{fact.step_id}",
            club_id=step.club_id,
            person_id=step.payer_id,
            kind="debt_step",
            title=step.task,
            sentence=str(STEP_SENTENCE),
            role="desk",
            due_at=clock.now(),
        )
    )


def _write(fee: FailedFee, code: str, key: str, why: str) -> None:
    queue(
        Order(
            dedupe_key=key,
            club_id=fee.club_id,
            person_id=fee.payer_id,
            code=code,
            purpose=Purpose.SERVICE,
            not_before=clock.now(),
            expires_at=_stale(fee),
            fields=_fields(fee, why),
        )
    )


def _stale(fee: FailedFee) -> datetime:
    """A mail about a try says when the next one comes; after that it would be wrong."""
    if fee.next_try_on is None:
        return clock.now() + KEPT_FOR
    return clock.day_bounds(fee.next_try_on, fee.club_zone)[1]


def _fields(fee: FailedFee, why: str) -> dict[str, str]:
    with force_locale(fee.language):
        return {
            "amount": formats.money(fee.open_minor, fee.currency),
            "what": fee.text,
            "reason": _reason(why),
            "what_next": _what_next(fee),
            "access_until": formats.day(grace_end(fee)),
            "pay_link": pay_address(fee.invoice_id, by="system") or _("at our desk"),
        }


def _what_next(fee: FailedFee) -> str:
    if fee.next_try_on is None:
        return _("We will not try the card again by ourselves.")
    if fee.why == "no_method":
        return _("We will look again on %(day)s.", day=formats.day(fee.next_try_on))
    return _("We will try the card again on %(day)s.", day=formats.day(fee.next_try_on))


def _reason(why: str) -> str:
    known = {
        "insufficient_funds": _("the bank says that the account did not cover it."),
        "expired_card": _("the card has expired."),
        "lost_card": _("the bank says that the card is no longer in use."),
        "stolen_card": _("the bank says that the card is no longer in use."),
        "authentication_required": _("the bank wants you to confirm it once yourself."),
        "no_method": _("we have no card of yours that we may charge."),
    }
    return known.get(why, _("the bank did not say why."))
