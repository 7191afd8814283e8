"""Handlers room: who leaves has it in writing: the last day, the last charge, what is due."""

from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.messaging.api import Order, queue
from clubcrm.people.models import Purpose
from memberships.api import Farewell, farewell_of
from memberships.events import CancellationWithdrawn, ContractCancelled

LEAVES, STAYS = "X4", "X4b"
KEPT_FOR = timedelta(days=7)


def on_contract_cancelled(fact: ContractCancelled) -> None:
    """The member has a letter that says what he was shown, once per cancellation."""
    found = farewell_of(fact.contract_id)
    if found is not None and found.stands:
        _write(found, LEAVES)


def on_cancellation_withdrawn(fact: CancellationWithdrawn) -> None:
    """The member has a letter that says that the contract goes on."""
    found = farewell_of(fact.contract_id)
    if found is not None and not found.stands:
        _write(found, STAYS)


def _write(found: Farewell, code: str) -> None:
    queue(
        Order(
            dedupe_key=f"{code}:{found.cancellation_id}",
            club_id=found.club_id,
            person_id=found.person_id,
            code=code,
            purpose=Purpose.SERVICE,
            not_before=clock.now(),
            expires_at=clock.now() + KEPT_FOR,
            fields=_fields(found, code),
        )
    )


def _fields(found: Farewell, code: str) -> dict[str, str]:
    with force_locale(found.language):
        fields = {
            "number": found.number,
            "plan": found.plan_name,
            "what_happens": _last_day(found) if code == LEAVES else _goes_on(found),
        }
        if code == LEAVES:
            fields |= {"asked_on": formats.day(found.asked_on), "money": _money(found)}
        return fields


def _last_day(found: Farewell) -> str:
    if found.last_day is None:
        return _("The contract had not begun, so it never counted.")
    day = formats.day(found.last_day)
    return _("Your last day is %(day)s; until then the door opens as always.", day=day)


def _goes_on(found: Farewell) -> str:
    if found.ends_on is None:
        return _("It runs until you cancel it.")
    return _("It runs until %(day)s.", day=formats.day(found.ends_on))


def _money(found: Farewell) -> str:
    told = []
    if found.charges_minor and found.last_charge_on:
        told.append(
            _(
                "Still to be charged: %(sum)s, the last time on %(day)s.",
                sum=formats.money(found.charges_minor, found.currency),
                day=formats.day(found.last_charge_on),
            )
        )
    if found.fee_minor:
        fee = formats.money(found.fee_minor, found.currency)
        told.append(_("The fee for leaving early is %(sum)s.", sum=fee))
    if found.refund_minor:
        back = formats.money(found.refund_minor, found.currency)
        told.append(_("%(sum)s of unused days come back to your account.", sum=back))
    return " ".join(told) or _("Nothing more will be charged.")
