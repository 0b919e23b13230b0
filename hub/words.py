"""Words as the hub compares them: one script, one case, one form. Used by triage, search and duplicates."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain, pairwise
from operator import add

import opencc

_CJK = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>[^\W_{_CJK}]+(?:['\u2019][^\W_{_CJK}]+)*)")
_RUN_OR_PAUSE = re.compile(_RUN.pattern + "|(?P<pause>[,:\u3001])")
_SENTENCE = re.compile(r"(?<!\d)\.|\.(?!\d)|[!?;\u3002\r\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")

# fmt: off
_IRREGULAR = {
    "bitten": "bite", "blew": "blow", "blown": "blow", "broke": "break", "broken": "break",
    "buildings": "building", "bought": "buy", "children": "child", "came": "come", "fell": "fall",
    "fallen": "fall", "found": "find", "got": "get", "gotten": "get", "hung": "hang", "lost": "lose",
    "men": "man", "mice": "mouse", "paid": "pay", "shook": "shake", "shaken": "shake", "slept": "sleep",
    "stole": "steal", "stolen": "steal", "swept": "sweep", "took": "take", "taken": "take", "told": "tell",
    "threw": "throw", "thrown": "throw", "women": "woman",
}
# Forms whose stem would be another matter: a guard is fired, nothing burns.
_WHOLE = frozenset((
    "building", "during", "evening", "fired", "firing", "living", "morning", "mouse", "news", "parking",
    "smoking",
))
_NEGATIVE = frozenset((
    "arent", "cannot", "cant", "couldnt", "didnt", "doesnt", "dont", "hasnt", "havent", "isnt", "wasnt",
    "werent", "wont",
))
_FILLERS = frozenset((
    "a", "am", "an", "and", "are", "be", "been", "being", "can", "could", "did", "do", "does", "had", "has",
    "have", "her", "his", "is", "it", "its", "my", "our", "please", "so", "that", "the", "their", "there",
    "these", "this", "those", "very", "was", "were", "will", "would", "your",
))
# fmt: on
_PARTICLES = frozenset("了咗的嘅啊呀啦呢吧")


@cache
def _to_simplified() -> opencc.OpenCC:
    """The one converter; made at the first Chinese text (5 ms and 2.5 MB when measured)."""
    return opencc.OpenCC("t2s")


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def fold(text: str) -> str:
    """One form of `text`: NFKC, no case, Simplified script. Lone surrogates become U+FFFD."""
    if text.isascii():
        return text.lower()  # all that the steps below would do to it
    whole = _SURROGATE.sub("\ufffd", text)
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", whole).casefold())
    return plain if plain.isascii() else _to_simplified().convert(plain)


def script(text: str) -> str:
    """Hant or Hans as far as the signs of `text` tell, "" where they are the same in both."""
    plain = unicodedata.normalize("NFKC", _SURROGATE.sub("\ufffd", text))
    if _to_simplified().convert(plain) != plain:
        return "Hant"
    return "Hans" if _to_traditional().convert(plain) != plain else ""


def tokens(text: str) -> list[str]:
    """Words of `text` in order: Latin words and numbers as stems, each CJK run as it stands."""
    return [run if cjk else stem(run) for run, cjk in _runs(fold(text))]


def bigrams(text: str) -> list[str]:
    """What an index stores of `text`: stems, and each CJK run as overlapping pairs (a lone one alone).

    The same list on both engines, because FTS5 trigram cannot find words of two characters.
    """
    found: list[str] = []
    for cjk, word in _RUN.findall(fold(text)):
        if word:
            found.append(stem(word))
        else:
            found += _pairs(cjk)
    return found


def cjk_runs(text: str) -> list[str]:
    """The runs of Chinese (and kin) in `text`, folded: what stands together must be found together."""
    return [run for run, cjk in _runs(fold(text)) if cjk]


@lru_cache(maxsize=4_000)  # what is open is compared with much that comes in
def telling(text: str) -> frozenset[str]:
    """The words that say what a text is about, as `bigrams` cuts them: no fillers, each once."""
    return frozenset(bigrams(text)) - _FILLERS


def begins_filler(start: str) -> bool:
    """Whether a word that says nothing begins like this: the, that, would."""
    return any(filler.startswith(start) for filler in _FILLERS)


def grams(text: str) -> list[str]:
    """What a learner counts: stems and neighbouring pairs of them, CJK characters and their pairs.

    Every number is one "#": a flat or a telephone says nothing of what kind of matter it is.
    """
    found: list[str] = []
    before = ""
    for run, cjk in _runs(fold(text)):
        if cjk:
            found += [*run, *(a + b for a, b in pairwise(run))]
            before = ""
        else:
            word = "#" if run.isdecimal() else stem(run)
            found += [word, f"{before} {word}"] if before else [word]
            before = word
    return found


def units(text: str) -> list[list[str]]:
    """What phrases are made of, by sentence: stems without fillers, CJK characters without particles.

    A comma stays, as the unit ",": 水管断了,水喷出来 is not 断水. Every "does not", "won't", "can't" is one
    `not`, so a phrase is written once.
    """
    sentences = (_units_of(sentence) for sentence in _SENTENCE.split(fold(text)))
    return [sentence for sentence in sentences if any(unit != "," for unit in sentence)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A light English stem of one folded word: leak, leaks, leaking, leaked -> leak. Others stay whole."""
    word = word.replace("\u2019", "'").removesuffix("'s").replace("'", "")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or word in _WHOLE or not (word.isascii() and word.isalpha()):
        return word
    return _without_e(_without_ending(_singular(word)))


@dataclass
class _Node:
    after: dict[str, "_Node"] = field(default_factory=dict)
    term: int | None = None


class Terms:
    """A list of terms found in sentences in one pass, the longest first: 消防通道 is not 消防."""

    def __init__(self) -> None:
        self._root = _Node()
        self._texts: list[str] = []
        self._lengths: list[int] = []

    def add(self, text: str) -> int:
        """The number of the term `text`, shared by all spellings with its units.

        Raises ValueError when `text` has no words.
        """
        sequence = list(chain.from_iterable(units(text)))
        if not sequence:
            raise ValueError(f"no words in {text!r}")
        node = self._root
        for unit in sequence:
            node = node.after.setdefault(unit, _Node())
        if node.term is None:
            node.term = len(self._texts)
            self._texts.append(text)
            self._lengths.append(len(sequence))
        self._texts[node.term] = min(self._texts[node.term], text, key=len)
        return node.term

    def text(self, term: int) -> str:
        """The shortest spelling of a term."""
        return self._texts[term]

    def is_one_sign(self, term: int) -> bool:
        """True for a single CJK character, which says little unless its partner stands close."""
        return self._lengths[term] == 1 and not self._texts[term].isascii()

    def find(self, sentence: list[str]) -> dict[int, int]:
        """Term -> index of the unit where it first starts; terms inside a longer found one are left out."""
        found: dict[int, int] = {}
        reach = -1
        for start in range(len(sentence)):
            node, end, term = self._root, start, None
            for here in range(start, len(sentence)):
                following = node.after.get(sentence[here])
                if following is None:
                    break
                node = following
                if node.term is not None:
                    end, term = here, node.term
            if term is not None and end > reach:
                found.setdefault(term, start)
                reach = end
        return found


def _runs(folded: str) -> list[tuple[str, bool]]:
    return [(cjk or word, bool(cjk)) for cjk, word in _RUN.findall(folded)]


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else list(map(add, run, run[1:]))


def _units_of(folded: str) -> list[str]:
    found: list[str] = []
    for match in _RUN_OR_PAUSE.finditer(folded):
        run = match.group()
        if match.lastgroup == "cjk":
            found.extend(sign for sign in run if sign not in _PARTICLES)
        elif match.lastgroup == "pause":
            found.append(",")
        elif run.replace("\u2019", "'").endswith("n't") or run in _NEGATIVE:
            found.append("not")
        elif run not in _FILLERS:
            found.append(stem(run))
    return found


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    ending = next((e for e in ("ing", "ed") if word.endswith(e)), "")
    rest = word.removesuffix(ending)
    if not ending or word.endswith("eed") or len(rest) < 3 or not re.search("[aeiouy]", rest):
        return word
    if rest[-1] == rest[-2] and rest[-1] not in "lsz":
        return rest[:-1]
    # smok-ing and fil-ing lost an e, leak-ing and open-ed did not
    return rest + "e" if re.fullmatch("[^aeiou]*[aeiou][^aeiouwxy]", rest) else rest


def _without_e(word: str) -> str:
    if len(word) < 5 or not word.endswith("e") or re.fullmatch("[^aeiou]*[aeiou][^aeiouwxy]e", word):
        return word
    return word[:-1]
