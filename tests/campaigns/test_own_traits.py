"""Segments choose people by tags, ties and the fields a club added itself."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from clubcrm.campaigns.compiling import people_of
from clubcrm.campaigns.rules.tree import Condition, Group, Join
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.addresses import keep_address
from clubcrm.people.models import Person
from clubcrm.people.own_fields import FieldOrder, add_field, fill_in, retire_field
from clubcrm.people.queries.about import field_by_public_id
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.postal import Address
from clubcrm.people.rules.ties import TieKind
from clubcrm.people.rules.trait_kinds import Op
from clubcrm.people.tagging import put_tag, tie_people
from clubcrm.people.traits import Ground, known_traits
from tests.cast import Cast, make_member

BY = "user:1"


@pytest.fixture
def town(app: Flask, cast: Cast) -> Iterator[Ground]:
    """Ana, Ben and Cid of Dhanmondi, and Zia of another club, who is like Ana in everything."""
    with app.app_context():
        with unit_of_work():
            people = {name: make_member(name, club=cast.club) for name in ("Ana", "Ben", "Cid")}
            people["Zia"] = db.session.get_one(Person, cast.members["Zia"])
            for name in ("Ana", "Zia"):
                put_tag(people[name], "Marathon", by=BY)
            put_tag(people["Ben"], "VIP", by=BY)
            tie_people(people["Ana"], people["Ben"], TieKind.CHILD)
            weight = add_field(FieldOrder("Weight", OwnKind.NUMBER), by=BY)
            since = add_field(FieldOrder("Trains since", OwnKind.DAY), by=BY)
            size = add_field(FieldOrder("Size", OwnKind.CHOICE, ("S", "M", "L")), by=BY)
            page = add_field(FieldOrder("Page", OwnKind.LINK), by=BY)
            told = {
                "Ana": ("9.5", "2024-02-29", "M", "a.example"),
                "Ben": ("70", "", "L", ""),
                "Cid": ("100", "2026-01-05", "M", ""),
                "Zia": ("9.5", "2024-02-29", "M", ""),
            }
            ids = [field.public_id for field in (weight, since, size, page)]
            for name, values in told.items():
                typed = dict(zip(ids, values, strict=True))
                fill_in(people[name], typed, role="owner", by=BY)
                code = "1209" if name == "Ana" else "1213"
                where = Address("BD", f"House {name}", city="Dhaka", postal_code=code)
                keep_address(people[name], where, by=BY)
            keep_address(people["Cid"], Address("BD"), by=BY)  # he has moved away
        with unit_of_work(write=False):
            yield Ground(cast.club, date(2026, 3, 20), "Asia/Dhaka", "BDT")  # fmt: skip


def found(ground: Ground, *conditions: Condition) -> list[str]:
    """Return the given names of those for whom all conditions hold."""
    chosen = people_of(Group(Join.ALL, conditions), ground, known_traits())
    rows = db.session.scalars(chosen).all()
    return sorted(db.session.get_one(Person, one).given_name for one in rows)


def code_of(label: str) -> str:
    """Return the code of the trait that is called so."""
    return next(code for code, trait in known_traits().items() if str(trait.label) == label)


def tag_called(ground: Ground, name: str) -> str:
    """Return the value of a tag as the form knows it."""
    choices = known_traits()["tag"].choices
    assert choices is not None
    return next(value for value, words in choices(ground.club_id) if words == name)


def test_people_are_found_by_their_tags_and_only_in_their_club(town: Ground) -> None:
    marathon, vip = tag_called(town, "Marathon"), tag_called(town, "VIP")

    assert found(town, Condition("tag", Op.ANY_OF, (marathon,))) == ["Ana"]
    assert found(town, Condition("tag", Op.ANY_OF, (marathon, vip))) == ["Ana", "Ben"]
    assert found(town, Condition("tag", Op.NONE_OF, (marathon, vip))) == ["Cid", "Mia"]


def test_a_tie_counts_from_both_sides(town: Ground) -> None:
    assert found(town, Condition("tie", Op.ANY_OF, ("child",))) == ["Ana"]
    assert found(town, Condition("tie", Op.ANY_OF, ("parent",))) == ["Ben"]


def test_numbers_compare_as_numbers_and_not_as_letters(town: Ground) -> None:
    weight = code_of("Weight")

    assert found(town, Condition(weight, Op.AT_LEAST, ("70",))) == ["Ben", "Cid"]
    assert found(town, Condition(weight, Op.AT_MOST, ("70",))) == ["Ana", "Ben"]


def test_days_compare_as_days_and_an_empty_field_is_no_day(town: Ground) -> None:
    since = code_of("Trains since")

    assert found(town, Condition(since, Op.BEFORE, ("2025-01-01",))) == ["Ana"]
    assert found(town, Condition(since, Op.WITHIN_LAST, days=90)) == ["Cid"]
    assert found(town, Condition(since, Op.NEVER)) == ["Ben", "Mia"]


def test_choices_and_filled_in_fields_choose_people(town: Ground) -> None:
    assert found(town, Condition(code_of("Size"), Op.ANY_OF, ("M",))) == ["Ana", "Cid"]
    assert found(town, Condition(code_of("Page"), Op.IS)) == ["Ana"]


def test_town_and_postal_code_choose_by_the_newest_address(town: Ground) -> None:
    choices = known_traits()["postal_code"].choices

    assert found(town, Condition("postal_code", Op.ANY_OF, ("1213",))) == ["Ben"]
    assert found(town, Condition("town", Op.ANY_OF, ("Dhaka",))) == ["Ana", "Ben"]
    assert found(town, Condition("has_address", Op.IS_NOT)) == ["Cid", "Mia"]
    assert choices is not None
    assert choices(town.club_id) == [("1209", "1209"), ("1213", "1213")]


def test_a_field_that_is_asked_no_more_is_no_trait_any_more(app: Flask, town: Ground) -> None:
    code = code_of("Size")
    db.session.rollback()
    db.session.remove()

    with unit_of_work():
        field = field_by_public_id(code.removeprefix("own_"))
        assert field is not None
        retire_field(field, retired=True)

    assert code not in known_traits()
