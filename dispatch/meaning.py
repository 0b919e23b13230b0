"""What the words of a message may mean, before anybody asks who wrote it. Pure: no database, no clock.

Only digits are commands. The words with which a carrier stops and starts its messages are the carrier's:
what they do is mirrored, and they are never anything else to the hub.
Source: domain.md §6 (opt-out).
"""

import re
import unicodedata

from hub import numbers, words

# the carrier's own words (and those of its kin), in one form
STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt-out"})
STARTS = frozenset({"start", "unstop", "yes"})
HELPS = frozenset({"help", "info"})
# the hub's own words for it
OPT_OUT = frozenset({"退订", "t", "td"})

# one of these at least: "very much" alone thanks nobody
THANKING = frozenset(
    re.findall("[a-z]+", "thanks thank thx ty ok okay okey kk k great good fine noted cheers received got")
)
THANKS = THANKING | frozenset(
    re.findall(
        "[a-z]+", "you sure much so very many a lot for your help it alright right appreciated perfect"
    )
)
CHINESE_THANKS = re.compile(
    "(?:多谢|谢谢|感谢|谢|唔该|晒|你们|你|您|师傅|辛苦|了|收到|好|的|啊|啦|呀|哦|嗯|行|可以|知道|明白|"
    "没问题|很|太|非常|哈)+"
)
NAMING = re.compile(
    r"^(?:my name is|i am|i'm|this is|name:|我的?名字?是|我姓名是|我叫|我是|姓名[::]?|本人)\s*", re.I
)
_PLACE = re.compile(
    r"([A-Za-z\d]{1,4})\s*(?:座|栋|幢|号楼)\s*(\d{1,3})\s*(?:楼|层)\s*([A-Za-z\d]{1,4})\s*(?:室|号|房|单位)?"
)
_CODE = re.compile(r"[A-Za-z]{0,4}-?\d[A-Za-z\d-]*", re.A)
LONGEST_NAME = 40
MOST_NAMES = 5


def plain(text: str) -> str:
    """The words as they are compared: one script, one width, no case, no punctuation at the ends."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", words.fold(text))


def digit(text: str) -> str | None:
    """The one digit a message consists of ("2", "2.", "選2", fullwidth), or None."""
    bare = re.sub(r"[\s.,。,、)(()\[\]#*]|^(?:按|选|选择|答|press|option)", "", plain(text))
    return bare if len(bare) == 1 and bare in "0123456789" else None


def ticket_number(text: str) -> tuple[str, str] | None:
    """The first ticket number in the words (its check digit fits), and the words that are left."""
    said = unicodedata.normalize("NFKC", text)
    for found in re.finditer(r"(?<![\d+])\d(?:[ -]?\d){7,17}(?!\d)", said, re.A):
        bare = re.sub(r"\D", "", found.group())
        if numbers.is_number(bare):
            return bare, (said[: found.start()] + said[found.end() :]).strip()
    return None


def is_asking(text: str) -> bool:
    """Whether the words beside a number only ask how it stands, or say nothing."""
    said = re.sub(r"[^\w]+", " ", plain(text)).strip()
    return (
        re.fullmatch(
            "(?:(?:no|number|ticket|status|progress|of|my|the|how|is|it|what|s|about|please|update|on|any|news|"
            "查|查询|进度|进展|单号|登记单|编号|号|请问|请|我的|的|怎么样|如何|了|吗|呢|想|知道)\\s*)*",
            said,
        )
        is not None
    )


def is_thanks(text: str) -> bool:
    """Whether the message only thanks or says that it was read: it opens nothing and joins nothing."""
    said = plain(text)
    if not re.sub(r"[\W_]+", "", said):
        return True  # a sign, a smile, a thumb
    latin = re.findall(r"[a-z']+", said)
    rest = re.sub(r"[a-z'\s\W_]+", "", said)
    if rest and not CHINESE_THANKS.fullmatch(rest):
        return False
    if not latin:
        return True
    return all(word in THANKS for word in latin) and (bool(rest) or any(word in THANKING for word in latin))


def opting(text: str, told: str = "") -> str | None:
    """`out` or `in` when the message ends or begins our text messages, `help` for the carrier's own answer.

    `told` is what the carrier itself took it for (OptOutType), which has the last word.
    """
    told = told.strip().upper()
    said = plain(text)
    if told == "STOP" or said in STOPS or said in OPT_OUT:
        return "out"
    if told == "START" or (said in STARTS and said != "yes"):
        return "in"
    return "help" if told == "HELP" or said in HELPS else None


def rooms(text: str) -> list[str]:
    """What in these words may be a room's code, the likeliest first."""
    said = unicodedata.normalize("NFKC", text).strip()
    place = _PLACE.search(words.fold(said))
    found = [f"{place[1]}-{int(place[2]):02d}{place[3]:0>2}"] if place else []
    return list(dict.fromkeys([*found, said[:40], *(code[:40] for code in _CODE.findall(said))]))


def name(text: str) -> str | None:
    """The name somebody gives, or None for what is too long for one or holds figures."""
    said = NAMING.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))
    said = re.sub(r"^[\W_]+|[\W_]+$", "", said)
    if not said or len(said) > LONGEST_NAME or any(sign.isdigit() for sign in said):
        return None
    return said if len(said.split()) <= MOST_NAMES and any(sign.isalpha() for sign in said) else None


def language(text: str, office: str) -> str | None:
    """The language of these words as far as their script tells; None for what could be any."""
    if re.search("[\u3400-\u9fff]", text):
        script = words.script(text)
        return f"zh-{script}" if script else office if office.startswith("zh") else None
    return "en" if len(re.findall("[A-Za-z]{2,}", text)) >= MOST_NAMES else None
