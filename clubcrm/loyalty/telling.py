"""Services room: members hear in their own language that they are thanked, or that points end."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.loyalty.models import Referral
from clubcrm.loyalty.rules.programme import Reward, RewardKind
from clubcrm.loyalty.rules.referrals import Side
from clubcrm.loyalty.surroundings import club_with, person_with
from clubcrm.messaging.api import Order, queue
from clubcrm.people.models import Purpose
from memberships.api import language_of_member

CODES = {Side.HOST: "L1", Side.FRIEND: "L2"}
STAYS_NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Gift:
    """What somebody has got, and until when it is good; None where it does not end."""

    reward: Reward
    until: date | None = None


def tell_thanks(referral: Referral, side: Side, gift: Gift) -> None:
    """The message waits in the outbox, once a side; it is about his own account: service."""
    is_host = side is Side.HOST
    person_id = referral.host_id if is_host else referral.friend_id
    other = person_with(referral.friend_id if is_host else referral.host_id)
    club = club_with(referral.club_id)
    with force_locale(language_of_member(person_id)):
        fields = {"friend": other.given_name, "reward": gift_words(gift, club.currency)}
    moment = clock.now()
    queue(
        Order(
            dedupe_key=f"thanks:{referral.id}:{side.value}",
            club_id=club.id,
            person_id=person_id,
            code=CODES[side],
            purpose=Purpose.SERVICE,
            not_before=moment,
            expires_at=moment + STAYS_NEWS,
            fields=fields,
        )
    )


def gift_words(gift: Gift, currency: str) -> str:
    """Return what somebody has got as a sentence goes on with it."""
    amount = gift.reward.amount
    if gift.reward.kind is RewardKind.DAYS:
        return ngettext("%(num)s more day of membership", "%(num)s more days of membership", amount)
    if gift.reward.kind is RewardKind.POINTS:
        return ngettext("%(num)s point", "%(num)s points", amount)
    money = formats.money(amount, currency)
    if gift.until is None:
        return _("%(money)s of bonus money", money=money)
    day = formats.day(gift.until)
    return _("%(money)s of bonus money, good until %(day)s", money=money, day=day)
