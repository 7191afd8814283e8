"""Rules: which column of somebody's table holds which field, guessed by name or told."""

import re
from collections.abc import Mapping, Sequence

from clubcrm.core.errors import invalid
from clubcrm.core.text import fold

_JOINTS = re.compile(r"[\s_\-./:#№]+")

# Names of columns as exports of other systems and people's own tables write them.
NAMES: Mapping[str, tuple[str, ...]] = {
    "external_ref": (
        "id", "member id", "memberid", "member no", "member number", "customer id", "client id",
        "membership no", "membership number", "no", "nr", "mitgliedsnummer", "mitglied nr",
        "номер", "код", "id клиента", "номер карты", "সদস্য নম্বর", "আইডি", "सदस्य नम्बर",
    ),
    "full_name": (
        "name", "full name", "member", "member name", "client", "customer", "kunde", "фио",
        "клиент", "полное имя", "নাম", "পুরো নাম", "नाम", "पूरा नाम",
    ),
    "given_name": (
        "first name", "firstname", "given name", "forename", "vorname", "имя", "প্রথম নাম",
        "पहिलो नाम",
    ),
    "family_name": (
        "last name", "lastname", "surname", "family name", "nachname", "фамилия", "শেষ নাম", "পদবি",
        "थर",
    ),
    "phone": (
        "phone", "mobile", "mobile phone", "phone number", "mobile number", "mobile no", "phone no",
        "cell", "cell phone", "tel", "tel no", "telephone", "contact number", "contact no",
        "telefon", "handy", "телефон", "мобильный", "мобильный телефон", "тел", "ফোন", "মোবাইল",
        "ফোন নম্বর", "मोबाइल", "फोन",
    ),
    "email": (
        "email", "e mail", "mail", "email address", "e mail address", "почта", "эл почта",
        "электронная почта", "ইমেইল", "ই মেইল", "इमेल",
    ),
    "birth_date": (
        "birth date", "birthdate", "date of birth", "dob", "birthday", "born", "geburtsdatum",
        "geburtstag", "дата рождения", "др", "день рождения", "জন্ম তারিখ", "জন্মদিন", "जन्म मिति",
    ),
    "language": ("language", "lang", "sprache", "язык", "ভাষা", "भाषा"),
    "desk_note": (
        "note", "notes", "remark", "remarks", "comment", "comments", "bemerkung", "notiz",
        "комментарий", "примечание", "মন্তব্য", "टिप्पणी",
    ),
    "street": (
        "street", "address", "street address", "address line 1", "postal address", "strasse",
        "straße", "adresse", "адрес", "улица", "ঠিকানা", "ठेगाना",
    ),
    "city": ("city", "town", "locality", "ort", "stadt", "город", "শহর", "सहर"),
    "region": ("region", "state", "province", "county", "область", "регион", "জেলা", "प्रदेश"),
    "postal_code": (
        "postal code", "postcode", "post code", "zip", "zip code", "pin code", "plz", "индекс",
        "পোস্ট কোড", "पोस्टल कोड",
    ),
    "country": ("country", "land", "страна", "দেশ", "देश"),
    "tags": ("tags", "tag", "labels", "groups", "метки", "теги", "ট্যাগ", "ट्याग"),
}  # fmt: skip
FIELDS = tuple(NAMES)
ColumnMap = dict[str, str]


def plain_name(column: str) -> str:
    """Return the name of a column without the signs people join words with."""
    return _JOINTS.sub(" ", fold(column)).strip()


def guess_columns(columns: Sequence[str], own: Mapping[str, str] | None = None) -> ColumnMap:
    """Return field -> column for the columns whose names are known; the first one wins.

    `own` are the labels of the club's own fields, which win over what others call a column.
    """
    known = {plain_name(name): field for field, names in NAMES.items() for name in names}
    known.update({plain_name(field): field for field in FIELDS})
    known.update({plain_name(label): field for field, label in (own or {}).items()})
    found: ColumnMap = {}
    for column in columns:
        field = known.get(plain_name(column))
        if field is not None:
            found.setdefault(field, column)
    if "given_name" in found and "family_name" in found:
        found.pop("full_name", None)
    return found


def told_columns(
    told: Mapping[str, str], columns: Sequence[str], own: Mapping[str, str] | None = None
) -> ColumnMap:
    """Return the map somebody gave; raises INVALID_INPUT for unknown fields or columns."""
    by_name = {plain_name(column): column for column in columns}
    found: ColumnMap = {}
    for field, column in told.items():
        if field not in FIELDS and field not in (own or {}):
            raise invalid({"mapping": "There is no such field."})
        if column and plain_name(column) not in by_name:
            raise invalid({"mapping": "The table has no such column."})
        if column:
            found[field] = by_name[plain_name(column)]
    return found


def check_columns(found: ColumnMap) -> None:
    """Pass silently when the map leads to a name; raises INVALID_INPUT otherwise."""
    if not {"full_name", "given_name"} & set(found):
        raise invalid({"mapping": "No column holds the name. Say which one it is."})
