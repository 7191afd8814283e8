"""How many parts a text message takes in each script."""

import pytest

from clubcrm.messaging.rules.parts import Encoding, Parts, sms_parts


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("nothing", "", Parts(Encoding.GSM7, 0, 0, 160)),
        ("full part", "a" * 160, Parts(Encoding.GSM7, 160, 1, 0)),
        ("one more letter", "a" * 161, Parts(Encoding.GSM7, 161, 2, 145)),
        ("two full parts", "a" * 306, Parts(Encoding.GSM7, 306, 2, 0)),
        ("euro costs two", "€" * 80, Parts(Encoding.GSM7, 160, 1, 0)),
        ("euro is not cut in two", "a" * 152 + "€" * 5, Parts(Encoding.GSM7, 162, 2, 143)),
        ("German stays small", "Grüße", Parts(Encoding.GSM7, 5, 1, 155)),
        ("Bengali", "আ" * 70, Parts(Encoding.UCS2, 70, 1, 0)),
        ("Bengali in two parts", "আ" * 71, Parts(Encoding.UCS2, 71, 2, 63)),
        ("Nepali", "नमस्ते", Parts(Encoding.UCS2, 6, 1, 64)),
        ("Russian", "Привет", Parts(Encoding.UCS2, 6, 1, 64)),
        ("one typographic mark", "it’s", Parts(Encoding.UCS2, 4, 1, 66)),
        ("emoji takes two", "🎉" * 35, Parts(Encoding.UCS2, 70, 1, 0)),
    ],
)
def test_parts_of_a_text(case: str, text: str, expected: Parts) -> None:
    assert sms_parts(text) == expected, case
