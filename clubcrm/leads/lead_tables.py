"""Services room: a table of leads as one kind of table that the import pages bring in."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import fold
from clubcrm.leads.importing import STAGES_OF_ROWS, LeadRow, import_lead
from clubcrm.leads.past_leads import import_leads
from clubcrm.leads.rules.stages import LeadStage
from clubcrm.leads.words import STAGES
from clubcrm.people.api import IMPORT_TABLES, row_by_row
from clubcrm.people.rules.table_kinds import (
    KNOWN,
    NEW,
    Outcome,
    TableField,
    TableKind,
    TablePlace,
    TableRow,
    told_rows,
)

KIND = "leads"
STAGE_CODES = {fold(one.value.replace("_", " ")): one for one in LeadStage}


def keep_leads(place: TablePlace, rows: Sequence[TableRow]) -> dict[int, Outcome]:
    """The rows are leads, or one more question of an open one; all but these asked at once."""
    told, found = told_rows(rows, lambda row: _told(place, row))
    for number, done in import_leads(place.club_id, told, by=place.by).items():
        found[number] = done if isinstance(done, DomainError) else NEW if done else KNOWN
    left = [row for row in rows if row.number not in found]
    return {**found, **singly(place, left)} if left else found


def _keep_lead(place: TablePlace, row: TableRow) -> Outcome:
    _lead, is_new = import_lead(_told(place, row), by=place.by)
    return NEW if is_new else KNOWN


singly = row_by_row(_keep_lead)


def _told(place: TablePlace, row: TableRow) -> LeadRow:
    told = row.values
    mark = told["number"] or "|".join((told["name"], told["phone"], told["email"])).casefold()
    return LeadRow(
        club_id=place.club_id,
        number=mark[:120],
        name=told["name"],
        phone=told["phone"],
        email=told["email"],
        language=told["language"],
        source=told["source"],
        interest=told["interest"],
        message=told["message"],
        arrived_at=_moment(place, told["arrived_at"]),
        stage=_stage(told["stage"]),
    )


def _moment(place: TablePlace, text: str) -> datetime | None:
    if not text:
        return None
    zone = ZoneInfo(db.session.get_one(Club, place.club_id).zone)
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid({"arrived_at": _("This is not a date and time.")}) from error
    return told if told.tzinfo else told.replace(tzinfo=zone)


def _stage(text: str) -> LeadStage:
    """Stages are known by their code, and by their words in the language of who brings them."""
    wanted = fold(text.strip().replace("_", " "))
    if not wanted:
        return LeadStage.NEW
    found = STAGE_CODES.get(wanted) or next(
        (one for one, words in STAGES.items() if fold(str(words)) == wanted), None
    )
    if found is None:
        known = ", ".join(str(STAGES[one]) for one in STAGES_OF_ROWS if one is not LeadStage.LATER)
        text = _("There is no such stage. A row may say: %(stages)s.", stages=known)
        raise invalid({"stage": text})
    return found


def lead_table() -> TableKind:
    """Return what a table of leads holds."""
    return TableKind(
        name=KIND,
        title=_l("Leads"),
        right=IMPORT_TABLES,
        fields=(
            TableField("name", _l("Name"), ("full name", "client", "фио", "নাম", "नाम")),
            TableField("phone", _l("Phone"), ("mobile", "telefon", "телефон", "ফোন", "फोन")),
            TableField("email", _l("E-mail"), ("e mail", "mail")),
            TableField("language", _l("Language"), ("lang", "язык")),
            TableField("source", _l("Source"), ("channel", "utm source", "источник")),
            TableField("interest", _l("Interest"), ("wish", "product", "интерес")),
            TableField("message", _l("Message"), ("comment", "note", "комментарий")),
            TableField(
                "arrived_at", _l("Came in"), ("created", "date", "created at", "дата"), is_date=True
            ),
            TableField("stage", _l("Stage"), ("status", "этап", "статус")),
            TableField("number", _l("Number"), ("id", "lead id", "deal id")),
        ),
        needed=(("name",), ("phone", "email")),
        key=("number", "name", "phone", "email"),
        keep=keep_leads,
    )
