"""Views room: who may reach which client: a trainer his own ones, others those of their clubs."""

from clubcrm.core.web import current_actor
from memberships.trainers.queries import is_client

TRAINER = "trainer"


def own_trainer_id() -> int | None:
    """Return the user id of a trainer who is asking, None for everybody else."""
    actor = current_actor()
    return actor.id if actor.role == TRAINER and actor.kind == "user" else None


def reachable(person_id: int) -> bool:
    """Tell whether the person asking may log sessions of this client."""
    own = own_trainer_id()
    return own is None or is_client(own, person_id)
