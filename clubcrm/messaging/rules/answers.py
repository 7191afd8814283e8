"""Rules: what a member's answer means: no more news, news again, or words for a person to read."""

import unicodedata
from enum import StrEnum


class AnswerKind(StrEnum):
    """What an incoming text is."""

    ANSWER = "answer"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


# Whole texts, folded. Latin spellings of Bengali, Nepali, Russian and Hindi are as common as
# their own letters on a phone's keyboard.
_OPT_OUT = frozenset(
    {
        # English, and what carriers treat as such everywhere
        *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "opt out"),
        *("optout", "remove", "remove me", "no more", "no more news", "stop news", "revoke"),
        *("stop sms", "stop messages", "please stop", "stop please", "unsub"),
        # Bengali
        *("বন্ধ", "বন্ধ করুন", "বন্ধ কর", "বন্ধ করো", "আর না", "থামুন", "থামান", "বাতিল"),
        *("bondho", "bondho korun", "bandho", "bondo", "thamun"),
        # Nepali
        *("बन्द", "बन्द गर्नुहोस्", "बन्द गर्नुस्", "रोक्नुहोस्", "रोक", "पर्दैन", "नपठाउनुहोस्"),
        *("banda", "banda garnus", "banda garnuhos", "roknus", "pardaina"),
        # Russian
        *("стоп", "отписаться", "отписка", "отпишите", "отмена", "хватит", "не пишите"),
        *("не надо", "отстаньте", "прекратите", "stop smsok", "otpiska", "otpisatsya"),
        # German
        *("stopp", "abmelden", "abbestellen", "austragen", "keine werbung", "beenden", "ende"),
        # Hindi
        *("बंद", "बंद करो", "बंद करें", "बंद करे", "रोको", "रोकें", "मत भेजो", "मत भेजें"),
        *("band", "band karo", "band kare", "band karen", "roko"),
    }
)
_OPT_IN = frozenset(
    {
        *("start", "unstop", "subscribe", "resume", "opt in", "optin", "news"),
        *("শুরু", "চালু", "চালু করুন", "shuru", "chalu"),
        *("सुरु", "सुरु गर्नुहोस्", "चालु", "suru"),
        *("старт", "подписаться", "начать", "подписка"),
        *("anmelden", "starten", "weiter"),
        *("शुरू", "शुरू करें", "चालू"),
    }
)


def folded(text: str) -> str:
    """Return the text without case, marks around it and doubled spaces, in one spelling.

    Vowel signs and the virama are marks of category M and stay: without them words change.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    kept = (
        letter if unicodedata.category(letter)[0] in "LMN" else " "
        for letter in plain
        if unicodedata.category(letter) != "Cf"
    )
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


_OUT_WORDS = frozenset(map(folded, _OPT_OUT))
_IN_WORDS = frozenset(map(folded, _OPT_IN))


def meaning_of(text: str) -> AnswerKind:
    """Return what a text means: only a text that says nothing else ends or begins the news."""
    said = folded(text)
    if said in _OUT_WORDS:
        return AnswerKind.OPT_OUT
    return AnswerKind.OPT_IN if said in _IN_WORDS else AnswerKind.ANSWER


def own_words(text: str) -> str:
    """Return what a person wrote himself in a mail, without what his program quoted below."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith(">") or line.rstrip() == "--" or _begins_a_quote(line):
            break
        lines.append(line)
    return "\n".join(lines).strip()


def _begins_a_quote(line: str) -> bool:
    said = line.strip()
    if said.startswith(("-----Original", "----- Original", "________________")):
        return True
    # "On Monday, the club wrote:" in any language ends with a colon and names an address or date.
    return said.endswith(":") and ("@" in said or sum(map(str.isdigit, said)) >= 4)
