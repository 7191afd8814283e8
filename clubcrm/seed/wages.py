"""Rules of pay, closed months with their lines, a question with its answer, an owner of a sale."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from memberships.packages.terms import Service
from memberships.pay.models import PayLine, PayPeriod, PayQuestion, PayRule, SaleOwner
from memberships.pay.rules import (
    WHOLE,
    Line,
    PayKind,
    Rule,
    Tier,
    Work,
    WorkKind,
    lines_of,
    month_end,
    month_of,
    next_month,
    salary_lines,
)

OPEN_MONTHS = 2


def pay_out(ground: Ground, works: dict[int, list[Work]], sold: list[int]) -> None:
    """Months up to the last two are closed, line by line, by the rules of each club."""
    for place, club_id in enumerate(ground.club_ids):
        rules = _rules(ground, place, club_id)
        _close(ground, place, rules, works.get(place, []))
    if sold:
        ground.store.sink(SaleOwner).add(
            kind=WorkKind.SALE,
            source_id=sold[0],
            user_id=ground.staff["trainer"],
            share_bp=WHOLE,
            changed_at=ground.order.moment - timedelta(days=3),
            changed_by=ground.actor("manager"),
        )


def _rules(ground: Ground, place: int, club_id: int) -> list[Rule]:
    town, first = ground.calendars[place].town, ground.order.first_day
    unit, chance = town.unit_price_minor, ground.order.chance("pay", place)
    tara, timur = ground.staff["trainer"], ground.staff["trainer2"]
    step = unit // 10
    wanted = (
        Rule(0, PayKind.SHARE_OF_PRICE, None, None, first, share_bp=4_000, missed_bp=5_000),
        Rule(
            0, PayKind.TIERS, tara, Service.PERSONAL.value, first, missed_bp=5_000,
            tiers=(Tier(1, step), Tier(11, step * 6 // 5), Tier(21, step * 7 // 5)),
        ),
        Rule(0, PayKind.PER_HEAD, None, Service.DUO.value, first, amount_minor=step // 2),
        Rule(0, PayKind.SALARY, timur, None, first, amount_minor=unit * 3),
    )  # fmt: skip
    made = []
    for rule in wanted:
        rule_id = ground.store.sink(PayRule).add(
            public_id=public_id(chance),
            club_id=club_id,
            user_id=rule.user_id,
            service=rule.service,
            kind=rule.kind,
            from_on=rule.from_on,
            amount_minor=rule.amount_minor,
            share_bp=rule.share_bp,
            missed_bp=rule.missed_bp,
            tiers=[[tier.from_count, tier.amount_minor] for tier in rule.tiers],
            created_at=datetime.combine(first, time(9), ZoneInfo(town.zone)),
            created_by=ground.actor("owner"),
        )
        made.append(
            Rule(
                rule_id,
                rule.kind,
                rule.user_id,
                rule.service,
                rule.from_on,
                None,
                rule.amount_minor,
                rule.share_bp,
                rule.missed_bp,
                rule.tiers,
            )
        )
    return made


def _close(ground: Ground, place: int, rules: list[Rule], works: list[Work]) -> None:
    town, last = ground.calendars[place].town, month_of(ground.order.last_day)
    month, people = month_of(ground.order.first_day), ground.staff["trainer"]
    closed: set[date] = set()
    asked = False
    while next_month(month) < last and len(closed) < 600:
        here = [work for work in works if month_of(work.day) == month]
        lines = [
            line
            for user_id in (people, ground.staff["trainer2"])
            for line in (
                *salary_lines(rules, user_id, month, town.currency),
                *lines_of(rules, here, user_id, town.currency),
            )
        ]
        _period(ground, place, month, lines)
        asked = asked or _question(ground, place, month, lines)
        closed.add(month)
        month = next_month(month)


def _period(ground: Ground, place: int, month: date, lines: list[Line]) -> None:
    town = ground.calendars[place].town
    period_id = ground.store.sink(PayPeriod).add(
        club_id=ground.club_ids[place],
        month=month,
        total_minor=sum(line.amount_minor for line in lines),
        currency=town.currency,
        closed_at=datetime.combine(
            month_end(month) + timedelta(days=3), time(10), ZoneInfo(town.zone)
        ),
        closed_by=ground.actor("accountant"),
    )
    for line in lines:
        ground.store.sink(PayLine).add(
            period_id=period_id,
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


def _question(ground: Ground, place: int, month: date, lines: list[Line]) -> bool:
    missed = next((line for line in lines if line.kind is WorkKind.SESSION), None)
    if missed is None:
        return False
    asked_at = datetime.combine(month_end(month) + timedelta(days=4), time(9), ZoneInfo("UTC"))
    ground.store.sink(PayQuestion).add(
        public_id=public_id(ground.order.chance("pay question", place)),
        club_id=ground.club_ids[place],
        user_id=missed.user_id,
        month=month,
        kind=missed.kind,
        source_id=missed.source_id,
        text="Was this one not for two?",
        asked_at=asked_at,
        answer="No, the second client joined a week later.",
        answered_by=ground.actor("accountant"),
        answered_at=asked_at + timedelta(hours=5),
    )
    return True
