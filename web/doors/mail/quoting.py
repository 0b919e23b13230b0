"""What somebody wrote themselves, without the mail they answer: a table of the marks that mail programs make.

Whatever is cut here is only not shown as theirs; the whole mail is kept with what came in.
Source: libraries.md §10 (neither library read the Chinese marks).
"""

import re

# a line that begins what is quoted
_BEGINS = re.compile(
    r"""
    >                                                                       # the oldest mark
    | On\ .{4,200}\ wrote:\s*$
    | (在|于|於)\s?.{4,120}(写道|寫道)\s*[:\uff1a]\s*$
    | .{0,80}(于|於)\s?.{4,80}(写道|寫道)\s*[:\uff1a]\s*$
    | -{2,}\s*(Original\ Message|Forwarded\ message|原始邮件|原始郵件|原邮件|原郵件|转发邮件|轉寄郵件)\s*-{2,}
    | _{10,}\s*$
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Outlook quotes a head instead: the sender's line, and one of the others within the next four
_FROM = re.compile(r"\**(From|发件人|發件人|寄件者|寄件人)\**\s*[:\uff1a]", re.IGNORECASE)
_HEAD = re.compile(
    r"\**(Sent|Date|To|Subject|发送时间|發送時間|寄件日期|傳送時間|日期|收件人|收件者|主题|主題|主旨)\**\s*[:\uff1a]",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"--\s?$")
_SENT_FROM = re.compile(
    r"(Sent from my|Get Outlook for|发自我的|發自我的|從我的.{1,20}(傳送|發送)|来自我的|來自我的)",
    re.IGNORECASE,
)
HEAD_WITHIN = 4


def own_words(text: str) -> str:
    """The words before the first quote, without the signature; the whole text where nothing is left."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        if _begins_quote(lines, place) or _SIGNED.fullmatch(line):
            break
        if not _SENT_FROM.match(line.strip()):
            kept.append(line.rstrip())
    return "\n".join(kept).strip() or text.strip()


def _begins_quote(lines: list[str], place: int) -> bool:
    line = lines[place].strip()
    both = f"{line} {lines[place + 1].strip()}" if place + 1 < len(lines) else line  # a mark broken in two
    if _BEGINS.match(line) or (line.startswith("On ") and _BEGINS.match(both)):
        return True
    after = lines[place + 1 : place + 1 + HEAD_WITHIN]
    return bool(_FROM.match(line)) and any(_HEAD.match(one.strip()) for one in after)
