"""Plans, contracts with their history, freezes and other blocks, lots of visits."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.core.states import StateChange
from clubcrm.core.types import JsonObject
from clubcrm.seed.ground import Deed, Ground, Lot
from clubcrm.seed.handovers import Handovers
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.offers import BY_KEY, OFFERS, Offer
from clubcrm.seed.order import public_id
from clubcrm.seed.questions import EVERY_QUESTION, question
from clubcrm.seed.renewals import promise
from clubcrm.seed.stays import grant_freezes, write_conditions, write_parting
from memberships.contracts.models import (
    Contract,
    ContractChange,
    ContractSeries,
    Plan,
    PlanClub,
    PlanVersion,
    PlanWindow,
)
from memberships.contracts.rules import ContractState
from memberships.packages.models import EntryKind, PackageEntry, PackageLot


def sell_plans(ground: Ground) -> None:
    """Every club sells every offer; one plan has been edited once."""
    chance = ground.order.chance("plans")
    began = ground.order.moment - timedelta(days=round(ground.order.years * 365) + 25)
    for place, calendar in enumerate(ground.calendars):
        kinds = grant_freezes(ground, place)
        for offer in OFFERS:
            edited = offer.key == "year"
            plan_id = ground.store.sink(Plan).add(
                public_id=public_id(chance),
                club_id=ground.club_ids[place],
                kind=offer.kind,
                latest_version=2 if edited else 1,
                created_at=began,
            )
            ground.plan_ids[place, offer.key] = plan_id
            price = calendar.town.unit_price_minor * offer.price_percent // 100
            for number in range(1, 3 if edited else 2):
                step = price * number // 20 if edited else 0
                _version(ground, place, offer, (plan_id, number, price + step))
                write_conditions(ground, offer.key, ground.versions[place, offer.key], kinds)
    promise(ground)


def _version(ground: Ground, place: int, offer: Offer, terms: tuple[int, int, int]) -> None:
    store = ground.store
    plan_id, number, price = terms
    version_id = store.sink(PlanVersion).add(
        plan_id=plan_id,
        number=number,
        name=offer.name,
        term_months=offer.months,
        term_days=offer.days,
        visits=offer.visits,
        price_minor=price,
        currency=ground.calendars[place].town.currency,
        daily_limit=offer.daily_limit,
        all_clubs=offer.all_clubs,
        created_at=ground.order.moment - timedelta(days=round(ground.order.years * 365) + 25),
        created_by=ground.actor("owner"),
    )
    ground.versions[place, offer.key] = version_id
    ground.prices[place, offer.key] = price
    if offer.hours:
        for weekday in offer.weekdays:
            store.sink(PlanWindow).add(
                version_id=version_id, weekday=weekday, opens=offer.hours[0], closes=offer.hours[1]
            )
    if offer.key == "half" and len(ground.club_ids) > 1:
        neighbour = ground.club_ids[(place + 1) % len(ground.club_ids)]
        store.sink(PlanClub).add(version_id=version_id, club_id=neighbour)


class Registry:
    """Writes the contracts of lives, numbering them per club and year."""

    def __init__(self, ground: Ground, handovers: Handovers) -> None:
        self._ground = ground
        self._handovers = handovers
        self._numbers: dict[tuple[int, int], int] = {}
        self._chance = ground.order.chance("contracts")

    def write(self, life: Life, number: int) -> None:
        """The contracts of one life stand in the store, each linked to the one it renews."""
        previous: int | None = None
        contract_ids: list[int] = []
        self._ground.contract_ids.append(contract_ids)
        for place, agreement in enumerate(life.agreements):
            contract_id = self._contract(life, number, agreement, previous)
            contract_ids.append(contract_id)
            self._history(life, agreement, contract_id)
            write_parting(self._ground, life, agreement, contract_id)
            if BY_KEY[agreement.offer].visits:
                self._lot(life, number, place, agreement)
            previous = contract_id

    def close(self) -> None:
        """The last number of every club and year is kept."""
        for (club_id, year), last in sorted(self._numbers.items()):
            self._ground.store.sink(ContractSeries).add(
                club_id=club_id, year=year, last_number=last
            )

    def state_of(self, agreement: Agreement) -> ContractState:
        """Where the paper stands at the end of the history."""
        if agreement.ends is not None and agreement.ends < self._ground.today - 1:
            return ContractState.ENDED
        return ContractState.SIGNED

    def _contract(self, life: Life, number: int, agreement: Agreement, previous: int | None) -> int:
        ground = self._ground
        club_id = ground.club_ids[life.town]
        starts_on = date.fromordinal(agreement.starts)
        key = (club_id, starts_on.year)
        self._numbers[key] = self._numbers.get(key, 0) + 1
        person_id = ground.person_ids[number]
        place = len(ground.contract_ids[number])
        is_newest = place == len(life.agreements) - 1
        payer = self._handovers.payer_of(number) if is_newest else number
        cut = self._handovers.cuts.get((number, place))
        contract_number = f"{club_id}-{starts_on.year}-{self._numbers[key]:05}"
        contract_id = ground.store.sink(Contract).add(
            public_id=public_id(self._chance),
            number=contract_number,
            club_id=club_id,
            person_id=person_id,
            payer_id=ground.person_ids[payer],
            plan_version_id=ground.versions[life.town, agreement.offer],
            previous_id=previous if agreement.renews else None,
            state=self.state_of(agreement),
            starts_on=starts_on,
            ends_on=_day(agreement.ends),
            term_ends_on=_day(agreement.sold_ends),
            cut_ends_on=_day(agreement.ends) if agreement.sold_ends is None else _day(cut),
            price_minor=ground.prices[life.town, agreement.offer],
            currency=ground.calendars[life.town].town.currency,
            signed_at=self.signed_at(life, agreement),
            signed_by=ground.actor("sales"),
            end_reason="",
            created_at=self.signed_at(life, agreement),
        )
        ground.contract_numbers[contract_id] = contract_number
        return contract_id

    def signed_at(self, life: Life, agreement: Agreement) -> datetime:
        """The instant of signing: an afternoon of the club, never after the history's end."""
        zone = ZoneInfo(self._ground.calendars[life.town].town.zone)
        wall = datetime.combine(
            date.fromordinal(agreement.signed), time(10 + life.number % 9, life.number % 60), zone
        )
        return min(wall, self._ground.order.moment)

    def _history(self, life: Life, agreement: Agreement, contract_id: int) -> None:
        signed = self.signed_at(life, agreement)
        kept = self._kept(life, agreement, ContractState.INCOMPLETE)
        unit = self._ground.unit("sign", contract_id)
        sales = self._ground.actor("sales")
        self._ground.deeds.append(
            Deed(signed, sales, "contract.drawn_up", "contract", contract_id, kept, unit)
        )
        self._change(contract_id, "signed", {"state": "incomplete"},
                     Deed(signed, sales, "contract.signed", "contract", contract_id,
                          self._kept(life, agreement, ContractState.SIGNED), unit))  # fmt: skip
        if self.state_of(agreement) is ContractState.ENDED and agreement.ends is not None:
            over = datetime.combine(
                date.fromordinal(agreement.ends + 1), time(3), self._ground.order.moment.tzinfo
            )
            self._change(contract_id, "ended", self._kept(life, agreement, ContractState.SIGNED),
                         Deed(over, "system", "contract.ended", "contract", contract_id,
                              self._kept(life, agreement, ContractState.ENDED),
                              self._ground.unit("end", contract_id)))  # fmt: skip

    def _change(self, contract_id: int, what: str, before: JsonObject, deed: Deed) -> None:
        store = self._ground.store
        self._ground.deeds.append(deed)
        store.sink(ContractChange).add(
            contract_id=contract_id,
            what=what,
            before=before,
            after=deed.after or {},
            by=deed.actor,
            at=deed.at,
        )
        store.sink(StateChange).add(
            table_name="contract",
            row_id=contract_id,
            from_state=str(before["state"]),
            to_state=what,
            by=deed.actor,
            at=deed.at,
        )

    def _kept(self, life: Life, agreement: Agreement, state: ContractState) -> JsonObject:
        ends = _day(agreement.ends)
        return {
            "state": state.value,
            "starts_on": date.fromordinal(agreement.starts).isoformat(),
            "ends_on": ends.isoformat() if ends else None,
            "plan_version_id": self._ground.versions[life.town, agreement.offer],
            "person_id": self._ground.person_ids[life.number],
            "price_minor": self._ground.prices[life.town, agreement.offer],
        }

    def _lot(self, life: Life, number: int, place: int, agreement: Agreement) -> None:
        ground = self._ground
        bought = BY_KEY[agreement.offer].visits or 0
        signed = self.signed_at(life, agreement)
        contract_id = ground.contract_ids[number][place]
        ground.lots[number, place] = Lot(
            lot_id=ground.store.sink(PackageLot).reserve(),
            values={
                "public_id": public_id(self._chance),
                "club_id": ground.club_ids[life.town],
                "person_id": ground.person_ids[number],
                "contract_id": contract_id,
                "bought": bought,
                "expires_on": _day(agreement.ends),
                "opened_at": signed,
            },
            remaining=bought,
            lines=[
                {
                    "kind": EntryKind.BUY,
                    "delta": bought,
                    "source_kind": "contract",
                    "source_id": str(contract_id),
                    "at": signed,
                    "by": ground.actor("sales"),
                    "unit_id": ground.unit("sign", contract_id),
                }
            ],
        )


def write_lots(ground: Ground) -> None:
    """Every lot and its ledger stand in the store, what remains being the sum of the lines."""
    for lot in ground.lots.values():
        ground.store.sink(PackageLot).add(id=lot.lot_id, **lot.values, remaining=lot.remaining)
        for line in lot.lines:
            entry_id = ground.store.sink(PackageEntry).add(lot_id=lot.lot_id, **line)
            if line["kind"] is EntryKind.USE and entry_id % EVERY_QUESTION == 0:
                question(ground, lot, entry_id)


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
