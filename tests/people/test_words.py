"""Every sentence in which the rules refuse is known to the catalogues."""

import ast
from pathlib import Path

from clubcrm.people.views.words import RULE_SENTENCES
from tests.architecture.house import ROOT

NAMERS = {"invalid", "NoDateError"}


def sentences_of(path: Path) -> set[str]:
    """Return the plain sentences a module of rules refuses with."""
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NAMERS
    ]
    texts = [text for call in calls for text in ast.walk(call) if isinstance(text, ast.Constant)]
    return {str(text.value) for text in texts if str(text.value).endswith(".")}


def test_rules_speak_only_sentences_that_are_translated(app):
    rooms = (ROOT / "clubcrm" / "people" / "rules").glob("*.py")
    # Sentences about columns are put together with the names that stand in the table.
    rooms = [path for path in rooms if path.stem not in {"columns", "table_kinds"}]
    said = {text for path in rooms for text in sentences_of(path)}

    with app.app_context():
        known = {str(sentence) for sentence in RULE_SENTENCES}
    assert len(said) > 8
    assert said <= known
