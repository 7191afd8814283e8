"""Rows that an import refused: taken away as a file, mended, and brought again."""

import csv
import io
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from clubcrm.people.models import ImportBatch
from tests.cast import Cast
from tests.people.test_pages import person_named

ClientOf = Callable[[str], FlaskClient]
WHY = "Why it was not taken"
TABLE = (
    "zz note,phone,name,dob,a column nobody knows\n"
    "=1+1,01711-000077,Rina Sen,1990-02-01,x\n"
    "=2+2,12,Nila Sen,1990-02-30,y\n"
    "+3,0000,Tara Sen,1991-01-01,z\n"
)


def bring(client: FlaskClient, content: str) -> int:
    table = (io.BytesIO(content.encode()), "members.csv")
    sent = client.post("/members/import", data={"table": table}).location
    written = client.post(sent.partition("?")[0], data={"name": "members.csv"})
    return int(written.location.rsplit("/", 1)[1])


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_refused_rows_come_with_their_columns_and_why_and_are_brought_again(
    app: Flask, client_of: ClientOf
) -> None:
    max_ = client_of("Max")
    batch = bring(max_, TABLE)
    address = f"/imports/done/{batch}/refused.csv"
    assert address in max_.get(f"/members/import/done/{batch}").text

    answer = max_.get(address)
    head, *lines = rows_of(answer.data)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert head == ["zz note", "phone", "name", "dob", "a column nobody knows", WHY]
    # Nothing that a spreadsheet would calculate.
    assert [line[:3] for line in lines] == [
        ["'=2+2", "12", "Nila Sen"],
        ["'+3", "0000", "Tara Sen"],
    ]
    assert all(line[-1] for line in lines)

    mended = answer.data.decode("utf-8-sig").replace(",12,", ",01711-000078,")
    again = bring(max_, mended.replace("1990-02-30", "1990-02-03"))
    assert person_named(app, "Nila").given_name == "Nila"
    head, *lines = rows_of(max_.get(f"/imports/done/{again}/refused.csv").data)
    assert head.count(WHY) == 1
    assert [line[2] for line in lines] == ["Tara Sen"]


def test_programs_take_the_same_file_and_strangers_none(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    max_ = client_of("Max")
    batch = bring(max_, TABLE)
    here = max_.get(f"/imports/done/{batch}/refused.csv").data

    assert max_.get(f"/api/v1/imports/{batch}/refused.csv").data == here
    assert max_.get("/imports/done/99999/refused.csv").status_code == 404
    assert client_of("Frank").get(f"/imports/done/{batch}/refused.csv").status_code == 403
    with app.app_context(), unit_of_work() as session:
        session.get_one(ImportBatch, batch).club_id = cast.other_club
    assert max_.get(f"/imports/done/{batch}/refused.csv").status_code == 404


def test_import_of_older_days_has_the_columns_that_are_known(
    app: Flask, client_of: ClientOf
) -> None:
    max_ = client_of("Max")
    batch = bring(max_, TABLE)
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(ImportBatch, batch)
        row.mapping = {name: row.mapping[name] for name in ("columns", "order", "source")}

    head, *lines = rows_of(max_.get(f"/imports/done/{batch}/refused.csv").data)

    assert set(head) == {"zz note", "phone", "name", "dob", "a column nobody knows", WHY}
    assert len(lines) == 2
