"""Services room: a table of past visits as one kind of table that the import pages bring in."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from access_control.importer import place_of_club, write_visits
from access_control.rules.visit_rows import RowFault, VisitRow, read_row
from clubcrm.core import clock
from clubcrm.core.errors import invalid
from clubcrm.people.api import IMPORT_TABLES, read_rows
from clubcrm.people.rules.table_kinds import (
    KNOWN,
    NEW,
    Outcome,
    TableField,
    TableKind,
    TablePlace,
    TableRow,
)

KIND = "visits"
COLUMNS = {"member": "member", "entered_at": "entered_at", "left_at": "left_at"}


def keep_visits(place: TablePlace, rows: Sequence[TableRow]) -> dict[int, Outcome]:
    """The visits of the rows have happened, each once, without anybody being decided or charged."""
    club, now = place_of_club(place.club_id, by=place.by), clock.now()

    def read(row: TableRow, person_id: int) -> tuple[int, int, VisitRow]:
        cells = {**row.values, "member": row.values["member"] or f"person {person_id}"}
        told = read_row(cells, COLUMNS, {"": club.zone}, now)
        if isinstance(told, RowFault):
            raise invalid({told.field: told.reason})
        return row.number, person_id, told

    visits, found = read_rows(place, rows, read)
    new = write_visits(club, [(person, one) for _number, person, one in visits], by=place.by)
    for number, _person, one in visits:
        found[number] = NEW if one.event_key in new else KNOWN
    return found


def visit_table() -> TableKind:
    """Return what a table of visits holds."""
    return TableKind(
        name=KIND,
        title=_l("Visits"),
        right=IMPORT_TABLES,
        fields=(
            TableField("member", _l("Member number"), ("member no", "member id", "pin")),
            TableField("phone", _l("Phone"), ("mobile", "telefon", "телефон", "ফোন", "फोन")),
            TableField("email", _l("E-mail"), ("e mail", "mail")),
            TableField("name", _l("Name"), ("full name", "фио", "নাম", "नाम")),
            TableField(
                "entered_at",
                _l("Came"),
                ("entered", "check in", "checkin", "date", "time", "datetime", "entry"),
                is_date=True,
            ),
            TableField("left_at", _l("Left"), ("check out", "checkout", "exit"), is_date=True),
        ),
        needed=(("member", "phone", "email"), ("entered_at",)),
        key=("member", "phone", "email", "entered_at"),
        keep=keep_visits,
    )
