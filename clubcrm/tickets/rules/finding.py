"""Rules room: by which words an article is found, and how the found ones are ordered."""

import re
from collections.abc import Iterable, Mapping

from clubcrm.core.text import ascii_digits, fold

LONGEST_WORD, MOST_WORDS, MOST_TYPED = 60, 600, 6
IN_TITLE, IN_WORDS = 10, 1
_WORD = re.compile(r"[\w\u0900-\u0dff]+")


def words_in(text: str) -> list[str]:
    """Return the words of a text in the form used for searching, in their order."""
    # Vowel signs of Bengali and Devanagari are no letters of their own to a pattern of letters.
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(ascii_digits(text)))]


def typed_words(typed: str) -> list[str]:
    """Return the different words that somebody looks for, a few of them."""
    return list(dict.fromkeys(words_in(typed)))[:MOST_TYPED]


def weights_of(title: str, words: str) -> dict[str, int]:
    """Return each word of an article once, with how much it tells what the article is about."""
    found = dict.fromkeys(words_in(words)[:MOST_WORDS], IN_WORDS)
    return found | dict.fromkeys(words_in(title), IN_TITLE)


def best_first(found: Iterable[tuple[int, str, str, int]], typed: Iterable[str]) -> list[int]:
    """Return the articles that hold every typed word, those that say it in the title first.

    Each find is an article, the typed word, the word it holds, and that word's weight; a whole word
    counts twice as much as a beginning.
    """
    wanted = list(typed)
    scores: dict[int, dict[str, int]] = {}
    for article, asked, held, weight in found:
        best = scores.setdefault(article, {})
        best[asked] = max(best.get(asked, 0), weight * (2 if held == asked else 1))
    whole = {key: sum(of.values()) for key, of in scores.items() if _has_all(of, wanted)}
    return sorted(whole, key=lambda key: (-whole[key], key))


def _has_all(found: Mapping[str, int], wanted: Iterable[str]) -> bool:
    return all(one in found for one in wanted)
