"""Who is the same person: a shared phone is a family, with a similar name it is one human being."""

from datetime import date

import pytest

from clubcrm.people.rules.likeness import Identity, Reason, duplicate_score, similar_names

PHONE = frozenset({"+8801711000001"})
MAIL = frozenset({"mia@example.com"})
BORN = date(1990, 6, 15)
MIA = Identity("Mia Rahman", PHONE, MAIL, BORN)


@pytest.mark.parametrize(
    ("other", "score", "reasons"),
    [
        pytest.param(MIA, 100, ("phone", "email", "name", "birth_date"), id="the same record"),
        pytest.param(Identity("Rahman Mia", PHONE), 85, ("phone", "name"), id="names swapped"),
        pytest.param(Identity("মিয়া রহমান", PHONE), 85, ("phone", "name"), id="other script"),
        pytest.param(
            Identity("Omar Rahman", PHONE), 30, ("phone", "other_name"), id="family on one phone"
        ),
        pytest.param(Identity("", PHONE), 45, ("phone",), id="phone before the name is typed"),
        pytest.param(
            Identity("Mia Rahman", birth_date=BORN), 80, ("name", "birth_date"), id="no contact"
        ),
        pytest.param(Identity("Mia Rahman"), 40, ("name",), id="only the name"),
        pytest.param(
            Identity("Mia Rahman", PHONE, birth_date=date(1962, 1, 1)),
            25,
            ("phone", "name", "other_birth_date"),
            id="mother and daughter of one name",
        ),
        pytest.param(Identity("Zoe Brandt"), 0, ("other_name",), id="a stranger"),
        pytest.param(Identity(""), 0, (), id="nothing known"),
    ],
)
def test_likeness_has_reasons(other, score, reasons):
    found = duplicate_score(MIA, other)

    assert (found.score, found.reasons) == (score, tuple(Reason(one) for one in reasons))
    assert found == duplicate_score(other, MIA)


def test_only_more_than_a_shared_phone_is_certain():
    assert duplicate_score(MIA, Identity("Rahman Mia", PHONE)).is_certain
    assert not duplicate_score(MIA, Identity("", PHONE)).is_certain
    assert duplicate_score(MIA, Identity("", PHONE)).is_worth_showing
    assert not duplicate_score(MIA, Identity("Omar Rahman", PHONE)).is_worth_showing


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Mia Rahman", "mia  RAHMAN", True),
        ("Mia Rahman", "Mia Rahmann", True),
        ("Иван Петров", "Ivan Petrov", True),
        ("Mia", "Mia Rahman", True),
        ("Rahman", "Mia Rahman", False),
        ("Mia Rahman", "Omar Rahman", False),
        ("Mia Rahman", "Tia Karim", False),
        ("Li", "Lu", False),
        ("", "Mia", False),
    ],
)
def test_names_are_alike_by_letters_or_sound(one, other, alike):
    assert similar_names(one, other) is alike
