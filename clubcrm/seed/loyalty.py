"""Friends and points of the clubs, a promotion, holidays they greet on, discounts to decide."""

from datetime import UTC, date, datetime, time, timedelta

from clubcrm.campaigns.holiday_tables import Holiday, HolidayDay
from clubcrm.campaigns.rules.feasts import feasts_of
from clubcrm.campaigns.rules.holidays import HolidayKind
from clubcrm.core.clubs import ClubSetting
from clubcrm.loyalty.discount_tables import DiscountRule, PersonalDiscount
from clubcrm.loyalty.models import PointEntry, Referral, ReferralCode, ReferralReward
from clubcrm.loyalty.rules.discounts import Basis, DiscountState, DiscountTerms, off_for
from clubcrm.loyalty.rules.points import PointCause, PointKind
from clubcrm.loyalty.rules.programme import Programme, Reward, RewardKind, as_kept
from clubcrm.loyalty.rules.referrals import ReferralState, Side
from clubcrm.people.about_tables import Tie
from clubcrm.people.rules.ties import TieKind
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Life, ScanKind, unpack
from clubcrm.seed.order import Numbered
from memberships.promotions.models import (
    Promotion,
    PromotionPlan,
    PromotionProduct,
    PromotionUse,
)
from memberships.promotions.rules import CutKind

DAY = 86_400
ENTRIES = (ScanKind.ENTRY, ScanKind.ENTRY_THEN_EXIT)
EPOCH = date(1970, 1, 1).toordinal()
PAIRS, COLLECTORS, VISITS_EACH, USES, DECISIONS = 24, 120, 12, 6, 8
DELAY, KEEPS = 30, 365
RULE = DiscountTerms(Basis.MONTHS, 6, 8)
# Feasts of the moon whose days the owner of the demo has typed for the coming year.
TYPED = {"eid_ul_fitr": (3, 10), "holi": (3, 22), "kurban_ait": (5, 17)}


def write_loyalty(ground: Ground) -> None:
    """Each club thanks for friends and visits, and has a promotion, holidays and proposals."""
    names = Numbered(ground.order, "loyalty")
    for town, club_id in enumerate(ground.club_ids):
        lives = [life for life in ground.lives if life.town == town]
        _switch_on(ground, club_id)
        _bring_friends(ground, names, club_id, lives)
        _collect(ground, club_id, lives)
        _promote(ground, names, town, lives)
        _greet(ground, names, town)
        _propose(ground, names, club_id, lives)


def _switch_on(ground: Ground, club_id: int) -> None:
    points = Reward(RewardKind.POINTS, 300)
    programme = Programme(refers=True, collects=True, host=points, friend=points)
    ground.store.sink(ClubSetting).add(
        club_id=club_id,
        name="loyalty",
        value=as_kept(programme),
        changed_at=ground.order.moment - timedelta(days=200),
    )


def _members(lives: list[Life]) -> list[Life]:
    """Return who has a membership that is no trial and no day pass, the first to join first."""
    return [one for one in lives if one.agreements[0].offer not in ("trial", "day")]


def _bring_friends(ground: Ground, names: Numbered, club_id: int, lives: list[Life]) -> None:
    chance, known = ground.order.chance("friends", club_id), _members(lives)
    codes = ground.store.sink(ReferralCode)
    for one in known[: COLLECTORS * 2]:
        codes.add(
            code=names.public_id(1_000_000_000 + ground.person_ids[one.number])[:8].upper(),
            person_id=ground.person_ids[one.number],
            made_at=ground.order.moment - timedelta(days=200),
        )
    hosts, friends = known[: len(known) // 2], known[len(known) // 2 :]
    for friend in friends[-PAIRS:]:
        if hosts:
            _bring(ground, names, club_id, (chance.choice(hosts), friend))


def _bring(ground: Ground, names: Numbered, club_id: int, pair: tuple[Life, Life]) -> None:
    host, friend = (ground.person_ids[one.number] for one in pair)
    first = pair[1].agreements[0]
    due = max(first.signed, first.starts) + DELAY
    stays = first.ends is None or first.ends >= min(due, ground.today)
    state = ReferralState.SIGNED
    if due <= ground.today:
        state = ReferralState.REWARDED if stays else ReferralState.FAILED
    came, moment = date.fromordinal(first.signed), ground.order.moment
    at = min(moment, _at(ground, due))
    sink = ground.store.sink(Referral)
    referral_id = sink.reserve()
    sink.add(
        id=referral_id,
        public_id=names.public_id(referral_id),
        club_id=club_id,
        friend_id=friend,
        host_id=host,
        state=state,
        way="link" if referral_id % 3 else "desk",
        came_at=_at(ground, came.toordinal()),
        contract_id=ground.contract_ids[pair[1].number][0],
        due_on=date.fromordinal(due),
        settled_at=None if state is ReferralState.SIGNED else at,
        why="left" if state is ReferralState.FAILED else "",
        noted_by=ground.actor("desk"),
    )
    ground.store.sink(Tie).add(
        person_id=friend,
        other_id=host,
        kind=TieKind.REFERRED_BY,
        note="",
        made_at=_at(ground, came.toordinal()),
        made_by=ground.actor("desk"),
    )
    if state is not ReferralState.REWARDED:
        return
    for side, person in ((Side.FRIEND, friend), (Side.HOST, host)):
        ground.store.sink(ReferralReward).add(
            referral_id=referral_id,
            side=side,
            person_id=person,
            kind=RewardKind.POINTS,
            amount=300,
            cost_minor=30_000,
            at=at,
        )
        _earn(ground, club_id, person, PointCause.REFERRAL, 300, due,
              ("referral", f"{referral_id}:{side.value}"))  # fmt: skip


def _collect(ground: Ground, club_id: int, lives: list[Life]) -> None:
    """The newest visits of some members have earned their points."""
    since = ground.until - 180 * DAY
    for life in [one for one in lives if len(one.scans) > VISITS_EACH][:COLLECTORS]:
        person = ground.person_ids[life.number]
        scans = [unpack(one) for one in life.scans[-4 * VISITS_EACH :]]
        days = sorted({one.second // DAY for one in scans if one.kind in ENTRIES})
        for day in days[-VISITS_EACH:]:
            if day * DAY >= since:
                source = ("visit_day", f"{person}:{day}")
                _earn(ground, club_id, person, PointCause.VISIT, 10, EPOCH + day, source)


def _earn(  # noqa: PLR0913 - one row, its values side by side
    ground: Ground,
    club_id: int,
    person: int,
    cause: PointCause,
    points: int,
    day: int,
    source: tuple[str, str],
) -> None:
    ground.store.sink(PointEntry).add(
        club_id=club_id,
        person_id=person,
        kind=PointKind.EARN,
        cause=cause,
        delta=points,
        day=date.fromordinal(day),
        expires_on=date.fromordinal(day + KEEPS),
        source_kind=source[0],
        source_id=source[1],
        reason="",
        at=min(ground.order.moment, _at(ground, day)),
        by="system",
    )


def _promote(ground: Ground, names: Numbered, town: int, lives: list[Life]) -> None:
    club_id, today = ground.club_ids[town], ground.order.last_day
    sink = ground.store.sink(Promotion)
    promotion_id = sink.reserve()
    sink.add(
        id=promotion_id,
        public_id=names.public_id(2_000_000 + promotion_id),
        club_id=club_id,
        name="Autumn offer",
        kind=CutKind.PERCENT,
        value=10,
        from_on=today - timedelta(days=60),
        until_on=today - timedelta(days=5),
        newcomers_only=False,
        renewals=True,
        made_by=ground.actor("manager"),
        made_at=ground.order.moment - timedelta(days=70),
    )
    for key in ("year", "half"):
        ground.store.sink(PromotionPlan).add(
            promotion_id=promotion_id, plan_id=ground.plan_ids[town, key]
        )
    ground.store.sink(PromotionProduct).add(
        promotion_id=promotion_id, product_id=ground.product_ids[club_id]
    )
    sold = [one for one in lives if one.agreements[-1].offer in ("year", "half")][-USES:]
    for one in sold:
        price = ground.prices[town, one.agreements[-1].offer]
        ground.store.sink(PromotionUse).add(
            promotion_id=promotion_id,
            person_id=ground.person_ids[one.number],
            contract_id=ground.contract_ids[one.number][-1],
            list_minor=-(-price * 10 // 9),
            price_minor=price,
            sold_on=date.fromordinal(one.agreements[-1].signed),
            at=min(ground.order.moment, _at(ground, one.agreements[-1].signed)),
            by=ground.actor("sales"),
        )


def _greet(ground: Ground, names: Numbered, town: int) -> None:
    club_id, country = ground.club_ids[town], ground.calendars[town].town.country
    year = ground.order.last_day.year + 1
    holidays, days = ground.store.sink(Holiday), ground.store.sink(HolidayDay)
    for feast in feasts_of(country):
        holiday_id = holidays.reserve()
        holidays.add(
            id=holiday_id,
            public_id=names.public_id(3_000_000 + holiday_id),
            club_id=club_id,
            code=feast.code,
            names=dict(feast.names),
            kind=feast.rule.kind,
            month=feast.rule.month,
            day=feast.rule.day,
            offset=feast.rule.offset,
            greets=feast.greets and feast.rule.kind is not HolidayKind.TYPED,
            at=time(10),
            words={},
            is_kept=True,
            changed_by=ground.actor("manager"),
            changed_at=ground.order.moment - timedelta(days=150),
        )
        if feast.code in TYPED:
            falls_on = date(year, *TYPED[feast.code])
            days.add(holiday_id=holiday_id, year=year, falls_on=falls_on,
                     typed_by=ground.actor("manager"))  # fmt: skip


def _propose(ground: Ground, names: Numbered, club_id: int, lives: list[Life]) -> None:
    rules = ground.store.sink(DiscountRule)
    rule_id, today = rules.reserve(), ground.order.last_day
    rules.add(
        id=rule_id,
        public_id=names.public_id(4_000_000 + rule_id),
        club_id=club_id,
        name="Half a year with us",
        basis=RULE.basis,
        at_least=RULE.at_least,
        percent=RULE.percent,
        most_minor=RULE.most_minor,
        valid_days=RULE.valid_days,
        is_active=True,
        made_by=ground.actor("manager"),
        made_at=ground.order.moment - timedelta(days=40),
    )
    found = ground.store.sink(PersonalDiscount)
    for one in _loyal(ground, lives)[:DECISIONS]:
        price = ground.prices[one.town, one.agreements[-1].offer]
        discount_id = found.reserve()
        months = (ground.today - one.joined) // 30
        found.add(
            id=discount_id,
            public_id=names.public_id(5_000_000 + discount_id),
            club_id=club_id,
            rule_id=rule_id,
            person_id=ground.person_ids[one.number],
            season=today.year,
            state=DiscountState.PROPOSED,
            found=months,
            price_minor=price,
            off_minor=off_for(RULE, price),
            cost_minor=0,
            bar_minor=0,
            proposed_on=today - timedelta(days=1 + discount_id % 20),
        )


def _loyal(ground: Ground, lives: list[Life]) -> list[Life]:
    """Return who is a member today, the longest here first."""
    here = [
        one
        for one in _members(lives)
        if one.agreements[-1].offer not in ("trial", "day")
        and (one.agreements[-1].ends is None or one.agreements[-1].ends >= ground.today)
    ]
    return sorted(here, key=lambda one: (one.joined, one.number))


def _at(ground: Ground, ordinal: int) -> datetime:
    """Return noon of a day, never behind the moment at which the history ends."""
    noon = datetime.combine(date.fromordinal(ordinal), time(12), UTC)
    return min(ground.order.moment, noon)
