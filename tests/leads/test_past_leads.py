"""Tables of leads are kept by the piece, and come to the same as their rows one by one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from clubcrm.core.audit import ChainFault, verify
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.leads.lead_tables import KIND, keep_leads, lead_table, singly
from clubcrm.leads.models import Inquiry, LeadSource
from clubcrm.leads.rules.owners import Seller
from clubcrm.leads.sellers import choose_seller
from clubcrm.people.rules.table_kinds import KNOWN, NEW, Outcome, TablePlace, TableRow
from tests.cast import Cast
from tests.conftest import SelectCounter
from tests.leads.conftest import SARA, all_leads, new_lead, steps
from tests.leads.traces import Left, left_since, read_store

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


@dataclass
class Try:
    """What a way of keeping rows came to before it was taken back."""

    outcomes: list[str]
    left: Left
    faults: list[ChainFault]


def tried(keep: Callable[[], dict[int, Outcome]]) -> Try:
    before = read_store()
    with db.session.begin_nested() as savepoint:
        found = Try(said(keep()), left_since(before), list(verify()))
        savepoint.rollback()
    return found


def one_by_one(cast: Cast, rows: list[TableRow]) -> dict[int, Outcome]:
    """The same rows, kept as those are that ask again."""
    return dict(singly(place_of(cast), rows))


def test_a_piece_leaves_the_same_as_its_rows_one_by_one(cast: Cast) -> None:
    # Two sellers, one of them named for a language: whose turn it is differs from row to row.
    choose_seller(cast.club, Seller(cast.users["Max"], languages=frozenset({"bn"})), by=SARA)
    rows = table(*ROWS)

    alone = tried(lambda: one_by_one(cast, rows))
    at_once = tried(lambda: keep_leads(place_of(cast), rows))

    assert at_once.outcomes == alone.outcomes
    assert alone.outcomes.count(NEW) == 9
    assert set(at_once.left) == {
        "audit_line", "contact_point", "desk_flag", "event", "inquiry", "lead", "lead_seller",
        "lead_source", "lead_task", "person", "search_word", "state_change", "task",
    }  # fmt: skip
    for name in at_once.left:
        assert at_once.left[name] == alone.left[name], name
    assert set(alone.left) == set(at_once.left)
    assert at_once.left["lead"].total() == 9
    assert (alone.faults, at_once.faults) == ([], [])


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

    choose_seller(cast.club, Seller(cast.users["Max"]), by=SARA)
    keep_leads(place_of(cast), rows(0, 2))
    begun = len(count_selects)
    keep_leads(place_of(cast), rows(10, 10))
    few = len(count_selects)
    keep_leads(place_of(cast), rows(100, 100))

    assert len(count_selects) - few == few - begun < 40
    owners = Counter(lead.owner_id for lead in all_leads())
    assert owners == {cast.users["Sara"]: 56, cast.users["Max"]: 56}
    assert db.session.scalar(select(func.count()).select_from(LeadSource)) == 1
    assert lead_table().name == KIND
