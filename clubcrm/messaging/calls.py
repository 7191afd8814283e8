"""Queries room: what a member of staff may say when the journey asks him to talk to somebody."""

from dataclasses import dataclass

from clubcrm.messaging.texts import FALLBACK, sections


@dataclass(frozen=True, slots=True)
class CallScript:
    """What the talk is for, and one sentence to begin it with."""

    goal: str
    sentence: str


def call_script(code: str, language: str | None = None) -> CallScript | None:
    """Return goal and sentence of a code, such as J06b, for a reader; None for one without.

    The sentence may hold {given_name}; whoever shows it fills in the name.
    """
    base = (language or FALLBACK).replace("-", "_").partition("_")[0]
    text = sections("calls", base).get(code) or sections("calls", FALLBACK).get(code)
    if text is None:
        return None
    goal, _, sentence = text.partition("\n")
    return CallScript(goal.strip(), sentence.strip())
