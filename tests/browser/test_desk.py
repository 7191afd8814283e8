"""The check-in screen in a real browser: scans arrive by themselves, everything by keyboard."""

from pathlib import Path
from random import Random

from flask import Flask

from clubcrm.seed.portraits import draw_portrait
from tests.browser import club
from tests.browser.conftest import OpenDesk
from tests.card import life
from tests.cast import Cast

NO_PATIENCE_MS = 8000


def test_scan_appears_on_two_open_desks(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    first, second = open_desk("Frank"), open_desk("Max")
    first.open("/desk")
    second.open("/desk")

    life.scan(app, cast)

    for desk in (first, second):
        desk.page.wait_for_selector(".scan-card h2 >> text=Mia Rahman", timeout=NO_PATIENCE_MS)
        assert desk.page.locator("#desk").get_attribute("data-played") in {"go", "note"}
        assert desk.complaints == []


def test_reader_that_types_is_heard_anywhere(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    desk = open_desk("Frank")
    page = desk.open("/desk")
    page.focus("#search")
    page.keyboard.type("Zo")
    page.wait_for_selector("#found >> text=Nobody is called", timeout=NO_PATIENCE_MS)

    page.keyboard.type(life.MIAS_CARD + "\n", delay=0)

    page.wait_for_selector(".scan-card h2 >> text=Mia Rahman", timeout=NO_PATIENCE_MS)
    assert page.input_value("#search") == "Zo"
    assert page.input_value("#scan") == ""
    assert desk.complaints == []


def test_desk_lets_in_with_reason_only(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    life.give_card(app, cast)
    desk = open_desk("Frank")
    page = desk.open("/desk")
    life.scan(app, cast)
    page.wait_for_selector(".scan-card.tone-stop", timeout=NO_PATIENCE_MS)

    page.keyboard.press("l")
    page.click("dialog[open] button[type=submit]")
    assert page.locator("#let-in input:invalid").count() > 0
    page.check("text=The card was forgotten")
    page.click("dialog[open] button[type=submit]")

    page.wait_for_selector("text=Let in by hand: The card was forgotten", timeout=NO_PATIENCE_MS)
    assert page.locator(".scan-card").get_attribute("data-tone") == "note"
    assert desk.complaints == []


def test_refused_card_stays_until_it_is_answered(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    desk = open_desk("Frank")
    page = desk.open("/desk")
    life.scan(app, cast, "7774711")
    page.wait_for_selector(".scan-card.tone-stop", timeout=NO_PATIENCE_MS)

    life.scan(app, cast)
    page.wait_for_selector(".feed-line >> text=Mia Rahman", timeout=NO_PATIENCE_MS)
    assert page.locator(".who-words h2").inner_text() == "Unknown card"
    page.keyboard.press("n")

    page.wait_for_selector(".scan-card h2 >> text=Mia Rahman", timeout=NO_PATIENCE_MS)
    assert desk.complaints == []


def test_search_finds_and_opens_by_keyboard(cast: Cast, open_desk: OpenDesk) -> None:
    desk = open_desk("Frank")
    page = desk.open("/desk")

    page.keyboard.press("/")
    page.keyboard.type("rahm", delay=60)
    page.wait_for_selector("#found a.hit >> text=Mia Rahman", timeout=NO_PATIENCE_MS)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/members/{cast.public['Mia']}", timeout=NO_PATIENCE_MS)
    assert page.locator("h1").inner_text() == "Mia Rahman"
    assert desk.complaints == []


def test_lost_connection_is_said_and_recovers(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    desk = open_desk("Frank")
    page = desk.open("/desk")

    page.context.set_offline(True)
    page.wait_for_selector("#desk-lost:visible", timeout=NO_PATIENCE_MS)
    life.scan(app, cast)
    page.context.set_offline(False)

    page.wait_for_selector(".scan-card h2 >> text=Mia Rahman", timeout=2 * NO_PATIENCE_MS)
    assert page.locator("#desk-lost").is_hidden()


def test_next_step_is_answered_in_one_tap(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    club.evening(app, cast)
    club.arrive(app, cast, club.RAZIAS_CARD)
    desk = open_desk("Frank")
    page = desk.open("/desk")

    page.click(".next-step >> text=Later")

    page.wait_for_selector("text=Comes back tomorrow", timeout=NO_PATIENCE_MS)
    page.reload()
    assert page.locator(".next-step").count() == 0
    assert desk.complaints == []


def test_sold_day_pass_opens_the_gate(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    club.evening(app, cast)
    club.arrive(app, cast, club.LAPSED_CARD)
    desk = open_desk("Max")
    page = desk.open("/desk")

    page.click(".card-acts >> text=Day pass")
    page.click("button:has-text('Sell for')")
    page.click("text=Check in now")

    page.wait_for_selector(".scan-card h2 >> text=Dmitri Kim", timeout=NO_PATIENCE_MS)
    assert page.locator(".tiles").inner_text().split("\n")[1] == "Day pass"
    assert desk.complaints == []


def test_reader_brings_the_desk_up_from_other_pages(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    desk = open_desk("Frank")
    page = desk.open("/desk/inside")

    page.keyboard.type(life.MIAS_CARD + "\n", delay=0)

    page.wait_for_selector(".scan-card h2 >> text=Mia Rahman", timeout=NO_PATIENCE_MS)
    assert desk.complaints == []


def test_bell_names_what_waits(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    club.evening(app, cast)
    desk = open_desk("Frank")
    page = desk.open("/desk")

    page.click(".bell summary")
    page.click(".bell >> text=1 task is due")

    page.wait_for_url("**/tasks", timeout=NO_PATIENCE_MS)
    assert desk.complaints == []


def test_keys_are_shown_by_question_mark(cast: Cast, open_desk: OpenDesk) -> None:
    desk = open_desk("Frank")
    page = desk.open("/desk")

    page.keyboard.press("?")

    assert page.locator("#keys[open] >> text=Let in with a reason").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#keys[open]").count() == 0


def test_chosen_colours_outlive_the_page(cast: Cast, open_desk: OpenDesk) -> None:
    desk = open_desk("Frank", theme="light")
    page = desk.open("/desk")
    assert page.locator("html").get_attribute("data-bs-theme") == "light"

    page.click("summary[aria-label^='Your account']")
    page.click("[data-theme-choice=dark]")
    page.wait_for_selector("html[data-bs-theme=dark]", timeout=NO_PATIENCE_MS)
    page.reload()

    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_photo_is_taken_from_the_card(
    app: Flask, cast: Cast, open_desk: OpenDesk, tmp_path: Path
) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    life.scan(app, cast)
    picture = tmp_path / "mia.jpg"
    picture.write_bytes(draw_portrait(Random(3), woman=True, dark=True))
    desk = open_desk("Frank")
    page = desk.open("/desk")
    assert page.locator(".who-photo img").count() == 0

    page.click("text=Take photo")
    page.set_input_files("#camera-file", picture)
    page.click("#camera-send")

    page.wait_for_selector("text=The photo of Mia Rahman is saved.", timeout=NO_PATIENCE_MS)
    assert page.locator(".who-photo img").evaluate("one => one.decode().then(() => one.width)")
    assert desk.complaints == []


def test_camera_takes_the_photo_where_there_is_one(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    life.scan(app, cast)
    desk = open_desk("Frank")
    page = desk.open("/desk")

    page.click("text=Take photo")
    page.click("#camera-shoot", timeout=NO_PATIENCE_MS)

    page.wait_for_selector("text=The photo of Mia Rahman is saved.", timeout=NO_PATIENCE_MS)
    assert desk.complaints == []


def test_nobody_found_may_be_registered_at_once(cast: Cast, open_desk: OpenDesk) -> None:
    desk = open_desk("Frank")
    page = desk.open("/desk")

    page.keyboard.press("/")
    page.keyboard.type("Oksana", delay=60)
    page.click("#found >> text=Register “Oksana”")

    page.wait_for_url("**/members/new?name=Oksana", timeout=NO_PATIENCE_MS)
    assert page.input_value("[name=given_name]") == "Oksana"
    assert desk.complaints == []


def test_printed_ledger_has_no_frame(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    life.sell(app, cast, life.TEN_VISITS)
    desk = open_desk("Frank")
    page = desk.open(f"/members/{cast.public['Mia']}/units")

    page.emulate_media(media="print")

    assert page.locator(".rail").is_hidden()
    assert page.locator(".topline").is_hidden()
    assert page.locator("table >> text=bought").is_visible()


def test_second_click_sells_no_second_pass(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    members = club.evening(app, cast)
    desk = open_desk("Frank")
    page = desk.open(f"/desk/people/{members[club.LAPSED_CARD]}/day-pass")

    page.dblclick("button:has-text('Sell for')")

    page.wait_for_url("**/sold", timeout=NO_PATIENCE_MS)
    page.goto(f"/members/{members[club.LAPSED_CARD]}")
    assert page.locator("#rights-title >> xpath=../.. >> text=Day pass").count() == 1
    assert desk.complaints == []


def test_lost_connection_is_said_when_a_card_is_typed(cast: Cast, open_desk: OpenDesk) -> None:
    desk = open_desk("Frank")
    page = desk.open("/desk")
    page.context.set_offline(True)

    page.fill("#scan", "7774711")
    page.press("#scan", "Enter")

    page.wait_for_selector("text=Not sent: the connection is lost.", timeout=NO_PATIENCE_MS)
    assert page.input_value("#scan") == "7774711"
