"""The cities that come with the product, and what a profile may say."""

import pytest

from hub.errors import BadInput
from hub.public_holidays import public_holidays
from tests.web.replay.real import real
from web.replay.profile import CHANNELS, ROLES, known, load, parse, squash
from web.replay.writing import as_toml
from web.tables import open_table

CITIES = {
    "atlanta": "311/atlanta_seeclickfix_8465.csv",
    "baltimore": "311/baltimore_311_10000.csv",
    "boston": "311/boston_2015_24000.csv.gz",
    "nyc": "311/nyc_2011_2000.csv",
}
SMALLEST = """
name = "Small"
source = "small"
zone = "Europe/Berlin"
dates = ["iso"]
[columns]
id = "Nr"
opened = ["Datum", ["Tag", "Uhrzeit"]]
"""


def test_every_city_is_there_and_sound() -> None:
    cities = known()
    assert set(cities) == set(CITIES)
    for profile in cities.values():
        assert set(profile.columns) <= set(ROLES)
        assert {profile.default_channel, *profile.channels.values()} <= {*CHANNELS, ""}
        public_holidays(profile.calendar.region, [2015])


@pytest.mark.parametrize("city", sorted(CITIES))
def test_a_profile_names_columns_and_words_its_file_really_has(city: str) -> None:
    table, profile = open_table(real(CITIES[city])), known()[city]
    header = {squash(name) for name in table.header}
    for role, alternatives in profile.columns.items():
        assert squash(alternatives[0][0]) in header, role
    for role, words in (("status", profile.outcomes), ("channel", profile.channels)):
        if role in profile.columns:
            name = profile.columns[role][0][0]
            assert {str(row.cells[name]).casefold() for row in table.rows()} & set(words), role


@pytest.mark.parametrize("city", sorted(CITIES))
def test_a_profile_written_out_reads_back_the_same(city: str) -> None:
    assert parse(as_toml(known()[city])) == known()[city]


def test_a_profile_of_ones_own_is_loaded_by_its_path(tmp_path) -> None:
    (tmp_path / "small.toml").write_text(SMALLEST, encoding="utf-8")
    profile = load(str(tmp_path / "small.toml"))
    assert profile.columns["opened"] == (("Datum",), ("Tag", "Uhrzeit"))
    assert profile.default_channel == "portal"


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('id = "Nr"', 'number = "Nr"', "no such role: number"),
        ('id = "Nr"', "", "no column named for id"),
        ("Europe/Berlin", "Europe/Atlantis", "Atlantis"),
        ('dates = ["iso"]', "", "dates"),
        ("[columns]", '[channels]\n"Taube" = "pigeon"\n[columns]', "no such channel: pigeon"),
        ('name = "Small"', "name = ", "not a profile"),
    ],
)
def test_a_profile_that_is_wrong_is_refused_with_what_is_wrong(old: str, new: str, wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong):
        parse(SMALLEST.replace(old, new))


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="no profile named gotham; there are atlanta, baltimore, boston, nyc"):
        load("gotham")
