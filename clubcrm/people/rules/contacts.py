"""Rules: phone numbers and e-mail addresses in one normal form, whatever was typed."""

import re

import phonenumbers

from clubcrm.core.errors import invalid
from clubcrm.core.text import ascii_digits, clean

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
FEWEST_DIGITS = 4
_PHONE_LETTERS = re.compile(r"[+0-9 ().\-/\u00a0\u2010-\u2015]+")
_LOCAL_PART = re.compile(r"[^\s@<>()\[\]\\,;:\"]+")
_HOST_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")
_NOT_DIGITS = re.compile(r"[^0-9]")


def phone_number(typed: str, country: str, field: str = "phone") -> str:
    """Return the number in E.164, such as +8801711123456; a local one is read in the country.

    Digits of any script are taken. Raises INVALID_INPUT naming the field.
    """
    text = ascii_digits(clean(typed, field, longest=60))
    if not _PHONE_LETTERS.fullmatch(text):
        raise invalid({field: "A phone number has digits, spaces, brackets, a plus sign."})
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise invalid({field: "This is not a phone number."}) from error
    verdict = phonenumbers.is_possible_number_with_reason(number)
    is_short = number.national_number < 10 ** (FEWEST_DIGITS - 1)
    if verdict == phonenumbers.ValidationResult.IS_POSSIBLE and not is_short:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if verdict == phonenumbers.ValidationResult.TOO_LONG:
        raise invalid({field: "This phone number has too many digits."})
    raise invalid({field: "This phone number has too few digits, or a wrong country code."})


def email_address(typed: str, field: str = "email") -> str:
    """Return the address in lower case; raises INVALID_INPUT naming the field."""
    text = clean(typed, field, longest=LONGEST_ADDRESS).lower()
    local, at, host = text.rpartition("@")
    labels = host.split(".")
    good = (
        at
        and len(local) <= LONGEST_LOCAL_PART
        and _LOCAL_PART.fullmatch(local)
        and not (local.startswith(".") or local.endswith(".") or ".." in local)
        and len(labels) > 1
        and all(len(label) <= 63 and _HOST_LABEL.fullmatch(label) for label in labels)
    )
    if not good or len(text) > LONGEST_ADDRESS:
        raise invalid({field: "An e-mail address looks like name@example.com."})
    return text


def reversed_digits(text: str) -> str:
    """Return the digits backwards, so that "ends with 4567" is a prefix."""
    return _NOT_DIGITS.sub("", ascii_digits(text))[::-1]


def phone_shown(e164: str) -> str:
    """Return the number as people write it across borders, such as +880 1711-123456."""
    if not e164:
        return ""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
