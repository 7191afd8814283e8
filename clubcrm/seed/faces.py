"""Who a member is to the eye and the phone book: names in several scripts, age, phone, family."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from clubcrm.seed import names
from clubcrm.seed.names import NameBook, draw_book
from clubcrm.seed.towns import Town

MAIL_HOST = "mail.example"
YEAR_DAYS = 365.25
_SOUNDS = "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        _SOUNDS.split(),
        strict=True,
    )
)


@dataclass(slots=True)
class Face:
    """One member's outer facts, drawn before anything is written."""

    given: str
    family: str
    book: NameBook
    woman: bool
    birth: date
    phone: str
    email: str
    is_child: bool = False


def draw_face(town: Town, number: int, today: date, chance: Random) -> Face:
    """Somebody of the town who is related to nobody."""
    book = draw_book(town.books, chance)
    woman = chance.random() < 0.5
    given = chance.choice(book.women if woman else book.men)
    family = book.family(chance.randrange(len(book.families)), woman=woman)
    low = 10 ** (town.phone_digits - 1)
    age = min(78.0, max(16.0, chance.gauss(33, 11)))
    return Face(
        given=given,
        family=family,
        book=book,
        woman=woman,
        birth=today - timedelta(days=int(age * YEAR_DAYS)),
        phone=f"{town.phone_prefix}{chance.randrange(low, 10 * low)}",
        email=_address(book, given, family, number),
    )


def join_family(face: Face, relative: Face, today: date, chance: Random) -> None:
    """The person shares name and phone with the relative, perhaps the e-mail; some are young."""
    book = face.book = relative.book
    forms = book.families
    if relative.woman and book.families_of_women:
        forms = book.families_of_women
    face.given = chance.choice(book.women if face.woman else book.men)
    face.family = book.family(forms.index(relative.family), woman=face.woman)
    face.phone = relative.phone
    if chance.random() < 0.5:
        face.email = relative.email
    if not relative.is_child and chance.random() < 0.3:
        face.birth = today - timedelta(days=chance.randrange(13 * 365, 18 * 365))
        face.is_child = True


def _address(book: NameBook, given: str, family: str, number: int) -> str:
    return f"{_roman(book, given)}.{_roman(book, family)}{number}@{MAIL_HOST}"


_LATIN_OF = {
    native: latin
    for book, roman in (
        (names.BENGALI, names.BENGALI_LATIN),
        (names.NEPALI, names.NEPALI_LATIN),
    )
    for natives, latins in (
        (book.women, roman.women),
        (book.men, roman.men),
        (book.families, roman.families),
    )
    for native, latin in zip(natives, latins, strict=True)
}


@lru_cache(maxsize=1024)
def _roman(book: NameBook, name: str) -> str:
    latin = _LATIN_OF.get(name, name).lower()
    letters = "".join(CYRILLIC.get(letter, letter) for letter in latin)
    plain = "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
    return plain or book.language
