"""The people: names, ways to reach them, consents, families, pictures, cards and PINs."""

from datetime import datetime, timedelta
from random import Random

from access_control.models import Credential
from access_control.rules.codes import CredentialKind
from clubcrm.people.findability import words_of
from clubcrm.people.models import (
    Channel,
    Consent,
    ContactKind,
    ContactPoint,
    MemberLink,
    Note,
    Person,
    Purpose,
    SearchWord,
    StoredFile,
    WordKind,
)
from clubcrm.people.rules.contacts import reversed_digits
from clubcrm.people.rules.naming import search_text, sort_name
from clubcrm.seed.faces import Face, draw_face, join_family
from clubcrm.seed.ground import Ground, instant
from clubcrm.seed.lives import Life
from clubcrm.seed.order import hexadecimal, public_id
from clubcrm.seed.portraits import Picture, draw_portrait

FIRST_PIN = 1001
MOST_PICTURES = 120
NOTES = (
    "Prefers to be called in the evening.",
    "Asked about the sauna hours.",
    "Trains for a half marathon in spring.",
    "Left knee: no jumping.",
    "Came through a friend who trains here.",
)
DESK_NOTES = ("Locker key 14 is out", "Towel service", "Ask for the waiver", "Parks in the yard")


class Crowd:
    """Writes people in the order of their numbers; families follow one another."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("crowd")
        self._last: Face | None = None
        self._last_town = -1
        self._pictures = _pictures(ground)

    def write(self, life: Life) -> None:
        """The person of a life stands in the store with contacts, consents and credentials."""
        ground, chance = self._ground, ground_chance(self._ground, life)
        face, guardian_id = self._face(life, chance)
        second = ground.calendars[life.town].second(life.joined, 600 + life.number % 500)
        joined = min(instant(second), ground.order.moment)
        woman = face.woman
        photo = self._photo(joined, chance, woman=woman) if chance.random() < 0.72 else None
        person_id = ground.store.sink(Person).add(
            public_id=public_id(chance),
            club_id=ground.club_ids[life.town],
            given_name=face.given,
            family_name=face.family,
            search_text=search_text([face.given, face.family], [face.email]),
            sort_name=sort_name(face.given, face.family),
            birth_date=face.birth,
            language=face.book.language,
            photo_id=photo,
            desk_note=chance.choice(DESK_NOTES) if chance.random() < 0.05 else "",
            guardian_id=guardian_id,
            do_not_contact=chance.random() < 0.01,
            source="desk" if chance.random() < 0.7 else "web",
            external_ref=None,
            created_at=joined,
            changed_at=joined,
        )
        ground.person_ids.append(person_id)
        ground.births.append(face.birth)
        ground.names.append(f"{face.given} {face.family}".strip())
        ground.languages.append(face.book.language)
        ground.with_photo.append(photo is not None)
        self._reach(person_id, face, joined, chance)
        self._credentials(person_id, life, joined, chance)
        if chance.random() < 0.06:
            ground.store.sink(Note).add(
                person_id=person_id,
                author_id=ground.staff["trainer"],
                text=chance.choice(NOTES),
                at=min(joined + timedelta(days=chance.randrange(60)), ground.order.moment),
            )
        if life.number % 9 == 0:
            self._link(person_id, joined, chance)

    def _link(self, person_id: int, joined: datetime, chance: Random) -> None:
        self._ground.store.sink(MemberLink).add(
            person_id=person_id,
            purpose="ledger",
            digest=hexadecimal(chance, 64),
            expires_at=joined + timedelta(days=400),
            made_by=self._ground.actor("desk"),
            made_at=joined,
        )

    def _photo(self, taken_at: datetime, chance: Random, *, woman: bool) -> int:
        picture = chance.choice(self._pictures[woman])
        name = public_id(chance)
        return self._ground.store.sink(StoredFile).add(
            public_id=name,
            media_type="image/jpeg",
            size_bytes=len(picture.content),
            sha256=picture.fingerprint,
            path=picture.keep(self._ground.files, name),
            created_at=taken_at,
        )

    def _face(self, life: Life, chance: Random) -> tuple[Face, int | None]:
        ground = self._ground
        today = ground.order.last_day
        face = draw_face(ground.calendars[life.town].town, life.number, today, chance)
        relative = self._last if self._last_town == life.town else None
        if relative is not None and chance.random() < 0.14:
            join_family(face, relative, today, chance)
        self._last, self._last_town = face, life.town
        return face, ground.person_ids[-1] if face.is_child else None

    def _reach(self, person_id: int, face: Face, joined: datetime, chance: Random) -> None:
        store = self._ground.store
        contacts = [(ContactKind.PHONE, face.phone)] if chance.random() < 0.97 else []
        if chance.random() < 0.86:
            contacts.append((ContactKind.EMAIL, face.email))
        emails = [value for kind, value in contacts if kind is ContactKind.EMAIL]
        self._ground.mailable.append(emails[0] if emails else None)
        for kind, value in contacts:
            digits = reversed_digits(value) if kind is ContactKind.PHONE else None
            store.sink(ContactPoint).add(
                person_id=person_id,
                kind=kind,
                value=value,
                as_typed=value,
                reversed_digits=digits,
                created_at=joined,
            )
        for kind_of_word, word in words_of(face.given, face.family, emails):
            store.sink(SearchWord).add(person_id=person_id, kind=kind_of_word, word=word)
        by_mail = chance.random() < 0.84
        self._ground.agreeing.append(by_mail)
        for channel in (Channel.EMAIL, Channel.SMS):
            store.sink(Consent).add(
                person_id=person_id,
                channel=channel,
                purpose=Purpose.MARKETING,
                given=by_mail if channel is Channel.EMAIL else chance.random() < 0.7,
                text_version="2023-01",
                source="contract",
                by=self._ground.actor("sales"),
                at=joined,
            )

    def _credentials(self, person_id: int, life: Life, joined: datetime, chance: Random) -> None:
        ground = self._ground
        pin = str(FIRST_PIN + life.number)
        sink = ground.store.sink(Credential)
        shared = {"person_id": person_id, "issued_at": joined, "issued_by": ground.actor("desk")}
        ground.pins.append(pin)
        ground.pin_ids.append(sink.add(kind=CredentialKind.PIN, value=pin, as_typed=pin, **shared))
        if chance.random() < 0.65:
            card = str(10_000_000 + life.number * 37 + chance.randrange(37))
            sink.add(kind=CredentialKind.CARD, value=card, as_typed=card, **shared)
            ground.store.sink(SearchWord).add(person_id=person_id, kind=WordKind.NUMBER, word=card)


def ground_chance(ground: Ground, life: Life) -> Random:
    """The source of chance of one person."""
    return ground.order.chance("person", life.number)


def _pictures(ground: Ground) -> dict[bool, list[Picture]]:
    chance = ground.order.chance("portraits")
    found: dict[bool, list[Picture]] = {True: [], False: []}
    for number in range(max(4, min(MOST_PICTURES, ground.order.members // 4))):
        woman = number % 2 == 0
        content = draw_portrait(chance, woman=woman, dark=number % 4 < 2)
        found[woman].append(Picture(content))
    return found
