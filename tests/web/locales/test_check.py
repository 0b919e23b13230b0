"""The gate of the words catches each kind of fault; the extractor finds each kind of sentence."""

import re

import pytest

from web.locales import HERE, po
from web.locales.check import faults
from web.locales.extract import (
    ROOT,
    Message,
    everything,
    in_python,
    in_template,
    interpolated,
    labels,
    refusals,
)
from web.locales.update import renew

SAID = Message("in %(days)s days", where="x.py:1")
CODED = Message("done", "order state", where="labels.py")
WANTED = {SAID.key: SAID, CODED.key: CODED}

GOOD = {
    "en": {CODED.key: "Done"},
    "zh_Hans": {SAID.key: "%(days)s 日后", CODED.key: "完成"},
    "zh_Hant": {SAID.key: "%(days)s 日後", CODED.key: "完成"},
}


def entry(key: po.Key, string: str, flag: str = "") -> str:
    context, text = key
    lines = [flag] if flag else []
    lines += [f'msgctxt "{context}"'] if context else []
    return "\n".join([*lines, f'msgid "{text}"', f'msgstr "{string}"', "", ""])


@pytest.fixture
def catalogs(tmp_path):
    """Writes three good catalogs, then adds `more` to one or changes its words; returns the faults found."""

    def checked(
        name: str = "zh_Hant",
        words: dict[po.Key, str] | None = None,
        more: str = "",
        drop: po.Key | None = None,
    ):
        for locale, good in GOOD.items():
            mine = good | (words or {}) if locale == name else good
            body = "".join(
                entry(key, string) for key, string in mine.items() if (locale, key) != (name, drop)
            )
            head = po.HEADER.format(language=locale, plurals="nplurals=1; plural=0;")
            (tmp_path / f"{locale}.po").write_text(head + body + (more if locale == name else ""), "utf-8")
        return faults(WANTED, tmp_path)

    return checked


def test_good_catalogs_have_no_fault(catalogs):
    assert catalogs() == []


@pytest.mark.parametrize("name", ["zh_Hans", "zh_Hant"])
def test_a_missing_message_is_named_with_the_place_that_says_it(catalogs, name):
    assert catalogs(name, drop=SAID.key) == [f"{name}.po: 'in %(days)s days': missing (used in x.py:1)"]


def test_a_stored_code_without_an_english_word_is_missing_too(catalogs):
    assert catalogs("en", drop=CODED.key) == ["en.po: 'done' (order state): missing (used in labels.py)"]


def test_an_empty_translation_is_a_fault(catalogs):
    assert catalogs(words={SAID.key: ""}) == ["zh_Hant.po: 'in %(days)s days': empty (used in x.py:1)"]


def test_a_fuzzy_translation_is_a_fault(catalogs):
    found = catalogs("zh_Hans", drop=SAID.key, more=entry(SAID.key, "%(days)s 日后", "#, fuzzy"))
    assert found == ["zh_Hans.po: 'in %(days)s days': fuzzy, confirm it and drop the mark"]


def test_a_message_nobody_says_is_obsolete(catalogs):
    assert catalogs(more=entry((None, "gone"), "走了")) == [
        "zh_Hant.po: 'gone': obsolete, nothing says it any more"
    ]


def test_a_commented_out_message_is_obsolete(catalogs):
    assert catalogs(more='#~ msgid "gone"\n#~ msgstr "走了"\n') == ["zh_Hant.po: 'gone': obsolete"]


@pytest.mark.parametrize("wrong", ["days 日後", "%(day)s 日後", "%(days)s %(hours)s 日後"])
def test_places_that_differ_are_a_fault(catalogs, wrong):
    [found] = catalogs(words={SAID.key: wrong})
    assert "places differ" in found


def test_a_lone_per_cent_sign_beside_places_is_a_fault(catalogs):
    [found] = catalogs(words={SAID.key: "%(days)s 日 80% 後"})
    assert "doubled" in found
    assert catalogs(words={SAID.key: "%(days)s 日 80%% 後"}) == []


def test_simplified_characters_in_the_traditional_catalog_are_named(catalogs):
    [found] = catalogs(words={CODED.key: "办完了"})
    assert found.endswith("Simplified characters: 办")


def test_traditional_characters_in_the_simplified_catalog_are_named(catalogs):
    [found] = catalogs("zh_Hans", words={CODED.key: "辦完了"})
    assert found.endswith("Traditional characters: 辦")


def test_a_message_that_stands_twice_is_a_fault(catalogs):
    assert catalogs(more=entry(CODED.key, "完畢")) == ["zh_Hant.po: 'done' (order state): stands twice"]


def test_one_text_in_two_contexts_does_not_stand_twice():
    assert po.twice(entry(("a", "done"), "") + entry(("b", "done"), "") + entry((None, "done"), "")) == []


def test_a_message_broken_over_lines_is_still_the_same_message():
    assert po.twice(entry((None, "one two"), "") + 'msgid ""\n"one "\n"two"\nmsgstr ""\n') == [
        (None, "one two")
    ]


# --- update ----------------------------------------------------------------


def test_update_adds_keeps_drops_and_drafts_traditional(tmp_path):
    renew({SAID.key: SAID}, tmp_path, words=["in %(days)s days\t%(days)s 日后"])
    old = Message("old")
    wants = renew({**WANTED, old.key: old}, tmp_path, words=["order state|done\t办完\t\tDone"])
    assert wants == ["zh_Hans: 'old'", "zh_Hant: 'old'"]
    assert renew(WANTED, tmp_path) == []
    assert faults(WANTED, tmp_path) == []
    assert 'msgstr "%(days)s 日後"' in (tmp_path / "zh_Hant.po").read_text("utf-8")


def test_update_changes_nothing_when_nothing_changed(tmp_path):
    renew(WANTED, tmp_path, words=["in %(days)s days\t%(days)s 日后", "order state|done\t完成\t\tDone"])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    renew(WANTED, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_correction_by_hand_outlives_an_update(tmp_path):
    renew(WANTED, tmp_path, words=["order state|done\t完成\t辦妥\tDone"])
    renew(WANTED, tmp_path)
    assert 'msgstr "辦妥"' in (tmp_path / "zh_Hant.po").read_text("utf-8")


def test_a_message_that_gains_a_plural_gets_its_forms(tmp_path):
    plural = Message("%(num)s order", plural="%(num)s orders")
    renew({plural.key: plural}, tmp_path, words=["%(num)s order\t%(num)s 张派工单"])
    english = po.read(tmp_path / "en.po").get("%(num)s order")
    assert english and english.string == ("%(num)s order", "%(num)s orders")
    assert faults({plural.key: plural}, tmp_path) == []


# --- extract ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('N_("a")', ["a"]),
        ('_("a" "b")', ["ab"]),
        ('words.gettext("a")', ["a"]),
        ('NotNow("a", legal)', ["a"]),
        ('BadInput("field", "a")', ["a"]),
        ('BadInput("field", reason="a", days=3)', ["a"]),
        ('raise errors.NotFound("a")', ["a"]),
        ('NotFound("a" if many else "b")', ["a", "b"]),
        ('Kind(Accepted, says="a")', ["a"]),
        ("NotNow(order, verb, legal)", []),
        ("N_(name)", []),
        ('print("a")', []),
    ],
)
def test_sentences_are_found_in_python(source, texts):
    assert [message.text for message in in_python(source)] == texts


def test_contexts_and_plurals_are_found_in_python():
    assert list(in_python('pgettext("order state", "done")')) == [Message("done", "order state")]
    assert list(in_python('ngettext("one", "many", 3)')) == [Message("one", plural="many")]


def test_sentences_are_found_in_templates(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '{{ _("a") }}{% trans n=3 %}one{% pluralize %}{{ n }} many{% endtrans %}{{ pgettext("c", "b") }}'
        "{% trans %}\n  two\n  lines\n{% endtrans %}",
        "utf-8",
    )
    assert list(in_template(page)) == [
        Message("a"),
        Message("one", plural="%(n)s many"),
        Message("b", "c"),
        Message("two lines"),
    ]


def test_every_refusal_of_the_hub_is_known_with_the_place_of_its_message():
    assert refusals()["NotNow"] == 0
    assert refusals()["BadInput"] == 1
    assert {"NotFound", "Forbidden", "AlreadyTaken", "CallbackOwed"} <= set(refusals())


def test_a_sentence_built_by_an_f_string_is_named():
    assert interpolated('NotNow(f"no {thing}")\nNotNow("no %(thing)s", thing=1)', "x.py") == ["x.py:1"]


def test_the_project_itself_is_read():
    found = everything()
    assert (None, "Sign in") in found
    assert (None, "this time lies in the future") in found
    assert (None, "%(by)s took the order") in found
    assert ("event", "accepted") in found
    assert found[(None, "Sign in")].where.startswith("web/templates/")
    assert (ROOT / "pyproject.toml").exists()


def test_the_projects_catalogs_are_sound_in_what_they_say():
    """Missing and obsolete words are the gate's own business; a wrong word must never reach a reader."""
    found = [f for f in faults(everything()) if not re.search(r": (missing|empty|obsolete)\b", f)]
    assert found == []


def test_every_stored_code_is_in_every_catalog():
    wanted = {message.key: message for message in labels()}
    assert [f for f in faults(wanted, HERE) if "obsolete" not in f] == []
