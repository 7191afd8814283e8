"""What every answer says to browsers: policies, caches, hosts, kinds of content."""

import pytest
from flask import request

from clubcrm.core.headers import host_is_believed

ADDRESSES = (
    "/sign-in",
    "/",
    "/nothing/here",
    "/api/v1/members",
    "/api/v1/nothing",
    "/healthz",
    "/readyz",
    "/static/css/tokens.css",
    "/static/nothing.css",
    "/iclock/cdata?SN=X1",
    "/api/v1/openapi.json",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_policies(app, cast, address):
    with app.test_client().get(address) as answer:
        headers = answer.headers

    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Strict-Transport-Security" not in headers  # plain HTTP in the club's own network


def test_every_page_of_the_house_carries_the_policies(client_of, app):
    client = client_of("Olga")
    bare = []

    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments:
            answer = client.get(rule.rule)
            fine = "frame-ancestors 'none'" in answer.headers.get("Content-Security-Policy", "")
            kind = answer.headers.get("Content-Type", "")
            textual = kind.startswith("text/") and answer.data
            if not fine or (textual and "charset=utf-8" not in kind.lower()):
                bare.append((rule.rule, kind))

    assert bare == []


def test_pages_are_not_kept_by_caches_but_assets_are(client_of):
    frank = client_of("Frank")

    assert frank.get("/settings/profile").headers["Cache-Control"] == "no-store"
    with frank.get("/static/css/tokens.css") as sheet:
        assert "max-age=31536000" in sheet.headers["Cache-Control"]


def test_failure_carries_the_policies_and_no_trace(app, cast):
    def explode():
        raise RuntimeError("a secret that must not leave: 4711")

    app.view_functions["healthz"] = policy_like(app.view_functions["healthz"], explode)

    answer = app.test_client().get("/healthz")

    assert answer.status_code == 500
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "4711" not in answer.text
    assert "Traceback" not in answer.text


def policy_like(model, view):
    view.policy = model.policy
    return view


def test_tls_site_insists_on_tls(open_app):
    secure = open_app(CLUBCRM_PUBLIC_URL="https://club.example")

    answer = secure.test_client().get("/healthz", base_url="https://club.example")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    ("host", "believed"),
    [
        ("127.0.0.1:8000", True),
        ("192.168.1.20", True),
        ("[::1]:8000", True),
        ("localhost", True),
        ("clubserver", True),
        ("clubserver.local:8000", True),
        ("club.example", True),
        ("CLUB.example:443", True),
        ("evil.example", False),
        ("club.example.evil.example", False),
        ("evil-club.example", False),
        ("club.example@evil.example", False),
        ("", False),
        ("evil.example:80:80", False),
    ],
)
def test_only_own_and_local_hosts_are_believed(host, believed):
    assert host_is_believed(host, "club.example") is believed


def test_foreign_host_gets_no_page(app, cast):
    answer = app.test_client().get("/sign-in", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_proxy_headers_change_nothing_without_a_proxy(app, cast):
    forged = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
    }

    answer = app.test_client().get(
        "/settings", headers=forged, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )

    assert answer.location == "/sign-in?next=/settings"
    assert answer.headers.get("Strict-Transport-Security") is None


def test_proxy_headers_count_behind_the_set_proxy(open_app):
    behind = open_app(CLUBCRM_TRUSTED_PROXIES="1")
    seen = []
    behind.before_request(lambda: seen.append(request.remote_addr))

    behind.test_client().get("/healthz", headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.50"})

    assert seen == ["203.0.113.50"]


def test_form_without_token_is_refused(app, client_of):
    frank = client_of("Frank")
    app.config["WTF_CSRF_ENABLED"] = True

    for address in ("/settings/profile", "/sign-out", "/settings/profile/password"):
        answer = frank.post(address, data={"locale": "ru", "theme": "dark"})
        assert answer.status_code == 400
        assert "out of date" in answer.text
    plain = frank.post("/settings/profile", data="locale=ru", content_type="text/plain")

    assert plain.status_code == 400


def test_token_of_another_person_is_refused(app, client_of):
    frank, olga = client_of("Frank"), client_of("Olga")
    app.config["WTF_CSRF_ENABLED"] = True
    olgas = csrf_of(olga)

    stolen = frank.post("/settings/profile", data={"theme": "dark", "csrf_token": olgas})
    own = frank.post("/settings/profile", data={"theme": "dark", "csrf_token": csrf_of(frank)})

    assert (stolen.status_code, own.status_code) == (400, 303)


def csrf_of(client):
    page = client.get("/settings/profile").text
    return page.split('name="csrf-token" content="')[1].split('"')[0]
