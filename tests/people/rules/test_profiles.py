"""Which network a page belongs to, and what its owner is called there."""

import pytest

from clubcrm.people.rules.profiles import Profile, profile_of


@pytest.mark.parametrize(
    ("address", "profile"),
    [
        ("https://instagram.com/mia.runs", Profile("instagram", "@mia.runs")),
        ("https://www.instagram.com/mia.runs/?hl=en", Profile("instagram", "@mia.runs")),
        ("https://m.facebook.com/people/mia.rahman/", Profile("facebook", "@mia.rahman")),
        ("https://www.linkedin.com/in/mia", Profile("linkedin", "@mia")),
        ("https://t.me/mia", Profile("telegram", "@mia")),
        ("https://www.tiktok.com/@mia", Profile("tiktok", "@mia")),
        ("https://vk.com/id7", Profile("vk", "@id7")),
        ("https://twitter.com/mia", Profile("x", "@mia")),
        ("https://instagram.com", Profile("instagram", "instagram.com")),
        ("https://mia.example/blog", Profile("", "mia.example")),
        ("https://instagram.com.evil.example/mia", Profile("", "instagram.com.evil.example")),
    ],
)
def test_page_is_shown_by_its_network_and_name(address: str, profile: Profile):
    assert profile_of(address) == profile
