"""Names of the rights that people ask for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_PEOPLE: Final = "people.see"
EDIT_PEOPLE: Final = "people.edit"
IMPORT_PEOPLE: Final = "people.import"
SHAPE_FIELDS: Final = "people.fields"
MERGE_PEOPLE: Final = "people.merge"
KEEP_PRIVACY: Final = "people.privacy"
SEE_CHANGES: Final = "people.changes"
KEEP_DOCUMENTS: Final = "people.documents"

RIGHTS: Mapping[str, object] = {
    SEE_PEOPLE: _l("Find people and see how to reach them"),
    EDIT_PEOPLE: _l("Register people, change them, note their consent"),
    IMPORT_PEOPLE: _l("Bring in people from a table"),
    SHAPE_FIELDS: _l("Add fields to the cards of people, and clear away tags"),
    MERGE_PEOPLE: _l("Join two records of one person, and take it back"),
    KEEP_PRIVACY: _l("Give a person a copy of all we know, erase him, say how long to keep"),
    SEE_CHANGES: _l("See who changed what about people, and who looked at them"),
    KEEP_DOCUMENTS: _l("Open, add and remove documents and photos on the cards of people"),
}
