"""Rows of other people's tables: columns by name, dates by their order, faults by category."""

from datetime import date

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.people.rules.columns import check_columns, guess_columns, told_columns
from clubcrm.people.rules.crowd import Crowd, is_same
from clubcrm.people.rules.days import DayOrder, NoDateError, order_of, read_date
from clubcrm.people.rules.drafts import CheckedDraft
from clubcrm.people.rules.likeness import Identity
from clubcrm.people.rules.rows import Reading, RowFault, neutral, read_row

DAY, MONTH = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST
COLUMNS = {
    "full_name": "Name",
    "phone": "Phone",
    "email": "Mail",
    "birth_date": "Born",
    "language": "Lang",
}
READING = Reading(COLUMNS, None, "BD", date(2026, 11, 22), "import")


def row(**cells: str) -> CheckedDraft | RowFault:
    """Return what a row with these cells becomes."""
    return read_row(cells, READING)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (
            ["Member ID", "First Name", "LAST_NAME", "Mobile No.", "E-Mail", "DOB", "Plan"],
            {
                "external_ref": "Member ID",
                "given_name": "First Name",
                "family_name": "LAST_NAME",
                "phone": "Mobile No.",
                "email": "E-Mail",
                "birth_date": "DOB",
            },
        ),
        (
            ["Имя", "Фамилия", "Телефон", "Дата рождения"],
            {
                "given_name": "Имя",
                "family_name": "Фамилия",
                "phone": "Телефон",
                "birth_date": "Дата рождения",
            },
        ),
        (["নাম", "মোবাইল"], {"full_name": "নাম", "phone": "মোবাইল"}),
        (["Vorname", "Nachname", "Name"], {"given_name": "Vorname", "family_name": "Nachname"}),
        (["given_name", "phone", "Phone number"], {"given_name": "given_name", "phone": "phone"}),
        (["x", "y"], {}),
    ],
)
def test_columns_are_known_by_their_names(columns, found):
    assert guess_columns(columns) == found


def test_told_columns_win_and_wrong_ones_are_named():
    assert told_columns({"phone": "handy", "email": ""}, ["Handy"]) == {"phone": "Handy"}
    for told in ({"shoe": "Handy"}, {"phone": "Fax"}):
        with pytest.raises(DomainError) as refusal:
            told_columns(told, ["Handy"])
        assert [one.field for one in refusal.value.fields] == ["mapping"]


def test_table_without_names_is_refused():
    with pytest.raises(DomainError):
        check_columns({"phone": "Phone"})


@pytest.mark.fault
@pytest.mark.parametrize(
    ("text", "order", "read"),
    [
        ("1994-05-31", None, date(1994, 5, 31)),
        ("1994-05-31T00:00:00", None, date(1994, 5, 31)),
        ("1994/5/31", None, date(1994, 5, 31)),
        ("31.05.1994", None, date(1994, 5, 31)),
        ("৩১.০৫.১৯৯৪", None, date(1994, 5, 31)),
        ("03/04/2001", DAY, date(2001, 4, 3)),
        ("03/04/2001", MONTH, date(2001, 3, 4)),
        ("03.04.2001", MONTH, date(2001, 4, 3)),
        ("34485", None, date(1994, 5, 31)),
        ("29.02.2000", None, date(2000, 2, 29)),
        ("", None, None),
    ],
)
def test_f60_date_is_read_in_every_dress(text, order, read):
    assert read_date(text, order) == read


@pytest.mark.fault
@pytest.mark.parametrize(
    "text",
    ["31.02.1994", "0000-00-00", "29.02.2001", "13/13/2000", "31.05.94", "soon", "199x-01-01", "7"],
)
def test_f60_date_that_is_none_says_so(text):
    with pytest.raises(NoDateError):
        read_date(text, DAY)


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        (["03/04/2001", "25/12/1999"], (DAY, False)),
        (["03/04/2001", "12/25/1999"], (MONTH, False)),
        (["03/04/2001", "05/06/2002"], (None, True)),
        (["25/12/1999", "12/25/1999", "03/04/2001"], (None, True)),
        (["04/04/2001", "1999-12-25", "03.04.2001"], (None, False)),
        ([], (None, False)),
    ],
)
def test_one_clear_date_settles_the_order_of_the_table(cells, answer):
    assert order_of(cells) == answer


def test_row_becomes_a_person_in_normal_form():
    person = row(
        Name="Rahman, Mia",
        Phone="01711-000001; 01811-000002",
        Mail="Mia@Example.com",
        Born="31.05.1994",
        Lang="Bangla",
    )

    assert isinstance(person, CheckedDraft)
    assert (person.given_name, person.family_name) == ("Mia", "Rahman")
    assert (person.phone, person.more_phones) == ("+8801711000001", ("+8801811000002",))
    assert (person.email, person.birth_date, person.language) == (
        "mia@example.com",
        date(1994, 5, 31),
        "bn",
    )


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Mia Rahman", ("Mia", "Rahman")),
        ("Anna Maria Karim", ("Anna Maria", "Karim")),
        ("Madonna", ("Madonna", "")),
        ("Rahman,", ("Rahman,", "")),
    ],
)
def test_whole_name_is_split(name, parts):
    person = row(Name=name)

    assert isinstance(person, CheckedDraft)
    assert (person.given_name, person.family_name) == parts


@pytest.mark.parametrize(
    ("cells", "category", "field"),
    [
        ({"Name": "", "Phone": "01711000001"}, "no_name", "given_name"),
        ({"Name": "n/a"}, "no_name", "given_name"),
        ({"Name": "Mia", "Phone": "12"}, "bad_phone", "phone"),
        ({"Name": "Mia", "Phone": "01711000001, 5"}, "bad_phone", "phone"),
        ({"Name": "Mia", "Mail": "mia@"}, "bad_email", "email"),
        ({"Name": "Mia", "Born": "31.02.1994"}, "bad_birth_date", "birth_date"),
        ({"Name": "Mia", "Born": "2099-01-01"}, "bad_birth_date", "birth_date"),
        ({"Name": "Mia", "Lang": "Klingon"}, "bad_language", "language"),
        ({"Name": "M\x00a"}, "bad_text", "given_name"),
        ({"Name": "M" * 201}, "bad_text", "given_name"),
    ],
)
def test_fault_of_a_row_has_category_and_field(cells, category, field):
    fault = row(**cells)

    assert isinstance(fault, RowFault)
    assert (fault.category, fault.field) == (category, field)


def test_dashes_and_blanks_say_nothing():
    person = row(Name="Mia", Phone="-", Mail="N/A", Born="", Lang="none")

    assert isinstance(person, CheckedDraft)
    assert (person.phone, person.email, person.birth_date, person.language) == ("", "", None, None)


def test_crowd_recognises_its_own():
    crowd = Crowd()
    crowd.add(2, Identity("Mia Rahman", frozenset({"+8801711000001"})))
    crowd.add(3, Identity("Omar Rahman", frozenset({"+8801711000001"})))
    crowd.add(4, Identity("Madonna"))

    assert crowd.find(Identity("Rahman Mia", frozenset({"+8801711000001"}))) == 2
    assert crowd.find(Identity("Omar Rahman", frozenset({"+8801711000001"}))) == 3
    assert crowd.find(Identity("MADONNA")) == 4
    assert crowd.find(Identity("Madonna", frozenset({"+8801711000009"}))) is None
    assert crowd.find(Identity("Zoe Brandt", frozenset({"+8801711000001"}))) is None


def test_bare_name_equals_only_the_same_bare_name():
    assert is_same(Identity("Mia Rahman"), Identity("rahman  mia"))
    assert not is_same(Identity("Mia Rahman"), Identity("Mia Rahmann"))


def test_kept_cells_hold_no_controls():
    assert neutral("a\x00b\x1b[31m") == "ab[31m"
    assert neutral("x" * 900) == "x" * 300
