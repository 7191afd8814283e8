"""What plans promise at renewal, and the offers by which members went on, said no, or may go on."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.offers import BY_KEY
from clubcrm.seed.order import public_id
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.offers import SAID
from memberships.contracts.reason_tables import LeavingReason, ReasonSource
from memberships.contracts.renewal_tables import (
    DeclineReason,
    OfferState,
    PlanCondition,
    RenewalOffer,
)
from memberships.contracts.renewal_terms import DAYS_AFTER, DAYS_BEFORE, Carry
from memberships.contracts.rules import PlanKind

EARLY_DAYS, RAN_OUT_DAYS = 30, 120
FAMILY_PLANS = {"year", "half", "allclubs"}
WITHOUT_OFFER = frozenset({PlanKind.RECURRING, PlanKind.TRIAL, PlanKind.DAY})


def promise(ground: Ground) -> None:
    """Terms have an early price, packs carry three visits on, long plans take families."""
    sink = ground.store.sink(PlanCondition)
    for (place, key), version_id in ground.versions.items():
        offer, price = BY_KEY[key], ground.prices[place, key]
        is_term = offer.kind is PlanKind.TERM
        if not is_term and key != "ten":
            continue
        sink.add(
            version_id=version_id,
            joining_minor=0,
            early_price_minor=_round(price * 92 // 100) if is_term else None,
            early_days=EARLY_DAYS if is_term else None,
            carry=Carry.UP_TO if key == "ten" else Carry.NONE,
            carry_units=3 if key == "ten" else None,
            extra_member_minor=_round(price * 60 // 100) if key in FAMILY_PLANS else None,
            transfer_minor=_round(price * 5 // 100) if is_term else None,
        )


def _round(minor: int) -> int:
    return minor // 100 * 100


class Offers:
    """Writes the offers of lives: one for each renewal, and those still open today."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("renewals")
        self._codes = ground.order.chance("offer codes")

    def write(self, life: Life, number: int) -> None:
        """The offers of one life stand in the store."""
        contracts = self._ground.contract_ids[number]
        for place, agreement in enumerate(life.agreements):
            if agreement.renews:
                made = max(agreement.signed - self._chance.randrange(1, 20), 1)
                settled = self._moment(life, agreement.signed)
                self._add(
                    life,
                    (contracts[place - 1], agreement.offer, life.agreements[place - 1]),
                    made_at=min(self._moment(life, made), settled),
                    state=OfferState.ACCEPTED,
                    settled_at=settled,
                    settled_by=self._ground.actor("desk"),
                    accepted_contract_id=contracts[place],
                )
        self._still_open(life, contracts[-1], life.agreements[-1])

    def _still_open(self, life: Life, contract_id: int, last: Agreement) -> None:
        ground, chance = self._ground, self._chance
        kind = BY_KEY[last.offer].kind
        if last.ends is None or kind in WITHOUT_OFFER:
            return
        about = (contract_id, last.offer, last)
        over = ground.today - last.ends - DAYS_AFTER
        if 0 < over <= RAN_OUT_DAYS:
            # Nobody answered: the offer ran out by itself on its last day.
            made_at = self._moment(life, max(last.ends - DAYS_BEFORE, last.signed))
            self._add(life, about, made_at=made_at, state=OfferState.OPEN)
            return
        if over > 0 or ground.today < last.ends - DAYS_BEFORE:
            return
        made_at = self._moment(life, max(last.ends - DAYS_BEFORE, last.signed))
        lot = chance.random()
        if lot < 0.6:
            self._add(life, about, made_at=made_at, state=OfferState.OPEN)
        elif lot < 0.8:
            settled, reason = self._moment(life, ground.today), chance.choice(list(DeclineReason))
            self._add(
                life,
                about,
                made_at=min(made_at, settled),
                state=OfferState.DECLINED,
                settled_at=settled,
                settled_by="member",
                reason=reason,
            )
            ground.store.sink(LeavingReason).add(
                club_id=ground.club_ids[life.town],
                person_id=ground.person_ids[life.number],
                contract_id=contract_id,
                reason=SAID[reason],
                source=ReasonSource.OFFER,
                given_on=date.fromordinal(ground.today),
                at=settled,
                by="member",
            )

        else:
            settled = self._moment(life, ground.today - 1)
            self._add(
                life,
                about,
                made_at=min(made_at, settled),
                state=OfferState.WITHDRAWN,
                settled_at=settled,
                settled_by=ground.actor("manager"),
            )

    def _add(self, life: Life, about: tuple[int, str, Agreement], **values: object) -> None:
        ground = self._ground
        contract_id, key, old = about
        ends = old.ends or ground.today
        price = ground.prices[life.town, key]
        early = BY_KEY[key].kind is PlanKind.TERM
        offer_id = ground.store.sink(RenewalOffer).add(
            public_id=public_id(self._chance),
            club_id=ground.club_ids[life.town],
            person_id=ground.person_ids[life.number],
            contract_id=contract_id,
            plan_version_id=ground.versions[life.town, key],
            price_minor=price,
            early_price_minor=_round(price * 92 // 100) if early else None,
            early_until=date.fromordinal(ends - EARLY_DAYS) if early else None,
            currency=ground.calendars[life.town].town.currency,
            expires_on=date.fromordinal(ends + DAYS_AFTER),
            made_by=ground.actor("sales"),
            **values,
        )
        ground.store.sink(OfferDeal).add(
            offer_id=offer_id, touch="J13a", code=self._code(), list_minor=price
        )

    def _code(self) -> str:
        spelled = public_id(self._codes).upper()
        return f"{spelled[:4]}-{spelled[4:8]}"

    def _moment(self, life: Life, day: int) -> datetime:
        zone = ZoneInfo(self._ground.calendars[life.town].town.zone)
        wall = datetime.combine(date.fromordinal(day), time(9), zone) + timedelta(
            minutes=life.number * 7 % 540
        )
        return min(wall, self._ground.order.moment)
