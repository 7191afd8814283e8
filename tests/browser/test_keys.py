"""A manager's day by keys alone, at the pace of a person, and a card that is read meanwhile."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.tasks.api import TaskOrder, open_task
from clubcrm.tasks.models import Task, TaskState
from memberships.approvals.services import ApprovalRequest, request_approval
from tests.browser.conftest import OpenDesk
from tests.cast import Cast

TITLES = ("Look at the lamp", "Ring the plumber", "Order towels")
PACE = 85  # milliseconds from key to key of somebody who types fast


def prepare(app: Flask, cast: Cast) -> str:
    """Three tasks and the request of a colleague stand on the list; returns the request's id."""
    with app.app_context(), unit_of_work():
        for number, title in enumerate(TITLES):
            due = clock.now() - timedelta(hours=9 - number)
            open_task(TaskOrder(f"own:{number}", cast.club, "own", title, due))
        wish = ApprovalRequest(
            cast.club, "refund", "person", str(cast.members["Mia"]), 90_000, reason="Paid twice"
        )
        return request_approval(wish, by=f"user:{cast.users['Frank']}").public_id


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(PACE)


def current(page: Page, words: str) -> None:
    page.wait_for_selector(f"[data-task].is-current >> text={words}")


def kept(app: Flask) -> list[tuple[TaskState, str, bool]]:
    with app.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(Task).where(Task.kind == "own").order_by(Task.id))
        return [(row.state, row.outcome, row.snoozed_until is not None) for row in rows]


def test_a_day_is_worked_off_by_keys_and_a_card_is_no_command(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    wish = prepare(app, cast)
    desk = open_desk("Max")
    page = desk.open("/tasks")
    waiting = (TaskState.OPEN, "", False)

    # J and K move; the request of the colleague is the first row, the oldest task the second.
    press(page, "j")
    current(page, "Paid twice")
    press(page, "j", "j", "k")
    current(page, TITLES[0])

    # A card whose number begins with D, read now, is looked up: it does not close the task.
    with page.expect_navigation():
        page.keyboard.type("d0c4711\n", delay=0)
    assert kept(app) == [waiting] * 3

    # C asks for a word; typed at once and fast, it is a remark and no card.
    page.goto("/tasks")
    press(page, "j", "j", "c")
    for letter in "New bulb":
        press(page, letter)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert kept(app) == [(TaskState.DONE, "New bulb", False), waiting, waiting]

    # T puts off, U takes that back, N sets aside.
    press(page, "j", "j")
    current(page, TITLES[1])
    with page.expect_navigation():
        press(page, "t")
    assert kept(app)[1] == (TaskState.OPEN, "", True)
    with page.expect_navigation():
        press(page, "u")
    assert kept(app)[1] == waiting
    press(page, "j", "j")
    with page.expect_navigation():
        press(page, "n")
    assert kept(app)[1] == (TaskState.NOT_NOW, "", False)

    # Enter opens the request where it is decided.
    press(page, "j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/approvals#wish-{wish}")
    assert page.locator("li:target >> text=Paid twice").is_visible()
    assert desk.complaints == []
