"""Every page of signing in and settings shows itself to those who may see it."""

import pytest

PAGES = (
    "/settings",
    "/settings/profile",
    "/settings/sessions",
    "/settings/clubs",
    "/settings/clubs/new",
    "/settings/staff",
    "/settings/staff/new",
    "/settings/roles",
    "/settings/tokens",
    "/settings/tokens/new",
    "/second-factor/new",
)


@pytest.mark.parametrize("page", PAGES)
def test_owner_opens_every_settings_page(client_of, page):
    assert client_of("Olga").get(page).status_code == 200
