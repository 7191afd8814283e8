"""Services room: the one note that the next colleague must know; it changes by new lines."""

from flask_babel import gettext as _

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.text import clean
from clubcrm.people.models import Person
from clubcrm.people.paper_tables import HandoverNote
from clubcrm.people.queries.papers import handover_of

LONGEST = 2000


def write_handover(
    person: Person, text: str, *, seen: int, author_id: int | None, by: str | None = None
) -> int:
    """The note says this from now on, nothing when empty; returns the number of its line.

    `seen` is the line that was read before; raises CHANGED when somebody wrote meanwhile.
    """
    words = clean(text, "text", longest=LONGEST, lines=True)
    standing = handover_of(person.id)
    newest = standing.id if standing else 0
    if newest != seen:
        raise DomainError("CHANGED", _("A colleague has written meanwhile. Read both, then save."))
    if words == (standing.text if standing else ""):
        return newest
    line = HandoverNote(person_id=person.id, author_id=author_id, text=words)
    db.session.add(line)
    db.session.flush()
    audit.note("handover.written", "person", person.id, after={"line": line.id}, by=by)
    return line.id
