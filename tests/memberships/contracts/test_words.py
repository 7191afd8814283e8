"""What is written in a contract's history is told in words."""

import re
from pathlib import Path

from flask import Flask

import memberships.contracts
from memberships.contracts.words import change_words

NOTED = re.compile(r"""note_change\(\s*\w+,\s*"(\w+)"|what(?:: str)?\s*=\s*"(\w+)\"""")


def test_each_kind_of_change_has_words_of_its_own(app: Flask):
    rooms = Path(memberships.contracts.__file__).parent.glob("*.py")
    noted = {a or b for room in rooms for a, b in NOTED.findall(room.read_text())}

    with app.test_request_context():
        raw = {what for what in noted if change_words(what) == what.replace("_", " ")}

    assert {"changed_plan", "taken_over", "left_family", "signed"} <= noted
    assert raw == set()
