"""Questions of members about visits they do not remember."""

from clubcrm.seed.ground import Ground, Lot
from clubcrm.seed.order import public_id
from memberships.portal.models import LedgerQuestion, QuestionState

EVERY_QUESTION = 29


def question(ground: Ground, lot: Lot, entry_id: int) -> None:
    """The member asks about the visit; every other question is explained already."""
    chance = ground.order.chance("question", entry_id)
    is_open = chance.random() < 0.5
    ground.store.sink(LedgerQuestion).add(
        public_id=public_id(chance),
        club_id=lot.values["club_id"],
        person_id=lot.values["person_id"],
        entry_id=entry_id,
        state=QuestionState.OPEN if is_open else QuestionState.EXPLAINED,
        words="I was not here that evening" if is_open else "",
        asked_at=ground.order.moment,
        answer="" if is_open else "You came with your card at the main door",
        answered_at=None if is_open else ground.order.moment,
        answered_by="" if is_open else ground.actor("desk"),
    )
