"""How single cells are read: the text to a value, or ValueError with the reason."""

from hub.limits import Limit


def number(text: str) -> float:
    value = float(text.replace(",", ""))
    if not 0 <= value < 1_000_000:
        raise ValueError("is not an area")
    return value


def yes(text: str) -> bool:
    if text.lower() not in ("yes", "no", "y", "n", "true", "false", "1", "0", "是", "否"):
        raise ValueError("must be yes or no")
    return text.lower() in ("yes", "y", "true", "1", "是")


def minutes(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 10_000:
        raise ValueError("must be minutes, from 1 to 10000")
    return value


def limit(text: str) -> str:
    Limit.parse(text)
    return text
