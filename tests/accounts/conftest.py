"""Fixtures of the stories about accounts."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.core.db import db, unit_of_work
from tests.cast import PASSWORD, Cast

SignIn = Callable[..., Any]


@pytest.fixture
def knock(app: Flask, cast: Cast) -> SignIn:
    """Return a function that tries to sign in and gives the answer."""

    def try_it(
        name: str,
        password: str = PASSWORD,
        *,
        client: FlaskClient | None = None,
        address: str = "203.0.113.7",
        **more: str,
    ) -> Any:
        email = name if "@" in name else cast.email_of(name)
        return (client or app.test_client()).post(
            "/sign-in",
            data={"email": email, "password": password, **more},
            environ_base={"REMOTE_ADDR": address},
        )

    return try_it


@pytest.fixture
def user_of(app: Flask, cast: Cast) -> Callable[[str], User]:
    """Return a function that reads one of the staff afresh from the store."""

    def read(name: str) -> User:
        with app.app_context(), unit_of_work(write=False) as session:
            user = session.scalars(select(User).where(User.id == cast.users[name])).one()
            db.session.expunge(user)
            return user

    return read


def is_signed_in(client: FlaskClient) -> bool:
    """Tell whether the client may open a page of its own."""
    return client.get("/settings/profile").status_code == 200
