"""Services room: the nameless buyer at a counter, so that each sale has somebody who paid."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from clubcrm.core.db import db
from clubcrm.people.models import Person

SOURCE = "counter"
REFERENCE = "walk-in"


def walk_in(club_id: int) -> int:
    """Return the club's nameless buyer, who comes to be with the first sale; nobody finds him."""
    known = select(Person.id).where(
        Person.club_id == club_id, Person.source == SOURCE, Person.external_ref == REFERENCE
    )
    found = db.session.scalar(known)
    if found is not None:
        return found
    buyer = Person(
        club_id=club_id,
        given_name="Walk-in",
        source=SOURCE,
        external_ref=REFERENCE,
        do_not_contact=True,
    )
    try:
        with db.session.begin_nested():
            db.session.add(buyer)
    except IntegrityError:
        # Two tills rang up their first sale at once; the other one was a moment faster.
        return db.session.scalars(known).one()
    return buyer.id
