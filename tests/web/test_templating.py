"""What templates are given, what they may not do, and that two readers never mix."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request

from hub import clock
from hub.errors import BadInput, NotNow
from web import templating
from web.templating import (
    SCREENS,
    STATIC,
    Shell,
    asset,
    draw,
    environment,
    left,
    phone,
    promise_state,
    render,
)
from web.words import LOCALES, Words, words_in

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEMPLATES = sorted((templating.HERE / "templates").rglob("*.html"))
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "an on… attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "an evaluated htmx attribute": re.compile(r"\shx-on\b|\shx-vals\s*=\s*[\"']js:", re.I),
}


def request(
    path: str = "/", cookies: str = "", language: str = "", office: Words | None = None, **state
) -> Request:
    headers = [(b"cookie", cookies.encode()), (b"accept-language", language.encode())]
    app = SimpleNamespace(state=SimpleNamespace(push_key="", **({"words": office} if office else {})))
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": headers,
        "query_string": b"",
        "app": app,
    }
    return Request(scope | {"server": ("hub.test", 80), "scheme": "http", "state": state})


def macro(call: str, locale: str = "en", **context) -> str:
    source = '{% import "_macros.html" as m %}{{ m.' + call + " }}"
    token = templating._words.set(words_in(locale))
    try:
        return environment().from_string(source).render(**context)
    finally:
        templating._words.reset(token)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(templating.HERE)))
def test_no_template_holds_inline_style_or_script(path):
    source = path.read_text("utf-8")
    if path.name == "alone.html":  # kept or sent as one file, never served: its style goes with it
        source = source.replace("<style>{{ style }}</style>", "")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(source)] == []


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="x">',
        "<style>",
        "<script>x()</script>",
        '<a onclick="x()">',
        '<a href="javascript:x">',
        "<a hx-on:click=x>",
    ],
)
def test_the_scan_for_inline_code_finds_each_kind(bad):
    assert any(pattern.search(bad) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(templating.HERE)))
def test_every_icon_a_template_names_is_drawn(path):
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))
    assert set(re.findall(r"""\bicon\(["']([a-z]+)["']""", path.read_text("utf-8"))) <= drawn
    assert {screen.icon for screen in SCREENS.values()} <= drawn


def test_a_name_nobody_gave_is_an_error_and_not_an_empty_page():
    with pytest.raises(UndefinedError, match="next"):
        render(request(), "session/sign_in.html", refusal=None, login="")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_sign_in_page_speaks_every_language(locale):
    page = sign_in(request(cookies=f"hub_locale={locale}"))
    assert f'<html lang="{locale}"' in page
    assert {"en": "Log-in name", "zh-Hans": "登录名", "zh-Hant": "登入名稱"}[locale] in page


def sign_in(asked: Request, **context) -> str:
    given = {"login": "", "next": "", "refusal": None, "demo_logins": [], "demo_password": "", **context}
    return bytes(render(asked, "session/sign_in.html", **given).body).decode()


def test_a_refused_sign_in_keeps_the_login_and_says_why_in_the_readers_words():
    page = sign_in(
        request(language="zh-HK"), login="desk", refusal=NotNow("this step belongs to another role")
    )
    assert 'value="desk"' in page
    assert 'role="alert"' in page
    assert "此步驟由其他角色辦理" in page


def test_the_demo_block_is_there_only_with_demo_logins():
    assert "data-fill" not in sign_in(request())
    page = sign_in(request(), demo_logins=[("desk", "clerk")], demo_password="kite")
    assert 'data-value="desk"' in page
    assert "Centre clerk" in page


def test_the_frame_shows_the_screens_of_the_person_and_marks_the_open_one():
    shell = Shell(
        office="North Court", person="Wang", roles=("clerk",), screens=(SCREENS["desk"], SCREENS["team"])
    )
    page = sign_in(request("/desk/new", shell=shell))
    assert re.search(r'href="/desk" data-key="1" aria-current="page"', page)
    assert not re.search(r'href="/team"[^>]*aria-current', page)
    assert 'action="/session/end"' in page


def test_the_chosen_look_is_in_the_first_byte_of_the_page():
    assert 'data-theme="dark"' in sign_in(request(cookies="hub_theme=dark"))
    assert "data-theme" not in sign_in(request(cookies='hub_theme="><b>'))


def test_the_person_comes_before_the_cookie_and_the_cookie_before_the_browser():
    assert (
        templating.words_of(request(cookies="hub_locale=en", words=words_in("zh-Hans"))).locale == "zh-Hans"
    )
    assert templating.words_of(request(cookies="hub_locale=zh-Hant", language="en")).locale == "zh-Hant"
    office = words_in("zh-Hans", "Asia/Shanghai")
    assert templating.words_of(request(language="fr", office=office)) == office


def test_what_a_person_typed_is_escaped_even_inside_a_translated_sentence():
    page = sign_in(
        request(), refusal=BadInput("x", "%(name)s has this order", name="<script>alert(1)</script>")
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_error_page_names_the_legal_moves():
    answer = render(
        request(language="zh-CN"),
        "error.html",
        status_code=409,
        status=409,
        refusal=NotNow("this order cannot do that now", ("accept", "return")),
        request_id="abc",
    )
    page = bytes(answer.body).decode()
    assert answer.status_code == 409
    assert "<li>接单</li><li>退回</li>" in page


def test_two_readers_drawn_at_once_do_not_mix():
    def locale_of(number: int) -> bool:
        locale = LOCALES[number % 3]
        page = draw(words_in(locale), "session/sign_in.html", **frame())
        return f'<html lang="{locale}"' in page and Words(locale).gettext("Password") in page

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(locale_of, range(60)))


def frame() -> dict[str, object]:
    nothing = {"login": "", "next": "", "refusal": None, "demo_logins": [], "demo_password": ""}
    return {"request": request(), "shell": Shell(), "theme": "", **nothing}


@pytest.mark.parametrize(
    ("due", "warn", "kept", "state", "text"),
    [
        (95, 60, None, "running", "1 hr 35 min left"),
        (95, 0, None, "at_risk", "at risk, 1 hr 35 min left"),
        (0, -1, None, "at_risk", "at risk, 0 min left"),
        (-3, -9, None, "overdue", "3 min overdue"),
        (-3, -9, -4, "kept", "Kept"),
        (-3, -9, -2, "missed", "Missed"),
    ],
)
def test_a_promise_turns_at_its_warning_and_at_its_end(due, warn, kept, state, text):
    def at(minutes):
        return None if minutes is None else NOON + timedelta(minutes=minutes)

    with clock.at(NOON):
        assert promise_state(at(due), at(warn), at(kept)) == state
        drawn = macro("clock(due, warn, kept)", due=at(due), warn=at(warn), kept=at(kept))
    assert f'data-state="{state}"' in drawn
    assert text in drawn


def test_a_promise_without_a_warning_time_runs_until_it_is_overdue():
    with clock.at(NOON):
        token = templating._words.set(words_in("zh-Hans"))
        assert left(NOON + timedelta(minutes=1)) == "剩 1分钟"
        assert left(NOON - timedelta(minutes=1)) == "超时 1分钟"
        templating._words.reset(token)


def test_a_field_says_its_fault_where_it_is_and_to_a_screen_reader():
    fault = BadInput("phone", "this time lies in the future").fields["phone"]
    drawn = macro('field("phone", "Phone", "13<8", error=fault, required=true)', "zh-Hant", fault=fault)
    assert 'aria-invalid="true" aria-describedby="phone-wrong"' in drawn
    assert 'id="phone-wrong"' in drawn
    assert 'value="13&lt;8"' in drawn
    assert "這個時間在將來" in drawn


def test_a_state_is_always_a_word_beside_its_colour():
    assert (
        macro('pill("on_hold", "order state")', "zh-Hans")
        == '<span class="pill" data-tone="warn">已挂起</span>'
    )


@pytest.mark.parametrize(
    ("number", "region", "read"),
    [
        ("+8613800138000", "CN", "138 0013 8000"),
        ("+8613800138000", "HK", "+86 138 0013 8000"),
        ("+85221234567", "HK", "2123 4567"),
        ("ext. 12", None, "ext. 12"),
    ],
)
def test_a_phone_number_is_read_as_people_of_the_place_say_it(number, region, read):
    assert phone(number, region) == read


def test_a_static_address_changes_with_its_content():
    assert re.fullmatch(r"/static/hub\.css\?v=[0-9a-f]{10}", asset("hub.css"))
    assert asset("hub.css") != asset("hub.js").replace(".js", ".css")


def test_a_word_written_in_a_template_is_said_in_each_readers_language() -> None:
    made, said = None, []
    for locale in LOCALES:
        token = templating._words.set(words_in(locale))
        try:
            made = made or environment().from_string('{{ "yes" | label("satisfied") }}')
            said.append(made.render())
        finally:
            templating._words.reset(token)
    assert len(set(said)) == len(LOCALES), said
