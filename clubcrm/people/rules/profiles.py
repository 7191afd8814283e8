"""Rules: which network an address of somebody's page belongs to, and what he is called there."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from clubcrm.core.text import fold

NETWORKS = {
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "instagram.com": "instagram",
    "linkedin.com": "linkedin",
    "ok.ru": "",
    "t.me": "telegram",
    "telegram.me": "telegram",
    "tiktok.com": "tiktok",
    "vk.com": "vk",
    "wa.me": "whatsapp",
    "x.com": "x",
    "twitter.com": "x",
    "youtube.com": "youtube",
}
LONGEST_HANDLE = 60
# Parts of an address that name no person.
WAYS = frozenset({"in", "people", "profile", "profile.php", "channel", "c", "user", "pub"})


@dataclass(frozen=True, slots=True)
class Profile:
    """A page of somebody: `network` is empty for one we do not know by name."""

    network: str
    shown: str


def handle_of(address: str) -> str:
    """Return the name of a page as one word to be found by, "" for a page of no network we know."""
    profile = profile_of(address)
    name = fold(profile.shown.removeprefix("@")) if profile.network else ""
    return "" if " " in name else name[:LONGEST_HANDLE]


def profile_of(address: str) -> Profile:
    """Return the network and the name of a page: what stands after its host, or the host alone."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    names = [part for part in parts.path.split("/") if part and part not in WAYS]
    network = NETWORKS.get(host, "")
    if network and names:
        return Profile(network, names[0] if names[0].startswith("@") else f"@{names[0]}")
    return Profile(network, host or address)
