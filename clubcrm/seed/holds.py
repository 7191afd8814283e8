"""People who are left in peace: injured, in dispute, with a complaint, and a few who have died."""

from datetime import date, timedelta

from clubcrm.people.models import ContactHold, HoldKind
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Life

EVERY_HOLD = 47
KINDS = (HoldKind.INJURY, HoldKind.COMPLAINT, HoldKind.INJURY, HoldKind.DISPUTE)
NOTES = {
    HoldKind.INJURY: "Sprained ankle, comes back next month",
    HoldKind.COMPLAINT: "The air conditioning",
    HoldKind.DISPUTE: "Wants a personal session back",
    HoldKind.DECEASED: "",
}
EVERY_DEATH = 31


def hold_back(ground: Ground, life: Life) -> None:
    """Now and then somebody of the members is left in peace for a while, some of them for good."""
    if life.number % EVERY_HOLD != 5:
        return
    turn = life.number // EVERY_HOLD
    last = life.agreements[-1]
    is_over = last.ends is not None and last.ends < ground.today
    kind = KINDS[turn % len(KINDS)]
    if is_over and turn % EVERY_DEATH == 3:
        kind = HoldKind.DECEASED
    placed = ground.order.moment - timedelta(days=3 + turn % 20, minutes=life.number % 60)
    stands = kind is HoldKind.DECEASED or turn % 2 == 0
    until = ground.today + 10 + turn % 30 if kind is HoldKind.INJURY else None
    ground.store.sink(ContactHold).add(
        person_id=ground.person_ids[life.number],
        kind=kind,
        source=f"history:{life.number}",
        note=NOTES[kind],
        until_on=date.fromordinal(until) if until else None,
        placed_at=placed,
        placed_by=ground.actor("manager"),
        lifted_at=None if stands else placed + timedelta(days=2),
        lifted_by="" if stands else ground.actor("manager"),
    )
