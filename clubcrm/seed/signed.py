"""What members have signed and handed in: contracts, waivers, medical certificates."""

import hashlib
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.clubs import ClubSetting
from clubcrm.seed.ground import Deed, Ground
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.offers import BY_KEY
from clubcrm.seed.order import public_id
from memberships.blocks.rules import BlockOwner
from memberships.documents.models import DocumentText, KeptDocument, Letterhead, Signature
from memberships.documents.queries import shipped
from memberships.documents.rules.kinds import LANGUAGES, DocumentKind, language_of
from memberships.documents.rules.wording import fingerprint
from memberships.waivers.models import MedicalCertificate, Waiver, WaiverVoid

SIGNED_KINDS = (DocumentKind.CONTRACT, DocumentKind.WAIVER)
STREETS = {
    "BD": "House 27, Road 11, Dhanmondi\nDhaka 1209",
    "NP": "Lazimpat Marg 14\nKathmandu 44600",
    "KZ": "Abai Avenue 52\nAlmaty 050000",
    "DE": "Torstraße 140\n10119 Berlin",
}
PHONES = {
    "BD": "+880 2 5500 1234",
    "NP": "+977 1 4001234",
    "KZ": "+7 727 250 1234",
    "DE": "+49 30 5550123",
}
EVERY_CONTRACT, EVERY_CERTIFICATE, EVERY_DRAWN, EVERY_VOID = 4, 37, 3, 9
PNG = b"\x89PNG\r\n\x1a\n"


class Signed:
    """Writes letterheads and texts first, then what each member signed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("signed")
        self._texts: dict[tuple[int, DocumentKind, str], int] = {}
        self._heads: list[int] = []
        self._club_fields: list[dict[str, str]] = []
        for place, club_id in enumerate(ground.club_ids):
            self._open_office(place, club_id)

    def about(self, life: Life, number: int) -> None:
        """The papers of one life stand in the store."""
        last = life.agreements[-1]
        if last.ends is not None and last.ends < self._ground.today:
            return
        if number % EVERY_CONTRACT == 0:
            self._contract(life, number, last)
        owners = {block.owner for block in self._ground.blocks.get(life.number, ())}
        if BlockOwner.WAIVER not in owners:
            self._waiver(life, number)
        if BlockOwner.MEDICAL in owners or number % EVERY_CERTIFICATE == 0:
            self._certificate(life, number, lapsed=BlockOwner.MEDICAL in owners)

    def _open_office(self, place: int, club_id: int) -> None:
        ground, town = self._ground, self._ground.calendars[place].town
        opened = datetime.combine(ground.order.first_day, time(8), ZoneInfo(town.zone))
        legal = f"{town.name} Ltd."
        address = STREETS.get(town.country, town.name)
        head = {"legal_name": legal, "address": address, "tax_id": f"BIN {club_id:09}-0101"}
        reach = {"phone": PHONES.get(town.country, "")}
        reach["email"] = f"hello@club{club_id}.example"
        self._heads.append(
            ground.store.sink(Letterhead).add(
                club_id=club_id, version=1, by=ground.actor("owner"), at=opened, **head, **reach
            )
        )
        self._club_fields.append(
            {
                "club_name": town.name,
                "legal_name": legal,
                "club_address": address.replace("\n", ", "),
                "club_phone": reach["phone"],
                "club_email": reach["email"],
                "tax_id": head["tax_id"],
            }
        )
        rules = {"mode": "block", "months": 12, "adult_age": 18}
        ground.store.sink(ClubSetting).add(
            club_id=club_id, name="waivers", value=rules, changed_at=opened
        )
        for kind in SIGNED_KINDS:
            for language in LANGUAGES:
                words = shipped(kind, language)
                self._texts[place, kind, language] = ground.store.sink(DocumentText).add(
                    club_id=club_id,
                    kind=kind,
                    language=language,
                    version=1,
                    title=words.title,
                    body=words.body,
                    by="system",
                    at=opened,
                )

    def _contract(self, life: Life, number: int, agreement: Agreement) -> None:
        ground, offer = self._ground, BY_KEY[agreement.offer]
        town = ground.calendars[life.town].town
        contract_id = ground.contract_ids[number][-1]
        language = language_of(ground.languages[number])
        starts, ends = (_day(one) for one in (agreement.starts, agreement.sold_ends))
        with force_locale(language):
            fields = {
                "payer_name": ground.names[number],
                "number": ground.contract_numbers[contract_id],
                "plan_name": offer.name,
                "starts_on": formats.day(starts) if starts else "",
                "ends_on": formats.day(ends) if ends else _("until cancelled"),
                "price": formats.money(ground.prices[life.town, agreement.offer], town.currency),
                "visits": str(offer.visits or _("as often as the hours allow")),
                "hours": "" if offer.hours else _("Any time"),
            }
        signed = self._moment(life, agreement.signed)
        self._keep(life, number, DocumentKind.CONTRACT, (contract_id, signed), fields)

    def _waiver(self, life: Life, number: int) -> None:
        ground = self._ground
        signed_on = max(life.joined, ground.today - 20 - number * 7 % 280)
        until = date.fromordinal(signed_on) + timedelta(days=365)
        with force_locale(language_of(ground.languages[number])):
            fields = {"valid_until": formats.day(until), "guardian_name": ""}
        person_id, signed = ground.person_ids[number], self._moment(life, signed_on)
        values = {
            "club_id": ground.club_ids[life.town],
            "person_id": person_id,
            "signed_on": date.fromordinal(signed_on),
            "valid_until": until,
            "by": ground.actor("desk"),
            "at": signed,
        }
        about = (person_id, signed)
        if number % EVERY_VOID == 0:
            # Signed by the wrong person first: void, and signed again on the spot.
            wrong = self._keep(life, number, DocumentKind.WAIVER, about, fields)
            first = ground.store.sink(Waiver).add(document_id=wrong, **values)
            ground.store.sink(WaiverVoid).add(
                waiver_id=first, reason=_("Somebody else signed"), by=values["by"], at=signed
            )
        document = self._keep(life, number, DocumentKind.WAIVER, about, fields)
        ground.store.sink(Waiver).add(document_id=document, **values)

    def _keep(
        self,
        life: Life,
        number: int,
        kind: DocumentKind,
        about: tuple[int, datetime],
        values: dict[str, str],
    ) -> int:
        ground, (subject_id, signed) = self._ground, about
        language = language_of(ground.languages[number])
        with force_locale(language):
            fields = {
                "member_name": ground.names[number],
                "member_birth_date": formats.day(ground.births[number]),
                "today": formats.day(signed.date()),
                **self._club_fields[life.town],
                **values,
            }
        words = shipped(kind, language)
        document = ground.store.sink(KeptDocument).add(
            public_id=public_id(self._chance),
            club_id=ground.club_ids[life.town],
            person_id=ground.person_ids[number],
            kind=kind,
            subject_kind=kind.value,
            subject_id=subject_id,
            text_id=self._texts[life.town, kind, language],
            letterhead_id=self._heads[life.town],
            language=language,
            fields=fields,
            sha256=fingerprint(words.title, words.body, fields),
            by=ground.actor("desk"),
            at=signed,
        )
        ground.store.sink(Signature).add(
            document_id=document,
            name=ground.names[number],
            strokes=self._scrawl() if number % EVERY_DRAWN == 0 else None,
            origin="Android, 10.0.0.0/24",
            by=ground.actor("desk"),
            at=signed,
        )
        return document

    def _scrawl(self) -> list[list[list[int]]]:
        chance, x = self._chance, 40
        stroke = []
        while x < 480:
            stroke.append([x, chance.randrange(40, 160)])
            x += chance.randrange(14, 38)
        return [stroke]

    def _certificate(self, life: Life, number: int, *, lapsed: bool) -> None:
        ground = self._ground
        until = ground.today - 1 if lapsed else ground.today + 5 + number % 300
        handed = self._moment(life, max(life.joined, ground.today - 60 - number % 200))
        name = public_id(self._chance)
        content = PNG + name.encode()
        path = f"medical/{name[:2]}/{name}.png"
        target = ground.files / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        certificate = ground.store.sink(MedicalCertificate).add(
            public_id=name,
            club_id=ground.club_ids[life.town],
            person_id=ground.person_ids[number],
            valid_until=date.fromordinal(until),
            media_type="image/png",
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            path=path,
            added_by=ground.actor("desk"),
            added_at=handed,
        )
        kept = {"valid_until": date.fromordinal(until).isoformat()}
        unit, desk = ground.unit("medical", certificate), ground.actor("desk")
        ground.deeds.append(
            Deed(handed, desk, "medical.added", "medical_certificate", certificate, kept, unit)
        )

    def _moment(self, life: Life, day: int) -> datetime:
        zone = ZoneInfo(self._ground.calendars[life.town].town.zone)
        wall = datetime.combine(date.fromordinal(day), time(11, life.number % 60), zone)
        return min(wall, self._ground.order.moment)


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
