"""Views of signing in, first set-up and settings."""

from flask import Blueprint

import clubcrm.accounts.views.clubs
import clubcrm.accounts.views.index
import clubcrm.accounts.views.profile
import clubcrm.accounts.views.roles
import clubcrm.accounts.views.second_factor
import clubcrm.accounts.views.sessions
import clubcrm.accounts.views.setup
import clubcrm.accounts.views.sign_in
import clubcrm.accounts.views.staff
import clubcrm.accounts.views.tokens  # noqa: F401 - importing the modules adds their pages
from clubcrm.accounts.views.blueprints import accounts, settings

__all__ = ["BLUEPRINTS", "PAGES"]

BLUEPRINTS: tuple[Blueprint, ...] = (accounts, settings)

PAGES = (
    clubcrm.accounts.views.clubs,
    clubcrm.accounts.views.index,
    clubcrm.accounts.views.profile,
    clubcrm.accounts.views.roles,
    clubcrm.accounts.views.second_factor,
    clubcrm.accounts.views.sessions,
    clubcrm.accounts.views.setup,
    clubcrm.accounts.views.sign_in,
    clubcrm.accounts.views.staff,
    clubcrm.accounts.views.tokens,
)
