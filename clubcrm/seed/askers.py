"""People who asked for a club and did not join: known by name, number and address."""

from datetime import datetime
from random import Random

from clubcrm.people.findability import words_of
from clubcrm.people.models import ContactKind, ContactPoint, Person, SearchWord
from clubcrm.people.rules.contacts import reversed_digits
from clubcrm.people.rules.naming import search_text, sort_name
from clubcrm.seed.faces import draw_face
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Life
from clubcrm.seed.order import public_id

SOURCE = "lead"
BEHIND_MEMBERS = 5_000_000


def write_asker(ground: Ground, life: Life, known: datetime, chance: Random) -> int:
    """Somebody who asked about when a member joined stands in the store; answers the key."""
    town = ground.calendars[life.town].town
    face = draw_face(town, BEHIND_MEMBERS + life.number, ground.order.last_day, chance)
    person_id = ground.store.sink(Person).add(
        public_id=public_id(chance),
        club_id=ground.club_ids[life.town],
        given_name=face.given,
        family_name=face.family,
        search_text=search_text([face.given, face.family], [face.email]),
        sort_name=sort_name(face.given, face.family),
        language=face.book.language,
        source=SOURCE,
        created_at=known,
        changed_at=known,
    )
    for kind, value in ((ContactKind.PHONE, face.phone), (ContactKind.EMAIL, face.email)):
        ground.store.sink(ContactPoint).add(
            person_id=person_id,
            kind=kind,
            value=value,
            as_typed=value,
            reversed_digits=reversed_digits(value) if kind is ContactKind.PHONE else None,
            created_at=known,
        )
    for kind_of_word, word in words_of(face.given, face.family, [face.email]):
        ground.store.sink(SearchWord).add(person_id=person_id, kind=kind_of_word, word=word)
    return person_id
