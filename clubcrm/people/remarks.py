"""Services: what staff write down about a person; a remark is never changed, only followed."""

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean
from clubcrm.people.models import Note, Person

LONGEST_NOTE = 4000


def add_note(person: Person, text: str, *, author_id: int | None, by: str | None = None) -> Note:
    """The remark stands on the person's card; raises INVALID_INPUT when it is empty or too long."""
    words = clean(text, "text", longest=LONGEST_NOTE, lines=True)
    if not words:
        raise invalid({"text": "Write the note first."})
    note = Note(person_id=person.id, author_id=author_id, text=words)
    db.session.add(note)
    db.session.flush()
    audit.note("note.added", "person", person.id, after={"note_id": note.id}, by=by)
    return note
