"""Texts with versions, kept documents, signatures: nothing that is kept is ever written anew."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.ledger import LedgerError
from memberships.documents.models import DocumentText
from memberships.documents.papers import kept_reading, reading_of
from memberships.documents.queries import (
    altered_documents,
    head_at,
    kept_about,
    shipped,
    signatures_of,
    versions_of,
    words_at,
)
from memberships.documents.rules.kinds import DocumentKind
from memberships.documents.services import (
    HeadDraft,
    KeepOrder,
    Signer,
    TextDraft,
    keep_text,
    save_letterhead,
    save_text,
    sign_document,
)
from tests.guards import unlock

OLGA = "user:1"
WAIVER = DocumentKind.WAIVER
DRAFT = TextDraft(WAIVER, "en", "Waiver", "I, {member_name}, train at my own risk.")
DRAWN = "[[[10,10],[200,120],[300,20]]]"


def order(cast, **changed) -> KeepOrder:
    mia = cast.members["Mia"]
    return replace(
        KeepOrder(cast.club, WAIVER, "waiver", mia, mia, "en", {"member_name": "Mia Rahman"}),
        **changed,
    )


def test_the_first_change_keeps_the_shipped_words_as_version_one(unit, cast):
    save_text(cast.club, DRAFT, by=OLGA)

    two, one = versions_of(cast.club, WAIVER, "en")
    assert (one.version, one.body, one.by) == (1, shipped(WAIVER, "en").body, "system")
    assert (two.version, two.body, two.by) == (2, DRAFT.body, OLGA)
    assert words_at(cast.club, WAIVER, "en").body == DRAFT.body
    assert words_at(cast.club, WAIVER, "bn").version == 0


def test_a_text_with_a_wrong_placeholder_is_not_saved(unit, cast):
    with pytest.raises(DomainError) as caught:
        save_text(cast.club, replace(DRAFT, body="I, {name}, agree."), by=OLGA)

    assert caught.value.fields[0].message == (
        "Nobody knows {name}. Use the placeholders of the list. This text needs {member_name}."
    )
    assert versions_of(cast.club, WAIVER, "en") == []


def test_two_owners_do_not_overwrite_each_other(unit, cast):
    save_text(cast.club, replace(DRAFT, seen_version=0), by=OLGA)

    with pytest.raises(DomainError, match="STALE"):
        save_text(cast.club, replace(DRAFT, seen_version=0), by="user:2")


def test_a_kept_document_reads_the_same_after_text_and_letterhead_changed(unit, cast):
    save_letterhead(cast.club, HeadDraft("Old Name Ltd.", "Old Street"), by=OLGA)
    kept = keep_text(order(cast), by="user:4")
    before = kept_reading(kept)

    save_text(cast.club, DRAFT, by=OLGA)
    save_letterhead(cast.club, HeadDraft("New Name Ltd.", "New Street"), by=OLGA)

    assert kept_reading(kept) == before
    assert before.version == 1
    assert kept_about("waiver", cast.members["Mia"]) is kept
    assert altered_documents() == []


def test_what_was_read_is_what_is_kept(unit, cast):
    seen = reading_of(words_at(cast.club, WAIVER, "en"), {"member_name": "Mia Rahman"}).sha256
    kept = keep_text(order(cast, seen_sha256=seen), by=OLGA)
    assert kept.sha256 == seen

    save_text(cast.club, DRAFT, by=OLGA)
    with pytest.raises(DomainError, match="TEXT_CHANGED"):
        keep_text(order(cast, seen_sha256=seen), by=OLGA)


def test_a_name_is_drawn_or_typed_and_stands_with_time_and_place(unit, cast):
    kept = keep_text(order(cast), by=OLGA)
    sign_document(kept, Signer("Mia Rahman", DRAWN, "Android, 10.0.0.0/24"), by="member:1")
    sign_document(kept, Signer("Rahima Khatun", as_guardian=True), by="user:4")

    drawn, typed = signatures_of(kept.id)
    assert (drawn.name, drawn.strokes) == ("Mia Rahman", [[[10, 10], [200, 120], [300, 20]]])
    assert (drawn.origin, drawn.by) == ("Android, 10.0.0.0/24", "member:1")
    assert (typed.strokes, typed.as_guardian) == (None, True)
    assert drawn.at is not None


@pytest.mark.parametrize(
    ("signer", "field"),
    [
        (Signer(""), "signed_name"),
        (Signer("X"), "signed_name"),
        (Signer("Mia", "[[[1,1]]]"), "signature"),
        (Signer("Mia", "<svg onload=x>"), "signature"),
    ],
)
def test_a_signature_without_name_or_ink_is_refused(unit, cast, signer, field):
    kept = keep_text(order(cast), by=OLGA)

    with pytest.raises(DomainError) as caught:
        sign_document(kept, signer, by=OLGA)

    assert caught.value.fields[0].field == field
    assert signatures_of(kept.id) == []


def test_kept_documents_refuse_change_in_python_and_in_the_store(unit, cast):
    kept = keep_text(order(cast), by=OLGA)
    sign_document(kept, Signer("Mia Rahman"), by=OLGA)
    save_letterhead(cast.club, HeadDraft("A Ltd."), by=OLGA)

    for table in ("kept_document", "signature", "document_text", "letterhead"):
        with pytest.raises(DatabaseError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(f"UPDATE {table} SET id = id"))
    kept.sha256 = "0" * 64
    with pytest.raises(LedgerError):
        db.session.flush()


def test_a_text_that_was_tampered_with_in_the_store_is_found(unit, cast):
    keep_text(order(cast), by=OLGA)
    unlock("document_text")
    db.session.execute(DocumentText.__table__.update().values(body="I owe everything."))
    db.session.expire_all()

    (found,) = altered_documents()
    assert "its words are not those that were kept" in found


def test_two_first_documents_share_one_stored_text(unit, cast):
    one = keep_text(order(cast), by=OLGA)
    other = keep_text(order(cast), by=OLGA)

    assert one.text_id == other.text_id
    assert len(versions_of(cast.club, WAIVER, "en")) == 1


def test_a_letterhead_keeps_its_logo_until_it_is_taken_off(unit, cast, app):
    from clubcrm.core.clubs import Club  # noqa: PLC0415 - a row of the core

    club = db.session.get_one(Club, cast.club)
    assert head_at(club).legal_name == "Dhanmondi"
    save_letterhead(club.id, HeadDraft("A Ltd.", logo="data:image/png;base64,AA=="), by=OLGA)
    save_letterhead(club.id, HeadDraft("B Ltd."), by=OLGA)
    assert (head_at(club).legal_name, head_at(club).logo[:10]) == ("B Ltd.", "data:image")
    save_letterhead(club.id, HeadDraft("B Ltd.", logo=""), by=OLGA)
    assert head_at(club).logo == ""
