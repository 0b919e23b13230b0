"""The initials of a name, as people at a desk type it: 王小明 by wxm, Chan Siu Ming by csm.

The letters stand in data/initials.csv, taken from pypinyin 0.55 (MIT, from Unihan) for every sign that is its
own Simplified form, with all its readings: 曾 is c and z. The library itself would hold 58 MB for them.
"""

from functools import cache
from itertools import islice, product

from hub import data, words

FEWEST, MOST = 2, 6  # signs of a name: one letter fits everybody, and no name is longer
MOST_READINGS = 8


def of(name: str) -> list[str]:
    """The initials of each name in `name`, lower case, every reading; [] where it has none.

    A run of Chinese is one name, the Latin words together are another: "Clara Yip 葉詠詩" is cy and yys.
    """
    known = _letters()
    found: list[str] = []
    latin = ""
    for run in words.tokens(name):
        if run[0].isascii():
            latin += run[0] if run[0].isalpha() else ""
        elif FEWEST <= len(run) <= MOST and all(sign in known for sign in run):
            readings = product(*(known[sign] for sign in run))
            found += ["".join(letters) for letters in islice(readings, MOST_READINGS)]
    if FEWEST <= len(latin) <= MOST:
        found.append(latin)
    return list(dict.fromkeys(found))


@cache
def _letters() -> dict[str, str]:
    """Each sign with the letters its readings begin with; read at the first Chinese name."""
    letters: dict[str, str] = {}
    for row in data.read("initials"):
        for sign in row["signs"]:
            letters[sign] = letters.get(sign, "") + row["letter"]
    return letters
