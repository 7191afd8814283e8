"""Services room: a session or sale is divided among those who did it, until its month is closed."""

from collections.abc import Mapping

from flask_babel import gettext as _

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from memberships.pay.queries import people_paid
from memberships.pay.rules import WorkKind
from memberships.pay.services import reassign_sale
from memberships.pay.works import WorkShown
from memberships.trainers.models import TrainerSession
from memberships.trainers.services import split_session


def divide(work: WorkShown, shares: Mapping[int, int], *, by: str) -> None:
    """The work counts for these people in basis points that sum to 10,000; a log says by whom.

    Raises ALREADY_PAID once a closed month has paid for it, INVALID_INPUT for somebody who does
    not work in its club.
    """
    if work.is_paid:
        raise DomainError("ALREADY_PAID", _("A closed month has paid for this already."))
    if not set(shares) <= {one[0] for one in people_paid(work.club_id)}:
        raise invalid({"shares": _("Choose people who work in this club.")})
    if work.kind is WorkKind.SESSION:
        session = db.session.get_one(TrainerSession, work.source_id)
        split_session(session, dict(shares), by=by)
    else:
        reassign_sale(work.kind, work.source_id, dict(shares), by=by)
