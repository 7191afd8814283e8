"""Rules: which columns hold words about a person, and by what his traces are found in others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Columns that somebody filled with words of his own, or with what tells a person from others.
WORDS = frozenset(
    [
        "address",
        "answer",
        "answer_words",
        "appeal",
        "as_typed",
        "body",
        "by_reason",
        "cells",
        "city",
        "city_area",
        "comment",
        "consent_ip",
        "content",
        "credential_value",
        "customer",
        "decision_reason",
        "decline_note",
        "desk_note",
        "email",
        "end_reason",
        "fbclid",
        "fields",
        "gclid",
        "given_name",
        "family_name",
        "inputs_words",
        "interest",
        "label",
        "landing_url",
        "letter_text",
        "lost_note",
        "message",
        "name",
        "new",
        "note",
        "old",
        "outcome",
        "phone",
        "place_key",
        "postal_code",
        "proof",
        "raw",
        "reason",
        "referrer",
        "region",
        "reversal_reason",
        "reversed_digits",
        "search_text",
        "server_words",
        "sort_name",
        "sorting_code",
        "street",
        "strokes",
        "subject",
        "tax_id",
        "text",
        "title",
        "sentence",
        "value",
        "why",
        "wishes",
        "words",
        "yclid",
        "lift_reason",
        "reply",
    ]
)
# Words of these columns are codes by which the product works, or part of a key.
CODES = frozenset(
    {
        ("charge_schedule", "text"),
        ("contract_change", "after"),
        ("contract_change", "before"),
        ("delivery", "error"),
        ("invoice_line", "text"),
        ("lead", "interest"),
        ("message", "why"),
        ("recurring_charge", "text"),
        ("recurring_charge", "why"),
        ("recurring_item", "text"),
        ("renewal_due", "reason"),
        ("touch_refusal", "why"),
        ("touchpoint", "why"),
        ("touchpoint", "reason"),
    }
)
# Rows that are nothing but the person himself.
WHOLE = frozenset({"contact_point", "desk_flag", "double_pair", "member_link", "search_word"})
# What the law on books makes a club keep for some years, with the name that stands on it.
PAPERS = frozenset({"buyer_detail", "fiscal_document"})
# Columns that must stay different from each other: they get the number of their row.
NUMBERED = frozenset(
    {("credential", "value"), ("pay_method", "token"), ("pay_method", "provider_ref")}
)
# What opened doors or paid for the person works no more.
ENDED = {"credential": "ended", "pay_method": "removed"}
SHORTEST = 4
BLANK = "—"


@dataclass(frozen=True, slots=True)
class Traces:
    """What a person is found by in texts of others; words that others bear too are left out."""

    texts: tuple[str, ...]

    def found_in(self, text: str) -> bool:
        """Tell whether the text holds a trace."""
        low = text.lower()
        return any(trace.lower() in low for trace in self.texts)

    def without(self, text: str) -> str:
        """Return the text with every trace taken out."""
        for trace in self.texts:
            text = re.sub(re.escape(trace), BLANK, text, flags=re.IGNORECASE)
        return text


def is_words(table: str, column: str) -> bool:
    """Tell whether the column of a row about a person is blanked when he is erased."""
    return column in WORDS and (table, column) not in CODES


def traces_of(given: str, family: str, unshared: Iterable[str], ways: Iterable[str]) -> Traces:
    """Return the traces of a person, the longest first so that none hides within another.

    `unshared` are parts of the name that nobody else bears, `ways` phones and addresses.
    """
    names = {f"{given} {family}".strip(), f"{family} {given}".strip()} if family else set()
    found = {*names, *unshared}
    for way in ways:
        found.add(way)
        if way.startswith("+"):
            found.add(way.removeprefix("+"))
    return Traces(tuple(sorted((one for one in found if len(one) >= SHORTEST), key=_longest)))


def _longest(text: str) -> tuple[int, str]:
    return -len(text), text
