"""What the hub writes into a matter in its own name, in the office's language; for its staff."""

from hub.organisation import Office

_OWN = {
    "asked": (
        "asked by message, no answer yet",
        "已短信询问,尚未回复",
        "已短訊詢問,尚未回覆",
    ),
    "rang": ("telephone menu; to be asked", "电话菜单来电,待询问", "電話選單來電,待詢問"),
    "withheld": ("number withheld", "来电号码已隐藏", "來電號碼已隱藏"),
    "emergency": (
        "Emergency call by telephone",
        "紧急来电",
        "緊急來電",
    ),
    "message": (
        "Voice message, to be listened to",
        "电话留言,待收听",
        "電話留言,待收聽",
    ),
    "missed": ("Missed call, ring back", "未接来电,请回电", "未接來電,請回電"),
    "ring back": ("Customer asks to be rung", "客户请求回电", "客戶請求回電"),
    "picture": ("Picture without words", "仅有图片,无文字", "只有圖片,沒有文字"),
    "wrote": ("wrote by e-mail; to be asked", "电邮来件,待询问", "電郵來件,待詢問"),
    "not kept": ("A file of the mail was not kept", "邮件附件未保存", "電郵附件未保存"),
    "too large": (
        "The mail had {mb} MB: its words were kept, its files were not; the sender was told",
        "邮件达 {mb} MB:已保存文字,附件未保存;已告知发件人",
        "電郵達 {mb} MB:已保存文字,附件未保存;已告知寄件人",
    ),
    "unanswered": (
        "sent without saying which matter it belongs to",
        "未说明属于哪一事项",
        "未說明屬於哪一事項",
    ),
}
_COLUMN = {"en": 0, "zh-Hans": 1, "zh-Hant": 2}


def of(office: Office, what: str) -> str:
    """These words in the office's language. Raises KeyError for words nobody has written."""
    return _OWN[what][_COLUMN.get(office.locale, 0)]
