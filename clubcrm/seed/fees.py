"""Recurring fees: what is planned, what kept cards were charged, what failed, who is behind."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.seed.gateways import has_card, write_gateways
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.offers import BY_KEY
from clubcrm.seed.order import Numbered
from memberships.blocks.rules import BlockOwner
from memberships.contracts.rules import PlanKind
from memberships.dunning.models import (
    ChargeEvent,
    ChargeSchedule,
    DebtCase,
    DebtStepTaken,
    RecurringCharge,
)
from memberships.dunning.rules import (
    DEFAULT_STEPS,
    CaseState,
    ChargeEventKind,
    ChargeState,
    Ladder,
    ScheduleState,
    due_day,
    next_step_on,
    next_try,
    step_reached,
)

GRACE = timedelta(days=7)
LETTER = "Dear member,\n\nplease settle what is open with us. Thank you.\n\nYour club"


def grace_of(life: Life) -> timedelta:
    """Return how long after its day a fee of this member has to be paid."""
    return GRACE if has_card(life) else timedelta(0)


def write_fees(ground: Ground) -> None:
    """Kept cards and payments by link, fees of rolling contracts, and debts on their steps."""
    write_gateways(ground)
    desk = Desk(ground)
    for life in ground.lives:
        for place, agreement in enumerate(life.agreements):
            rolls = BY_KEY[agreement.offer].kind is PlanKind.RECURRING
            if rolls and (agreement.ends is None or agreement.ends > ground.today):
                desk.plan(life, place, agreement)
        desk.case(life)


class Desk:
    """Writes fees and cases with names that the same seed always gives."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._charges = Numbered(ground.order, "recurring_charge")
        self._cases = Numbered(ground.order, "debt_case")
        self._steps = Numbered(ground.order, "debt_step")

    def plan(self, life: Life, place: int, agreement: Agreement) -> None:
        """The contract has its schedule, its last fee when a card pays it, and its next one."""
        ground = self._ground
        price = ground.prices[life.town, agreement.offer]
        if not price:
            return
        contract_id = ground.contract_ids[life.number][place]
        anchor = date.fromordinal(agreement.starts)
        until = date.fromordinal(agreement.ends) if agreement.ends else None
        common = self._common(life, contract_id, BY_KEY[agreement.offer].name, price)
        ground.store.sink(ChargeSchedule).add(
            **common,
            months=1,
            anchor_on=anchor,
            moved_days=0,
            until_on=until,
            state=ScheduleState.ACTIVE,
            changed_at=ground.order.moment,
        )
        period = 2
        while due_day(anchor, period - 1).toordinal() <= ground.today:
            period += 1
        if period > 2 and has_card(life):
            self._charged(life, common, anchor, period - 1)
        due = due_day(anchor, period - 1)
        if until is None or due <= until:
            self._charge(common, anchor, period, state=ChargeState.PLANNED)

    def _charged(self, life: Life, common: dict[str, object], anchor: date, period: int) -> None:
        """The last fee was charged, or has failed and is on its ladder while its grace runs."""
        ground, due = self._ground, due_day(anchor, period - 1)
        invoice_id = ground.period_invoices.get(f"{common['contract_id']}:{due.isoformat()}")
        if invoice_id is None:
            return
        fails = (due + GRACE).toordinal() > ground.today
        late = ground.today - due.toordinal()
        days = (0, *Ladder().tries)
        tried = [day for day in days if day <= late] if fails else [0]
        attempts = len(tried)
        charge_id = self._charge(
            common,
            anchor,
            period,
            state=ChargeState.FAILING if fails else ChargeState.PAID,
            invoice_id=invoice_id,
            attempts=attempts,
            first_failed_on=due if fails else None,
            next_try_on=next_try(Ladder(), due, attempts) if fails else None,
            why="insufficient_funds" if fails else "",
            settled_at=None if fails else self._morning(life, due),
        )
        for number, day in enumerate(tried, 1):
            on_day = due + timedelta(days=day)
            ground.store.sink(ChargeEvent).add(
                charge_id=charge_id,
                kind=ChargeEventKind.TRIED,
                number=number,
                on_day=on_day,
                outcome="failed" if fails else "paid",
                why="insufficient_funds" if fails else "",
                amount_minor=common["amount_minor"],
                at=min(self._morning(life, on_day), ground.order.moment),
                by="system",
            )

    def _charge(self, common: dict[str, object], anchor: date, period: int, **more: object) -> int:
        sink = self._ground.store.sink(RecurringCharge)
        due, after = due_day(anchor, period - 1), due_day(anchor, period)
        values: dict[str, object] = {
            "public_id": self._charges.public_id(sink.count + 1),
            "period": period,
            "due_on": due,
            "covers_from": due,
            "covers_until": after - timedelta(days=1),
            "attempts": 0,
            "why": "",
        }
        return sink.add(**common, **(values | more))

    def _common(self, life: Life, contract_id: int, text: str, price: int) -> dict[str, object]:
        ground = self._ground
        person_id = ground.person_ids[life.number]
        return {
            "contract_id": contract_id,
            "club_id": ground.club_ids[life.town],
            "payer_id": person_id,
            "person_id": person_id,
            "text": text,
            "amount_minor": price,
            "currency": ground.calendars[life.town].town.currency,
        }

    def case(self, life: Life) -> None:
        """A member whose invoice is late stands on the step his debt has reached."""
        for block in self._ground.blocks.get(life.number, ()):
            if block.owner is BlockOwner.DEBT and block.amount_minor is not None:
                self._behind(life, block.from_on, block.amount_minor)
                return

    def _behind(self, life: Life, since: date, amount_minor: int) -> None:
        ground, sink = self._ground, self._ground.store.sink(DebtCase)
        late = ground.today - since.toordinal()
        reached = step_reached(DEFAULT_STEPS, late)
        case_id = sink.add(
            public_id=self._cases.public_id(sink.count + 1),
            club_id=ground.club_ids[life.town],
            payer_id=ground.person_ids[life.number],
            since_on=since,
            amount_minor=amount_minor,
            currency=ground.calendars[life.town].town.currency,
            reached=reached,
            next_on=next_step_on(DEFAULT_STEPS, since, reached),
            state=CaseState.OPEN,
            opened_at=min(self._morning(life, since + timedelta(days=1)), ground.order.moment),
        )
        for number, step in enumerate(DEFAULT_STEPS[:reached], 1):
            on_day = since + timedelta(days=step.after_days)
            steps = ground.store.sink(DebtStepTaken)
            steps.add(
                public_id=self._steps.public_id(steps.count + 1),
                case_id=case_id,
                number=number,
                name=step.name,
                task=step.task,
                letter=step.letter,
                letter_text=LETTER if step.letter else "",
                amount_minor=amount_minor,
                reached_on=on_day,
                at=min(self._morning(life, on_day), ground.order.moment),
            )

    def _morning(self, life: Life, day: date) -> datetime:
        zone = ZoneInfo(self._ground.calendars[life.town].town.zone)
        return datetime.combine(day, time(6), zone)
