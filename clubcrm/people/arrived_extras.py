"""Services: what tables tell beside people is written in bulk: addresses, tags, own fields."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.text import fold
from clubcrm.people.about_tables import OwnField, OwnValue, PersonTag, Tag
from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.addresses import address_line
from clubcrm.people.models import SearchWord, WordKind
from clubcrm.people.rules.drafts import Extras
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.profiles import handle_of
from clubcrm.people.tagging import tag_named

Told = Sequence[tuple[int, Extras]]


def write_extras(told: Told, *, by: str) -> None:
    """The new people have their addresses, tags and own fields; a few statements for each kind."""
    _addresses(told, by)
    _tags(told, by)
    _own_fields(told, by)


def _addresses(told: Told, by: str) -> None:
    moment = clock.now()
    lines = [
        address_line(person_id, extras.address, by) | {"at": moment}
        for person_id, extras in told
        if extras.address
    ]
    if lines:
        db.session.execute(insert(PostalAddress), lines)


def _tags(told: Told, by: str) -> None:
    named = {fold(name): name for _person, extras in told for name in extras.tags}
    if not named:
        return
    known = {
        row.folded: row.id
        for row in db.session.execute(select(Tag.folded, Tag.id).where(Tag.folded.in_(named)))
    }
    for folded, name in named.items():
        if folded not in known:
            known[folded] = tag_named(name, by).id
    moment = clock.now()
    lines = [
        {"person_id": person_id, "tag_id": known[fold(name)], "put_at": moment, "put_by": by}
        for person_id, extras in told
        for name in extras.tags
    ]
    db.session.execute(insert(PersonTag), lines)


def _own_fields(told: Told, by: str) -> None:
    moment = clock.now()
    lines = [
        {
            "person_id": person_id,
            "field_id": field_id,
            "value": value,
            "changed_at": moment,
            "changed_by": by,
        }
        for person_id, extras in told
        for field_id, value in extras.own
        if value
    ]
    if not lines:
        return
    db.session.execute(insert(OwnValue), lines)
    links = set(db.session.scalars(select(OwnField.id).where(OwnField.kind == OwnKind.LINK)))
    words = {
        (line["person_id"], handle_of(str(line["value"])))
        for line in lines
        if line["field_id"] in links
    }
    known = {
        (row.person_id, row.word)
        for row in db.session.execute(
            select(SearchWord.person_id, SearchWord.word).where(
                SearchWord.kind == WordKind.NUMBER,
                SearchWord.person_id.in_({person_id for person_id, _word in words}),
            )
        )
    }
    found = [
        {"person_id": person_id, "kind": WordKind.NUMBER, "word": word}
        for person_id, word in sorted(words - known, key=str)
        if word
    ]
    if found:
        db.session.execute(insert(SearchWord), found)
