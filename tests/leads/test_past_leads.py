"""Tables of leads are kept by the piece, and come to the same as their rows one by one."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from clubcrm.core.audit import AuditLine, verify
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.core.states import StateChange
from clubcrm.leads.lead_tables import KIND, keep_leads, lead_table, singly
from clubcrm.leads.models import Inquiry, Lead, LeadSource
from clubcrm.people.models import ContactPoint, Person, SearchWord
from clubcrm.people.rules.table_kinds import KNOWN, NEW, Outcome, TablePlace, TableRow
from tests.cast import Cast
from tests.conftest import SelectCounter
from tests.leads.conftest import SARA, all_leads, new_lead, steps

pytestmark = pytest.mark.usefixtures("unit")
MIAS = "+8801711000001"
Told = dict[str, str]
ROWS: list[Told] = [
    {
        "name": "Rina Das",
        "phone": "01711777001",
        "source": "Fair",
        "arrived_at": "2026-03-02 09:00",
    },
    {"name": "Omar Faruk", "email": "OMAR@example.com", "language": "bn", "interest": "Boxing"},
    {"name": "Mia", "phone": MIAS, "source": "fair"},
    {"name": "Lost Already", "phone": "01711777003", "stage": "lost"},
    {"name": "Booked Already", "phone": "01711777004", "stage": "booked"},
    {"name": "Spoken To", "phone": "01711777005", "email": "s@example.com", "stage": "contacted"},
    {"name": "Came Once", "phone": "01711777006", "stage": "attended"},
    {"name": "Away", "phone": "01711777007", "stage": "unreachable", "number": "A-7"},
    {"name": "", "phone": "01711777008"},
    {"name": "Short", "phone": "12"},
    {"name": "Half", "phone": "12", "email": "half@example.com"},
    {"name": "Won", "phone": "01711777009", "stage": "won"},
    {"name": "Soon", "phone": "01711777010", "arrived_at": "2999-01-01 10:00"},
    {"name": "Odd", "phone": "01711777011", "language": "no such tongue"},
    {"name": "Long", "phone": "01711777012", "source": "x" * 81},
]


def table(*rows: Told) -> list[TableRow]:
    """Return the rows as the import gives them: every field told, numbers from two on."""
    names = [one.name for one in lead_table().fields]
    return [TableRow(n, dict.fromkeys(names, "") | told) for n, told in enumerate(rows, start=2)]


def place_of(cast: Cast) -> TablePlace:
    return TablePlace(cast.club, "import", SARA)


def said(outcomes: dict[int, Outcome]) -> list[str]:
    """Return what became of each row: its word, or the field and the sentence of the refusal."""
    return [
        str(dict.fromkeys((one.field, one.message) for one in done.fields))
        if isinstance(done, DomainError)
        else done
        for _number, done in sorted(outcomes.items())
    ]


LEFT = ("id", "public_id", "person_id", "version", "booking_id")


def traces() -> dict[str, object]:
    """Return all that a table of leads leaves behind, without keys."""
    columns = [one.key for one in Lead.__table__.columns if one.key not in LEFT]
    leads = {
        db.session.get_one(Person, lead.person_id).full_name: (
            {name: getattr(lead, name) for name in columns},
            steps(lead),
        )
        for lead in all_leads()
    }
    inquiries = select(
        Inquiry.name, Inquiry.phone, Inquiry.email, Inquiry.external_ref, Inquiry.state,
        Inquiry.source_id, Inquiry.arrived_at, Inquiry.decided_by, Inquiry.decided_at,
    ).order_by(Inquiry.name)  # fmt: skip
    people = select(
        Person.given_name, Person.family_name, Person.sort_name, Person.search_text,
        Person.language, Person.source,
    ).order_by(Person.given_name, Person.family_name)  # fmt: skip
    ways = select(
        ContactPoint.kind, ContactPoint.value, ContactPoint.as_typed, ContactPoint.is_primary,
        ContactPoint.reversed_digits,
    ).order_by(ContactPoint.value)  # fmt: skip
    words = select(SearchWord.kind, SearchWord.word).order_by(SearchWord.kind, SearchWord.word)
    moved = (
        select(
            StateChange.table_name, StateChange.from_state, StateChange.to_state, StateChange.why
        )
        .where(StateChange.table_name != "task")
        .order_by(StateChange.table_name, StateChange.to_state)
    )
    told = select(Event.kind, func.count()).where(Event.kind != "TaskClosed").group_by(Event.kind)
    lines = select(AuditLine.action, func.count()).group_by(AuditLine.action)
    asked = (inquiries, people, ways, words, moved)
    rows = [[tuple(row) for row in db.session.execute(one)] for one in asked]
    counts = [sorted(tuple(row) for row in db.session.execute(one)) for one in (told, lines)]
    return {"leads": leads, "rows": rows, "counts": counts, "chain": list(verify())}


@dataclass
class Try:
    """What a way of keeping rows came to before it was taken back."""

    outcomes: list[str]
    left: dict[str, object]


def tried(keep: Callable[[], dict[int, Outcome]]) -> Try:
    with db.session.begin_nested() as savepoint:
        found = Try(said(keep()), traces())
        savepoint.rollback()
    return found


def one_by_one(cast: Cast, rows: list[TableRow]) -> dict[int, Outcome]:
    """The same rows, kept as those are that ask again."""
    return dict(singly(place_of(cast), rows))


def test_a_piece_leaves_the_same_as_its_rows_one_by_one(cast: Cast) -> None:
    rows = table(*ROWS)

    alone = tried(lambda: one_by_one(cast, rows))
    at_once = tried(lambda: keep_leads(place_of(cast), rows))

    assert at_once.outcomes == alone.outcomes
    assert alone.outcomes.count(NEW) == 9
    assert at_once.left == alone.left


def test_rows_that_may_be_of_one_person_are_one_lead(cast: Cast) -> None:
    asks = new_lead(cast, 1, phone="+8801711777020", name="Asks Twice")
    rows = table(
        {"name": "Asks Twice", "phone": "01711777020"},
        {"name": "Ena Roy", "phone": "01711777021", "number": "E"},
        {"name": "Ena Roy", "email": "ena@example.com", "phone": "01711777021"},
        {"name": "Somebody Else", "phone": "01711777022", "number": "E"},
        {"name": "Mia", "phone": MIAS, "number": "M-1"},
        {"name": "Mia", "phone": MIAS, "number": "M-2"},
    )
    done = keep_leads(place_of(cast), rows)
    again = keep_leads(place_of(cast), rows)

    assert said(done) == [NEW, NEW, NEW, KNOWN, NEW, NEW]
    assert said(again) == [KNOWN] * 6
    counts = dict(
        db.session.execute(select(Inquiry.lead_id, func.count()).group_by(Inquiry.lead_id)).all()
    )
    assert [(lead.id == asks.id, counts[lead.id]) for lead in all_leads()] == [
        (True, 2),
        (False, 2),
        (False, 2),
    ]
    assert all(steps(lead) for lead in all_leads())


def test_a_piece_is_given_out_by_turns_with_few_statements(
    cast: Cast, count_selects: SelectCounter
) -> None:
    def rows(first: int, count: int) -> list[TableRow]:
        told = [
            {"name": f"Piece {n}", "phone": f"0171188{n:04}", "source": "Flyer"}
            for n in range(first, first + count)
        ]
        return table(*told)

    keep_leads(place_of(cast), rows(0, 2))
    begun = len(count_selects)
    keep_leads(place_of(cast), rows(10, 10))
    few = len(count_selects)
    keep_leads(place_of(cast), rows(100, 100))

    assert len(count_selects) - few == few - begun < 40
    owners = dict(db.session.execute(select(Lead.owner_id, func.count()).group_by(Lead.owner_id)))
    assert max(owners.values()) - min(owners.values()) <= 1
    assert db.session.scalar(select(func.count()).select_from(LeadSource)) == 1
    assert lead_table().name == KIND
