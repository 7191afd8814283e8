"""Amounts as gateways write them, and the signatures that were published with test keys."""

import base64
import json

import pytest

from clubcrm.core.money import Money
from memberships.billing.gateways.amounts import decimal_text, hmac_base64, literal_json, money_of
from memberships.billing.gateways.base import ForgedError
from memberships.billing.gateways.esewa import read_return
from memberships.billing.gateways.esewa import signature_of as esewa_signature
from memberships.billing.gateways.sslcommerz import signature_holds
from memberships.billing.gateways.sslcommerz import signature_of as ssl_signature

# The key eSewa publishes for everybody's tests.
ESEWA_KEY = "8gBm/:&EnhH.1/q"


@pytest.mark.parametrize(
    ("minor", "currency", "always", "text"),
    [
        (11_000, "NPR", True, "110.00"),
        (11_000, "NPR", False, "110"),
        (11_050, "NPR", False, "110.50"),
        (5, "BDT", True, "0.05"),
        (1_500, "JPY", True, "1500"),
        (12_345, "KWD", True, "12.345"),
    ],
)
def test_amounts_are_written_exactly(minor, currency, always, text):
    assert decimal_text(Money(minor, currency), always=always) == text


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("110.00", "BDT", 11_000),
        ("1,000.0", "NPR", 100_000),
        (1000.0, "NPR", 100_000),
        ("15", "BDT", 1_500),
        ("0.1", "EUR", 10),
        ("1500", "JPY", 1_500),
        ("0.005", "EUR", None),
        ("NaN", "EUR", None),
        ("Infinity", "EUR", None),
        ("1e30", "EUR", None),
        ("ten", "EUR", None),
        (None, "EUR", None),
    ],
)
def test_amounts_are_read_exactly_or_not_at_all(text, currency, minor):
    read = money_of(text, currency)

    assert read == (None if minor is None else Money(minor, currency))


def test_numbers_of_an_answer_stay_as_they_were_written():
    assert literal_json('{"total_amount": 1000.0, "n": 7}') == {"total_amount": "1000.0", "n": "7"}


@pytest.mark.parametrize("raw", ["[]", "1", "{", ""])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(ValueError, match=r".*"):
        literal_json(raw)


def test_esewa_signs_as_its_published_example():
    fields = {"total_amount": "110", "transaction_uuid": "241028", "product_code": "EPAYTEST"}
    names = ("total_amount", "transaction_uuid", "product_code")

    signature = esewa_signature(fields, names, ESEWA_KEY)

    assert signature == "i94zsd3oXF6ZsSr/kGqT4sSzYQzjj1W/waxjWyRwaME="


def returned(**changed):
    """Return what eSewa's browser redirect carries, signed with the literal texts."""
    text = (
        '{"transaction_code":"000AWEO","status":"COMPLETE","total_amount":1000.0,'
        '"transaction_uuid":"250610-162413","product_code":"EPAYTEST",'
        '"signed_field_names":"transaction_code,status,total_amount,transaction_uuid,'
        'product_code,signed_field_names"}'
    )
    fields = dict(literal_json(text))
    names = fields["signed_field_names"].split(",")
    signature = hmac_base64(",".join(f"{name}={fields[name]}" for name in names), ESEWA_KEY)
    body = text[:-1] + f',"signature":"{signature}"}}'
    for old, new in changed.items():
        body = body.replace(old, new)
    return base64.b64encode(body.encode()).decode()


def test_esewa_return_is_checked_with_the_number_as_written():
    told = read_return(returned(), ESEWA_KEY)

    assert (told["status"], told["total_amount"]) == ("COMPLETE", "1000.0")


@pytest.mark.parametrize(
    "data",
    [
        returned(COMPLETE="COMPLETED"),
        returned(**{"1000.0": "1000.00"}),
        returned(**{'"signature":"': '"signature":"x'}),
        returned(**{",signed_field_names": ""}).replace("=", ""),
        "not base64!",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(json.dumps({"signed_field_names": "status"}).encode()).decode(),
        "A" * 9_000,
    ],
)
def test_esewa_return_that_was_touched_is_refused(data):
    with pytest.raises(ForgedError):
        read_return(data, ESEWA_KEY)


def test_esewa_return_under_another_key_is_refused():
    with pytest.raises(ForgedError):
        read_return(returned(), "another key")


def notice(**changed):
    fields = {
        "tran_id": "abc23",
        "val_id": "2001011200001",
        "amount": "1500.00",
        "status": "VALID",
        "verify_key": "amount,status,tran_id,val_id",
    }
    fields["verify_sign"] = ssl_signature(fields, "pass@ssl")
    return fields | changed


def test_sslcommerz_notice_is_summed_over_its_sorted_fields_and_the_password():
    # md5("amount=1500.00&status=VALID&store_passwd=" + md5("pass@ssl") + "&tran_id=..&val_id=..")
    assert notice()["verify_sign"] == "cc9c1bacd6c1e4877818251904edbe93"
    assert signature_holds(notice(), "pass@ssl")


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "15.00"},
        {"verify_sign": ""},
        {"verify_sign": "0" * 32},
        {"verify_key": ""},
        {"verify_key": "val_id"},
        {"status": "FAILED"},
    ],
)
def test_sslcommerz_notice_that_was_touched_is_refused(changed):
    assert not signature_holds(notice(**changed), "pass@ssl")


def test_sslcommerz_notice_under_another_or_no_password_is_refused():
    assert not signature_holds(notice(), "other")
    assert not signature_holds(notice(), "")
