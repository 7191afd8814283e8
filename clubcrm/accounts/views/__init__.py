"""Views of signing in, first set-up and settings."""

from flask import Blueprint

import clubcrm.accounts.views.clubs
import clubcrm.accounts.views.exports
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
from clubcrm.accounts.views.exports import exports_api
from clubcrm.accounts.views.guide import guide

__all__ = ["BLUEPRINTS", "exports_api"]

BLUEPRINTS: tuple[Blueprint, ...] = (accounts, settings, guide)
