"""People who stand in the books twice, some joined since, one erased; and what was corrected."""

from datetime import datetime, timedelta

from clubcrm.people.findability import words_of
from clubcrm.people.key_tables import ImportKey
from clubcrm.people.merge_tables import DoublePair, Fate, PersonMerge, PersonMergePart
from clubcrm.people.models import ContactKind, ContactPoint, Note, Person, SearchWord
from clubcrm.people.privacy_tables import Erasure, PersonChange
from clubcrm.people.rules.likeness import Reason
from clubcrm.people.rules.merging import UNDO_FOR
from clubcrm.people.rules.naming import search_text, sort_name
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id

SCORE = 85
PAIRS_PER_CLUB = 6
EVERY_CORRECTION = 17


def write_doubles(ground: Ground) -> None:
    """Some members were registered a second time, and people were corrected now and then."""
    chance = ground.order.chance("doubles")
    written: dict[int, int] = {}
    for life in ground.lives:
        if life.number % EVERY_CORRECTION == 4:
            _correct(ground, life.number)
        email = ground.mailable[life.number]
        if email is None or written.get(life.town, 0) >= PAIRS_PER_CLUB:
            continue
        turn = written[life.town] = written.get(life.town, 0) + 1
        if turn == 1:
            _joined(ground, life.town, life.number, public_id(chance), public_id(chance))
        else:
            _twice(ground, life.town, life.number, email, public_id(chance))
    _erased(ground, public_id(chance), public_id(chance))
    _brought_in(ground)


def _person(ground: Ground, town: int, name: str, number: str, at: datetime) -> int:
    given, _space, family = name.partition(" ")
    return ground.store.sink(Person).add(
        public_id=number,
        club_id=ground.club_ids[town],
        given_name=given,
        family_name=family,
        search_text=search_text([given, family], []) if name else "",
        sort_name=sort_name(given, family) if name else "",
        birth_date=None,
        language=None,
        photo_id=None,
        desk_note="",
        guardian_id=None,
        do_not_contact=not name,
        source="web",
        external_ref=None,
        created_at=at,
        changed_at=at,
    )


def _twice(ground: Ground, town: int, number: int, email: str, public: str) -> None:
    """The member wrote the form on the web as well: a record with his name and e-mail, no more."""
    at = ground.order.moment - timedelta(days=3 + number % 40)
    name = ground.names[number]
    second = _person(ground, town, name, public, at)
    ground.store.sink(ContactPoint).add(
        person_id=second,
        kind=ContactKind.EMAIL,
        value=email,
        as_typed=email,
        reversed_digits=None,
        state_why="",
        is_primary=True,
        created_at=at,
    )
    given, _space, family = name.partition(" ")
    for kind, word in words_of(given, family, [email]):
        ground.store.sink(SearchWord).add(person_id=second, kind=kind, word=word)
    ground.store.sink(DoublePair).add(
        club_id=ground.club_ids[town],
        one_id=ground.person_ids[number],
        other_id=second,
        score=SCORE,
        reasons=[Reason.EMAIL.value, Reason.NAME.value],
        found_at=ground.order.moment - timedelta(hours=8),
        decided_at=None,
        decided_by="",
    )


def _joined(ground: Ground, town: int, number: int, public: str, own: str) -> None:
    """A second record went into the member's own last week, with the note that hung on it."""
    at = ground.order.moment - timedelta(days=6)
    kept, name = ground.person_ids[number], ground.names[number]
    gone = _person(ground, town, "", public, at - timedelta(days=50))
    note = ground.store.sink(Note).add(
        person_id=kept, author_id=ground.staff["desk"], text="Asked about a trial.", at=at
    )
    given, _space, family = name.partition(" ")
    merge_id = ground.store.sink(PersonMerge).add(
        public_id=own,
        club_id=ground.club_ids[town],
        kept_id=kept,
        gone_id=gone,
        gone={
            "given_name": given,
            "family_name": family,
            "search_text": search_text([given, family], []),
            "sort_name": sort_name(given, family),
            "do_not_contact": False,
        },
        changes={"id": [kept, kept], "version": [0, 1]},
        shift=0,
        merged_at=at,
        merged_by=ground.actor("manager"),
        undo_until=at + UNDO_FOR,
        undone_at=None,
        undone_by="",
        sealed_at=None,
    )
    ground.store.sink(PersonMergePart).add(
        merge_id=merge_id,
        table_name="note",
        column_name="person_id",
        fate=Fate.MOVED,
        rows=[{"id": note}],
    )


def _erased(ground: Ground, public: str, own: str) -> None:
    """Somebody who only ever asked wanted to be forgotten, and is."""
    at = ground.order.moment - timedelta(days=20)
    person_id = _person(ground, 0, "", public, at - timedelta(days=200))
    ground.store.sink(Erasure).add(
        public_id=own,
        club_id=ground.club_ids[0],
        person_id=person_id,
        cause="wish",
        asked_by=ground.actor("manager"),
        begun_at=at,
        finished_at=at,
        certificate={"erased": {"contact_point": 2, "note": 1}, "kept": {}, "files": 0},
    )


def _brought_in(ground: Ground) -> None:
    """The first contracts of the first club came from the books of its former owner."""
    for number, contract_ids in enumerate(ground.contract_ids[:5]):
        ground.store.sink(ImportKey).add(
            club_id=ground.club_ids[ground.lives[number].town],
            kind="contracts",
            source="import",
            key=f"old-{number + 1}",
            subject_id=contract_ids[0],
            kept_at=ground.order.moment - timedelta(days=300),
        )


def _correct(ground: Ground, number: int) -> None:
    """A desk note was written anew some weeks ago."""
    at = ground.order.moment - timedelta(days=5 + number % 60)
    ground.store.sink(PersonChange).add(
        person_id=ground.person_ids[number],
        field="desk_note",
        old="",
        new="Ask for the waiver",
        by=ground.actor("desk"),
        at=at,
        unit_id="",
    )
