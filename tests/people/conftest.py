"""What the tests of people share: programs with tokens."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.accounts.models import Role
from clubcrm.accounts.tokens import add_api_token
from clubcrm.core.db import unit_of_work
from tests.cast import Cast


@pytest.fixture
def program(app: Flask, cast: Cast) -> Callable[..., FlaskClient]:
    """Return a function that gives the client of a program with a role in clubs."""

    def with_token(role: Role = Role.MANAGER, *clubs: int) -> FlaskClient:
        with app.app_context(), unit_of_work():
            secret = add_api_token("script", role, list(clubs) or [cast.club])[1]
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return with_token
