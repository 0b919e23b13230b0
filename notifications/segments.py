"""How many parts a text message takes: 160 and 153 characters in GSM letters, 70 and 67 in any other.

Source: GSM 03.38; Twilio's limits (domain.md §6): Chinese is UCS-2.
"""

import math

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWO = frozenset("^{}\\[~]|€\f")  # each of these takes two places
LONGEST = 1600  # characters; the carrier refuses more (21617)


def parts(text: str) -> int:
    """The number of parts on the air; 0 for nothing."""
    if not text:
        return 0
    if all(c in GSM or c in GSM_TWO for c in text):
        length, one, more = sum(2 if c in GSM_TWO else 1 for c in text), 160, 153
    else:
        length, one, more = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else math.ceil(length / more)


def in_gsm(text: str) -> str:
    """The text with its typographer's signs written plainly, so that one of them does not halve the room."""
    return text.translate(_PLAIN)


_PLAIN = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "}
)
