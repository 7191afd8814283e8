"""Rules: which known words somebody may have meant whose fingers slipped."""

from collections.abc import Iterable

SHORTEST = 4
LONG = 8
MOST_CANDIDATES = 20_000
MOST_MEANT = 12


def slips_between(one: str, other: str, most: int) -> int:
    """Return how many letters were added, lost, changed or swapped; more than `most` is most + 1.

    Damerau-Levenshtein distance, optimal string alignment.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, sign in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != sign))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == sign:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def likely_words(typed: str, known: Iterable[str]) -> list[str]:
    """Return the known words nearest to what was typed: one slip, in long words two."""
    most = 2 if len(typed) >= LONG else 1
    near = []
    for word in known:
        if abs(len(word) - len(typed)) <= most:
            distance = slips_between(typed, word, most)
            if distance <= most:
                near.append((distance, word))
    return [word for _, word in sorted(near)[:MOST_MEANT]]
