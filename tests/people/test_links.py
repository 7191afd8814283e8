"""Mia's links: each opens one page, for one purpose, until its hour."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.people.links import make_link, open_link, revoke_links
from clubcrm.people.models import MemberLink

FRANK = "user:4"


def ledger_link(cast, hours: int | None = 2, subject: str = "") -> str:
    until = clock.now() + timedelta(hours=hours) if hours else None
    return make_link(cast.members["Mia"], "ledger", subject_id=subject, expires_at=until, by=FRANK)


def test_link_opens_what_it_was_made_for(unit, cast):
    token = ledger_link(cast, subject="7")

    opened = open_link("ledger", token)

    assert opened is not None
    assert (opened.person_id, opened.subject_id) == (cast.members["Mia"], "7")


def test_link_of_one_purpose_opens_no_other_page(unit, cast):
    assert open_link("renewal", ledger_link(cast)) is None


def test_link_is_over_at_its_hour(unit, cast):
    with time_machine.travel("2026-11-26 10:00:00+00:00", tick=False) as traveller:
        token = ledger_link(cast, hours=2)
        traveller.shift(timedelta(hours=2, seconds=-1))
        assert open_link("ledger", token) is not None
        traveller.shift(timedelta(seconds=1))
        assert open_link("ledger", token) is None


def test_link_without_an_hour_stays_good(unit, cast):
    with time_machine.travel("2026-11-26 10:00:00+00:00", tick=False) as traveller:
        token = ledger_link(cast, hours=None)
        traveller.shift(timedelta(days=800))
        assert open_link("ledger", token) is not None


def test_links_taken_back_open_nothing(unit, cast):
    kept, gone = ledger_link(cast, subject="1"), ledger_link(cast, subject="2")

    assert revoke_links(cast.members["Mia"], "ledger", subject_id="2") == 1

    assert open_link("ledger", kept) is not None
    assert open_link("ledger", gone) is None
    assert revoke_links(cast.members["Mia"], "ledger") == 1
    assert open_link("ledger", kept) is None


def test_store_does_not_know_the_token(unit, cast):
    token = ledger_link(cast)

    row = db.session.scalars(select(MemberLink)).one()
    assert token not in repr(vars(row))


@pytest.mark.parametrize("token", ["", "x", "x" * 65, "ключ", "a" * 24, "../../etc"])
def test_words_that_are_no_token_open_nothing(unit, cast, token):
    ledger_link(cast)

    assert open_link("ledger", token) is None
