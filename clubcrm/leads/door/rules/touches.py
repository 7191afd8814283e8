"""Rules: the first and the last contact with our advertising, read from what a page sends."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

WORDS: Mapping[str, int] = {
    "utm_source": 120,
    "utm_medium": 120,
    "utm_campaign": 120,
    "utm_term": 120,
    "utm_content": 120,
    "gclid": 200,
    "fbclid": 300,
    "yclid": 200,
}
ADDRESSES: Mapping[str, int] = {"referrer": 500, "landing_url": 500}
FIRST = "first_"
# Where a click comes from, by the mark that the advertiser hangs on the address.
CLICKS = {"gclid": "Google", "fbclid": "Facebook", "yclid": "Yandex"}
# Names of sources as campaigns and hosts spell them.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "Google": ("google", "adwords", "googleads", "youtube"),
    "Facebook": ("facebook", "fb", "meta"),
    "Instagram": ("instagram", "ig", "insta"),
    "TikTok": ("tiktok",),
    "Yandex": ("yandex", "ya"),
    "2GIS": ("2gis",),
    "Telegram": ("telegram", "tg", "t"),
    "WhatsApp": ("whatsapp", "wa"),
    "VK": ("vk", "vkontakte"),
}
WEB = "Website"
_TOLD = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", *CLICKS})


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact with our advertising; empty text where nothing was told."""

    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    gclid: str = ""
    fbclid: str = ""
    yclid: str = ""
    referrer: str = ""
    landing_url: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in (*WORDS, *ADDRESSES))


def touches_of(fields: Mapping[str, str], referrer: str = "") -> tuple[Touch, Touch]:
    """Return the first and the last touch; a page that remembers no first one had but one.

    What a form does not send in fields of its own is read from the address it stood on; the
    browser's own word about that address comes last.
    """
    landing = _address(fields.get("landing_url", "") or referrer, 500)
    spoken = {**_in_address(landing), **{k: v for k, v in fields.items() if v.strip()}}
    last = _touch({**spoken, "landing_url": landing})
    remembered = {name: fields.get(FIRST + name, "") for name in (*WORDS, *ADDRESSES)}
    remembered.update(
        {k: v for k, v in _in_address(remembered["landing_url"]).items() if not remembered[k]}
    )
    first = _touch(remembered)
    return (first or last), last


def source_of(touch: Touch, default: str = WEB) -> str:
    """Return the name of the source that a touch speaks of, or another."""
    for mark, name in CLICKS.items():
        if getattr(touch, mark):
            return name
    said = touch.utm_source.strip()
    if said:
        return _known(said.lower().replace("www.", "").split(".")[0]) or said[:80]
    host = (urlsplit(touch.referrer).hostname or "").lower()
    return next((name for part in host.split(".") if (name := _known(part))), default)


def _known(word: str) -> str:
    return next((name for name, spelled in SOURCES.items() if word in spelled), "")


def _touch(fields: Mapping[str, str]) -> Touch:
    words = {name: _word(fields.get(name, ""), most) for name, most in WORDS.items()}
    places = {name: _address(fields.get(name, ""), most) for name, most in ADDRESSES.items()}
    return Touch(**words, **places)


def _in_address(address: str) -> dict[str, str]:
    try:
        asked = parse_qs(urlsplit(address).query, max_num_fields=100)
    except ValueError:
        return {}
    return {name: values[0] for name, values in asked.items() if name in _TOLD}


def _word(text: str, most: int) -> str:
    """Marks of advertising are taken as they come, cut and without controls: no lead is refused."""
    kept = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    return unicodedata.normalize("NFC", kept).strip()[:most].strip()


def _address(text: str, most: int) -> str:
    kept = _word(text, most)
    try:
        parts = urlsplit(kept)
    except ValueError:
        return ""
    return kept if parts.scheme in ("http", "https") and parts.hostname else ""
