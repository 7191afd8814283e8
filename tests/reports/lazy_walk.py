"""Walks every page of a living club in one fresh process and prints what libraries it loaded.

python -m tests.reports.lazy_walk DATABASE_URL DATA_FOLDER
"""

import json
import sys
from pathlib import Path

from flask import Flask

from clubcrm.app import create_app
from clubcrm.core.db import unit_of_work
from clubcrm.core.policy import policy_of
from tests.cast import PASSWORD, make_cast
from tests.conftest import settings_for

# Not numpy: openpyxl, which writes workbooks, loads it by itself.
HEAVY = ("scipy", "statsmodels", "pandas", "sklearn")


def walk(app: Flask) -> int:
    """Open every page that needs no argument as the owner; return how many answered."""
    with app.app_context(), unit_of_work():
        cast = make_cast()
    client = app.test_client()
    client.post("/sign-in", data={"email": cast.email_of("Olga"), "password": PASSWORD})
    answered = 0
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if policy_of(app.view_functions[rule.endpoint]) is None or rule.arguments:
            continue
        if "GET" in (rule.methods or ()):
            assert client.get(rule.rule).status_code < 500, rule.rule
            answered += 1
    return answered


def main(url: str, folder: str) -> None:
    """Print the pages that answered and the heavy libraries that are loaded now."""
    app = create_app(settings_for(url, Path(folder)))
    app.config["WTF_CSRF_ENABLED"] = False
    print(json.dumps({"pages": walk(app), "loaded": [n for n in HEAVY if n in sys.modules]}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
