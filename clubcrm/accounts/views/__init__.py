"""Views of signing in, first set-up and settings."""

from flask import Blueprint

from clubcrm.accounts.views import (
    clubs,
    index,
    profile,
    roles,
    second_factor,
    sessions,
    setup,
    sign_in,
    staff,
    tokens,
)
from clubcrm.accounts.views.blueprints import accounts, settings

__all__ = ["BLUEPRINTS", "PAGES"]

BLUEPRINTS: tuple[Blueprint, ...] = (accounts, settings)

PAGES = (clubs, index, profile, roles, second_factor, sessions, setup, sign_in, staff, tokens)
