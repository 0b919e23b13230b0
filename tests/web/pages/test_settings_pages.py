"""Every topic of the settings: its list, its forms, in every language; the ways out; what stays text."""

import re

import pytest

from tests.house import House
from tests.web.pages.visiting import Visit, plain
from web.pages.settings.index import TOPICS

ALONE = {  # things of which an office has one
    "office": "office",
    "hours": "hours",
    "practice": "practice",
}


@pytest.mark.parametrize("slug", sorted(set(TOPICS) - {"company"}))
def test_a_topic_lists_its_things_and_opens_each_form(visit: Visit, slug: str) -> None:
    adam = visit("adam")
    page = adam.get(f"/settings/LG/{slug}").text
    things = re.findall(rf'href="(/settings/LG/{slug}/[^"]+)"', page)
    assert things or slug in ("certificates", "leave")
    for path in things[:3]:
        assert adam.get(path).status_code == 200, path
    if slug in ALONE:
        assert things == [f"/settings/LG/{slug}/{ALONE[slug]}"]


NOT_THERE_AT_FIRST = {"staff", "certificates", "leave", "own-categories"}


@pytest.mark.parametrize("slug", sorted(set(TOPICS) - NOT_THERE_AT_FIRST - {"company"}))
def test_a_form_saved_as_it_stands_changes_nothing(visit: Visit, hub: House, slug: str) -> None:
    adam = visit("adam")
    page = adam.get(f"/settings/LG/{slug}").text
    path = re.findall(rf'href="(/settings/LG/{slug}/[^"+]+)"', page)[0]
    form = filled(adam.get(path).text)
    adam.does(path, **form)
    assert "Nothing has been changed yet" in adam.see("/settings/LG/history"), form


def test_a_category_is_added_on_its_page_and_saved_again_as_it_stands(visit: Visit) -> None:
    adam = visit("adam")
    page, path = adam.get("/settings/LG/own-categories/+").text, "/settings/LG/own-categories/05-51"
    assert '<option value="ENG" selected>ENG Engineering</option>' in page, "a code alone says little"
    adam.does("/settings/LG/own-categories/+", **(filled(page) | {"group": "05", "en": "Swimming pool pump"}))
    assert "05-51 Swimming pool pump" in adam.see("/settings/LG/own-categories")
    assert "05-51 Swimming pool pump" in adam.see("/settings/LG/categories")
    before = adam.see("/settings/LG/history")
    adam.does(path, **filled(adam.get(path).text))
    assert adam.see("/settings/LG/history") == before


def filled(page: str) -> dict[str, str]:
    """What a browser would send of the form as it was drawn."""
    form = page[page.index('class="card" action=') :].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name
        found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select id="[^"]+" name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', body) or re.findall(r'value="([^"]*)"', body)
        found[name] = chosen[0]
    for name, body in re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = body
    return {name: value.replace("&#39;", "'").replace("&gt;", ">") for name, value in found.items()}


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant"])
def test_the_pages_read_chinese(visit: Visit, locale: str) -> None:
    adam = visit("adam", locale)
    for slug in sorted(set(TOPICS) - {"company"}):
        title = re.findall(r"<h1>([^<]+)</h1>", adam.get(f"/settings/LG/{slug}").text)[0]
        assert re.search("[一-鿿]", title), (slug, title)
    words = {"zh-Hans": "紧急事项直达值班人员", "zh-Hant": "緊急事項直達值班人員"}
    assert words[locale] in adam.see("/settings/LG/rules")


def test_what_is_not_there_is_not_found(visit: Visit) -> None:
    adam = visit("adam")
    for path in ("pigeons", "rules/4711", "rules/x", "ladder/P9-accept", "texts/said", "office/+", "hours/x"):
        assert adam.get(f"/settings/LG/{path}").status_code == 404, path


def test_the_company_is_shown_to_who_administers_all_of_it(visit: Visit) -> None:
    adam = visit("adam")
    assert "/settings/LG/company" not in adam.get("/settings/LG").text
    assert adam.get("/settings/LG/company").status_code == 403
    assert adam.post("/settings/LG/company/company", name="Mine").status_code == 403


def test_a_director_sees_no_page_that_is_the_administrators(visit: Visit) -> None:
    dora = visit("dora")
    assert "/settings/LG/staff" not in dora.get("/settings/LG").text
    assert dora.get("/settings/LG/staff").status_code == 403


def test_a_text_is_looked_at_in_every_language_before_it_is_saved(visit: Visit, hub: House) -> None:
    dora = visit("dora")
    said = {"text": "received", "text_en": "Thank you: %(number)s", "act": "preview"}
    answer = dora.post("/settings/LG/texts/received", **said)
    page = plain(answer.text)
    assert "Thank you: 10000423 English · 1 part as a text message" in page and "繁體中文" in page
    assert "texts" not in hub.office().policy, "looking saves nothing"
    dora.does("/settings/LG/texts/received", **{**said, "act": "save"})
    assert "changed here" in dora.see("/settings/LG/texts")


def test_ways_out_say_what_is_missing_and_no_secret(visit: Visit) -> None:
    dora = visit("dora")
    page = dora.see("/settings/LG/channels")
    assert "HUB_TWILIO_ACCOUNT_SID" in page and "Send me a test" not in page
    answer = dora.post("/settings/LG/channels", channel="sms")
    assert answer.status_code == 422 and "this channel is not set up" in plain(answer.text)
    assert visit("clara").get("/settings/LG/channels").status_code == 403
    assert visit("clara").post("/settings/LG/channels", channel="sms").status_code == 403


def test_what_was_typed_stays_text(visit: Visit) -> None:
    dora = visit("dora")
    dora.does("/settings/LG/rules/+", rank="5", name="<img src=x onerror=alert(1)>", mode="desk")
    for path in ("rules", "history"):
        page = dora.get(f"/settings/LG/{path}").text
        assert "<img src=x" not in page and "&lt;img src=x" in page


def test_rooms_are_found_by_a_part_of_their_number(visit: Visit) -> None:
    page = visit("dora").see("/settings/LG/rooms?q=b-0302")
    assert "B-0302" in page and "A-0101" not in page
    assert "Nothing fits" in visit("dora").see("/settings/LG/rooms?q=zz")


@pytest.mark.parametrize(
    "key", ["%00", "²", "9" * 30, "x" * 201, "99999999999999999999", "-1", "a/b", "%ED%A0%80"]
)
@pytest.mark.parametrize("slug", ["rules", "leave", "rooms", "staff", "departments", "categories"])
def test_strange_addresses_are_refused_not_fallen_over(visit: Visit, slug: str, key: str) -> None:
    adam = visit("adam")
    assert adam.get(f"/settings/LG/{slug}/{key}").status_code in (404, 422)
    assert adam.post(f"/settings/LG/{slug}/{key}", act="end").status_code in (404, 422)


def test_strange_addresses_of_the_history_and_the_office(visit: Visit) -> None:
    adam = visit("adam")
    for path in (
        "/settings/LG/history/0/undo",
        f"/settings/LG/history/{2**63}/undo",
        "/settings/%00/rules/1",
    ):
        assert adam.post(path).status_code in (404, 422), path
    assert adam.get("/settings/%00").status_code in (404, 422)


def test_what_cannot_be_kept_is_refused_at_its_field(visit: Visit) -> None:
    answer = visit("dora").post("/settings/LG/rules/+", rank="5", name="a\x00b", mode="desk")
    assert answer.status_code == 422 and "cannot be kept" in plain(answer.text)
