"""What becomes of blocks: decided from mode, last day, need and what stands."""

from datetime import date

import pytest

from memberships.waivers.rules import (
    Held,
    MedicalRules,
    Mode,
    Turn,
    WaiverRules,
    file_kind,
    medical_rules_from,
    medical_turn,
    waiver_rules_from,
    waiver_turn,
)
from memberships.waivers.services import last_day

DAY = date(2026, 11, 22)
OURS, THEIRS = Held(1, DAY, True), Held(2, DAY, False)


@pytest.mark.parametrize(
    ("mode", "needed", "valid", "held", "turn"),
    [
        (Mode.BLOCK, True, False, (), Turn(place_from=DAY)),
        (Mode.WARN, True, False, (), Turn(place_from=DAY)),
        (Mode.OFF, True, False, (), Turn()),
        (Mode.BLOCK, False, False, (), Turn()),
        (Mode.BLOCK, True, False, (OURS,), Turn()),
        (Mode.BLOCK, True, False, (THEIRS,), Turn()),
        (Mode.BLOCK, True, True, (OURS, THEIRS), Turn(lift=(1, 2))),
        (Mode.OFF, True, False, (OURS, THEIRS), Turn(lift=(1,))),
        (Mode.OFF, True, True, (THEIRS,), Turn(lift=(2,))),
        (Mode.BLOCK, True, True, (), Turn()),
    ],
)
def test_turns_of_a_waiver(mode, needed, valid, held, turn):
    assert waiver_turn(mode, needed=needed, valid=valid, day=DAY, held=held) == turn


ON, ALL, OFF = MedicalRules(Mode.BLOCK), MedicalRules(Mode.WARN, True), MedicalRules()
UNTIL, AFTER = date(2026, 12, 1), date(2026, 12, 2)
AHEAD = Held(3, AFTER, True)


@pytest.mark.parametrize(
    ("rules", "until", "needed", "held", "turn"),
    [
        (ON, None, True, (), Turn()),
        (ALL, None, True, (), Turn(place_from=DAY)),
        (ALL, None, False, (), Turn()),
        (ALL, None, True, (OURS,), Turn()),
        (ON, UNTIL, True, (), Turn(place_from=AFTER)),
        (ON, UNTIL, True, (AHEAD,), Turn()),
        (ON, UNTIL, True, (OURS, THEIRS), Turn((1, 2), AFTER)),
        (ON, UNTIL, True, (AHEAD, THEIRS), Turn((2,))),
        (ON, date(2026, 11, 21), True, (), Turn(place_from=DAY)),
        (ON, date(2026, 11, 20), True, (OURS,), Turn()),
        (OFF, UNTIL, True, (AHEAD,), Turn((3,))),
        (OFF, None, True, (OURS, THEIRS), Turn((1,))),
    ],
)
def test_turns_of_a_certificate(rules, until, needed, held, turn):
    assert medical_turn(rules, until, needed=needed, day=DAY, held=held) == turn


@pytest.mark.parametrize(
    ("signed", "months", "last"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 21)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2026, 12, 15), 1, date(2027, 1, 14)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 11, 22), 0, None),
    ],
)
def test_last_day_of_a_signature(signed, months, last):
    assert last_day(signed, months) == last


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 x", ("application/pdf", "pdf")),
        (b"\xff\xd8\xff\xe0", ("image/jpeg", "jpg")),
        (b"\x89PNG\r\n\x1a\n", ("image/png", "png")),
        (b"<html>", None),
        (b" %PDF-1.7", None),
        (b"", None),
    ],
)
def test_files_are_known_by_their_first_bytes(content, kind):
    assert file_kind(content) == kind


def test_rules_have_defaults_that_ask_nobody():
    assert waiver_rules_from(None) == WaiverRules(Mode.OFF, 12, 18)
    assert medical_rules_from({"mode": "warn"}) == MedicalRules(Mode.WARN, False)
