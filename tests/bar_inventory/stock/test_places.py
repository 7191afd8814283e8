"""Places, groups, photographs and batches, set up by Max at his desk."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from bar_inventory.catalogue.models import Category, Product, Recipe, RecipeItem
from bar_inventory.stock.models import Place, StockLot
from bar_inventory.stock.queries import selling_place
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from tests.bar_inventory.counter import Bar, deliver, level, make_bar, sound


@pytest.fixture
def bar(app, cast) -> Bar:
    """Return the bar for everybody to see, with milk and powder on its shelf."""
    with app.app_context(), unit_of_work():
        made = make_bar(cast)
        deliver(made, made.milk, 3_000, 30_000)
        deliver(made, made.powder, 300, 60_000)
        return made


def place(app, name: str) -> Place | None:
    with app.app_context(), unit_of_work(write=False):
        found = db.session.scalars(select(Place).where(Place.name == name)).first()
        if found is not None:
            db.session.expunge(found)
        return found


def test_the_till_sells_from_the_place_one_chooses_and_from_no_other(app, client_of, bar):
    max_ = client_of("Max")
    store = place(app, "Store")

    max_.post(f"/stock/places/{store.public_id}/sell")

    with app.app_context(), unit_of_work(write=False):
        assert selling_place(bar.club).name == "Store"
        selling = select(Place.name).where(Place.club_id == bar.club, Place.sells)
        assert db.session.scalars(selling).all() == ["Store"]


def test_a_place_gets_a_name_that_no_other_has(app, client_of, bar):
    max_ = client_of("Max")

    added = max_.post("/stock/places", data={"name": "Kiosk"})
    twice = max_.post("/stock/places", data={"name": "KIOSK"})
    kiosk = place(app, "Kiosk")
    max_.post(f"/stock/places/{kiosk.public_id}/name", data={"name": "Terrace"})

    assert added.status_code == 303
    assert twice.status_code == 400
    assert "Another place has this name already." in twice.text
    assert 'value="KIOSK"' in twice.text
    assert place(app, "Terrace").id == kiosk.id


def test_a_place_with_goods_or_with_the_till_is_not_closed(app, client_of, bar):
    max_ = client_of("Max")
    with app.app_context(), unit_of_work():
        deliver(bar, bar.oats, 600, 12_000, place=bar.store)
    till, store = place(app, "Bar"), place(app, "Store")

    selling = max_.post(f"/stock/places/{till.public_id}/close")
    full = max_.post(f"/stock/places/{store.public_id}/close")

    assert "The till sells from here." in selling.text
    assert "Goods still lie here." in full.text
    assert (selling.status_code, full.status_code) == (409, 409)
    assert place(app, "Store").active is True


def test_a_group_is_a_page_of_the_till_until_it_is_taken_off(app, client_of, bar):
    max_ = client_of("Max")
    max_.post("/stock/places/groups", data={"name": "Shakes", "position": "2"})
    with app.app_context(), unit_of_work():
        group = db.session.scalars(select(Category)).one()
        db.session.get_one(Product, bar.shake).category_id = group.id
        key = group.public_id

    shown = max_.get("/stock/places").text
    gone = max_.post(f"/stock/places/groups/{key}/retire", follow_redirects=True).text

    assert 'value="Shakes"' in shown
    assert "1 product stands in none now." in gone
    with app.app_context(), unit_of_work(write=False):
        assert db.session.get_one(Product, bar.shake).category_id is None


def test_places_are_for_those_who_edit_products(client_of, bar):
    assert client_of("Boris").get("/stock/places").status_code == 403


def test_a_photograph_stands_on_the_product_until_it_is_taken_off(app, client_of, bar):
    max_ = client_of("Max")
    with app.app_context(), unit_of_work(write=False):
        page = f"/stock/products/{db.session.get_one(Product, bar.shake).public_id}"
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(drawn, "PNG")

    def send(content: bytes):
        file = (io.BytesIO(content), "shake.png")
        return max_.post(
            f"{page}/picture", data={"photo": file}, content_type="multipart/form-data"
        )

    wrong = send(b"<svg onload=alert(1)>")
    sent = send(drawn.getvalue())
    shown = max_.get(page).text
    address = shown.partition('src="/till/pictures/')[2].partition('"')[0]
    with max_.get(f"/till/pictures/{address}") as picture:
        start, headers = picture.data[:3], picture.headers
    max_.post(f"{page}/picture", data={"drop": "1"})

    assert wrong.status_code == 400
    assert "This is not a JPEG, PNG or WebP picture." in wrong.text
    assert sent.status_code == 303
    assert start == b"\xff\xd8\xff"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert max_.get(f"/till/pictures/{address}").status_code == 404
    assert "/till/pictures/" not in max_.get(page).text


def test_a_batch_takes_its_ingredients_and_is_worth_what_went_into_it(app, client_of, bar):
    # given a dough that lies on the shelf, made of 200 ml milk and 20 g powder for 10 pieces
    with app.app_context(), unit_of_work():
        dough = Product(name="Dough", kind="both", club_id=bar.club, shelf_days=3)
        db.session.add(dough)
        db.session.flush()
        recipe = Recipe(product_id=dough.id, number=1, yield_units=10, valid_from=clock.now())
        db.session.add(recipe)
        db.session.flush()
        for place_, (one, units) in enumerate(((bar.milk, 200), (bar.powder, 20))):
            item = RecipeItem(recipe_id=recipe.id, position=place_, ingredient_id=one, units=units)
            db.session.add(item)
        page, key, dough_id = f"/stock/items/{dough.public_id}", place(app, "Bar"), dough.id

    boris = client_of("Boris")
    before = boris.get(page).text
    made = boris.post(f"{page}/batch", data={"place": key.public_id, "units": "20"})
    too_much = boris.post(f"{page}/batch", data={"place": key.public_id, "units": "2000"})

    # then 400 ml of milk at 10 and 40 g of powder at 200 are in twenty pieces
    assert "Make a batch" in before
    assert made.status_code == 303
    assert too_much.status_code == 409
    with app.app_context(), unit_of_work(write=False):
        assert level(bar, dough_id) == (20, 400 * 10 + 40 * 200)
        assert level(bar, bar.milk)[0] == 2_600
        assert level(bar, bar.powder)[0] == 260
        lot = db.session.scalars(select(StockLot).where(StockLot.product_id == dough_id)).one()
        assert (lot.expires_on - lot.received_on).days == 3
        assert sound() == []
