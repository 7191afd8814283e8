"""Services room: what the two of a recommendation get: days, bonus money, points; once a side."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.loyalty.bonus import give_bonus
from clubcrm.loyalty.models import Referral, ReferralReward
from clubcrm.loyalty.point_services import Earning, earn
from clubcrm.loyalty.referral_queries import rewards_since, thanked_at
from clubcrm.loyalty.rules.points import PointCause
from clubcrm.loyalty.rules.programme import Programme, Reward, RewardKind
from clubcrm.loyalty.rules.referrals import HostFacts, Side, is_capped, waits_for_payment
from clubcrm.loyalty.surroundings import club_with, membership_on, paid_at
from clubcrm.loyalty.telling import Gift, tell_thanks
from memberships.api import GiftOrder, give_days

BY = "system"
CAPPED, HOST_LEFT, HOST_PAYS = "capped", "host_left", "host_pays"


@dataclass(frozen=True, slots=True)
class Thanks:
    """One reward that is about to be given."""

    referral: Referral
    side: Side
    reward: Reward
    programme: Programme
    today: date

    @property
    def person_id(self) -> int:
        """Return who gets it."""
        return self.referral.host_id if self.side is Side.HOST else self.referral.friend_id

    @property
    def source(self) -> str:
        """Return the name under which it is given once."""
        return f"{self.referral.id}:{self.side.value}"


@dataclass(frozen=True, slots=True)
class Given:
    """What was given in the end, what it costs the club, and the voucher it lies on."""

    reward: Reward
    cost_minor: int
    voucher_id: int | None = None
    until: date | None = None

    @property
    def words(self) -> Gift:
        """Return what is told of it."""
        return Gift(self.reward, self.until)


def reward_both(referral: Referral, programme: Programme, today: date) -> str:
    """Friend and host have their rewards; returns why the host has none, empty when he has.

    Who has had the most rewards of his period brings for nothing; his friend is still thanked.
    """
    _give(Thanks(referral, Side.FRIEND, programme.friend, programme, today))
    return reward_host(referral, programme, today)


def reward_host(referral: Referral, programme: Programme, today: date) -> str:
    """The host has his reward; returns why he has none, empty when he has.

    Who pays month by month and was thanked since his last payment waits for the next one.
    """
    since = clock.now() - timedelta(days=programme.cap_days)
    if is_capped(rewards_since(referral.host_id, since), programme.cap):
        return CAPPED
    running = membership_on(referral.host_id, today)
    if running is None:
        return HOST_LEFT
    facts = HostFacts(running.rolls, thanked_at(referral.host_id), paid_at(referral.host_id))
    if programme.waits_for_payment and waits_for_payment(facts):
        return HOST_PAYS
    _give(Thanks(referral, Side.HOST, programme.host, programme, today))
    return ""


def _give(thanks: Thanks) -> None:
    given = _hand_over(thanks)
    if given is None or given.reward.amount <= 0:
        return
    db.session.add(
        ReferralReward(
            referral_id=thanks.referral.id,
            side=thanks.side,
            person_id=thanks.person_id,
            kind=given.reward.kind,
            amount=given.reward.amount,
            cost_minor=given.cost_minor,
            voucher_id=given.voucher_id,
            at=clock.now(),
        )
    )
    db.session.flush()
    tell_thanks(thanks.referral, thanks.side, given.words)


def _hand_over(thanks: Thanks) -> Given | None:
    if thanks.reward.kind is RewardKind.DAYS:
        return _days(thanks)
    if thanks.reward.kind is RewardKind.BONUS:
        return _bonus(thanks)
    return _points(thanks) if thanks.reward.kind is RewardKind.POINTS else None


def _days(thanks: Thanks) -> Given | None:
    """Days on the membership; who has none with a last day gets what they are worth as a bonus."""
    running = membership_on(thanks.person_id, thanks.today)
    if running is None:
        return None
    days = thanks.reward.amount
    if running.ends_on is not None:
        order = GiftOrder(
            running.contract_id, days, _words(thanks), thanks.source, source_kind="referral"
        )
        try:
            give_days(order, by=BY)
            return Given(thanks.reward, days * running.day_minor)
        except DomainError as problem:
            if problem.code != "GIFT_REFUSED":
                raise
    worth = Reward(RewardKind.BONUS, days * running.day_minor)
    return _bonus(replace(thanks, reward=worth)) if worth.amount else None


def _bonus(thanks: Thanks) -> Given:
    whose = (thanks.referral.club_id, thanks.person_id)
    until = (thanks.today, thanks.programme.bonus_days)
    voucher = give_bonus(whose, thanks.reward.amount, until, _words(thanks), by=BY)
    return Given(thanks.reward, thanks.reward.amount, voucher.id, voucher.valid_until)


def _points(thanks: Thanks) -> Given:
    order = Earning(
        thanks.referral.club_id,
        thanks.person_id,
        PointCause.REFERRAL,
        thanks.reward.amount,
        ("referral", thanks.source),
        thanks.today,
        reason=_words(thanks),
    )
    earn(order, by=BY)
    return Given(thanks.reward, thanks.reward.amount * thanks.programme.worth_minor)


def _words(thanks: Thanks) -> str:
    with force_locale(club_with(thanks.referral.club_id).locale):
        if thanks.side is Side.HOST:
            return _("Thank you for bringing a friend")
        return _("Welcome: a friend has brought you")
