"""What is ordered: how many members, how many years back, which chance, until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from random import Random

from clubcrm.core.types import PUBLIC_ALPHABET, PUBLIC_LENGTH

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class SeedOrder:
    """One order; history ends at `moment`, and everything follows from these values alone."""

    members: int
    years: float
    seed: int
    clubs: int
    moment: datetime

    @property
    def first_day(self) -> date:
        """The first day of the history."""
        return self.last_day - timedelta(days=round(self.years * YEAR_DAYS))

    @property
    def last_day(self) -> date:
        """The day of the moment, in UTC; a club's own day may be the next one already."""
        return self.moment.date()

    def chance(self, *purpose: object) -> Random:
        """A source of chance of its own for one purpose, so that order of work changes nothing."""
        return Random(f"{self.seed}/{'/'.join(map(str, purpose))}")  # noqa: S311 - no secret


# Each byte of chance is a letter; that some letters are a little rarer matters to nobody here.
_LETTERS = bytes(ord(PUBLIC_ALPHABET[one % len(PUBLIC_ALPHABET)]) for one in range(256))


def public_id(chance: Random) -> str:
    """A public id in the store's alphabet and length; about 68 bits of the given chance."""
    return chance.randbytes(PUBLIC_LENGTH).translate(_LETTERS).decode()


class Numbered:
    """Public ids that follow from a number alone, whoever asks and in whatever order."""

    def __init__(self, order: SeedOrder, purpose: str) -> None:
        key = f"{order.seed}/{purpose}".encode()
        self._begun = blake2b(digest_size=PUBLIC_LENGTH, key=key)

    def public_id(self, number: int) -> str:
        """The public id of the number."""
        told = self._begun.copy()
        told.update(number.to_bytes(8, "big"))
        return told.digest().translate(_LETTERS).decode()


def hexadecimal(chance: Random, digits: int) -> str:
    """So many hexadecimal digits; stands where a hash of something nobody holds is wanted."""
    return f"{chance.getrandbits(4 * digits):0{digits}x}"
