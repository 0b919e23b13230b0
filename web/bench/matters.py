"""What customers of the bench say: the same matter for the same number, in both languages.

Some words are as rare as the benches of searching want them: `RARE`, `SOME` and `COMMON` in 0.1, 4 and 13 of
a hundred matters, and the two characters of `CHINESE` in about five.
"""

from typing import Any

RARE, SOME, COMMON, CHINESE = "hornet", "lift", "leak", "漏水"
ROOMS = 800  # of each office: ten blocks of twenty floors with four flats
BLOCKS, FLOORS, FLATS = 10, 20, 4

# (share in a thousand, item, description, category of the default tree)
TOLD = (
    (1, "A hornet nest under the eaves", "Children play below, please have it taken away", "08-03"),
    (40, "The lift stops between floors", "It shook and then stood still for a minute", "03-02"),
    (90, "Kitchen tap leaks", "It drips all night and the cupboard below is wet", "01-03"),
    (40, "Leak from the ceiling of the bathroom", "The neighbour above says it is not his", "04-02"),
    (50, "厨房水龙头漏水", "从昨晚开始一直滴水，请尽快派人来看", "01-03"),
    (60, "No power in the living room", "The breaker falls again as soon as it is set", "02-02"),
    (60, "楼道灯不亮", "三楼走廊的灯坏了两天，老人走路不方便", "02-04"),
    (70, "Neighbour plays music late at night", "Every night until two, this is the third time", "08-06"),
    (70, "楼上装修噪音太大", "中午休息时间还在打钻，小孩睡不着", "09-03"),
    (60, "Rubbish was not collected this morning", "The bins on the ground floor run over", "08-02"),
    (60, "电梯里有异味", "希望保洁多打扫几次", "08-01"),
    (60, "How much is the management fee of my flat", "I should like a list of the last year", "11-01"),
    (60, "咨询停车月卡怎么办理", "需要带什么材料，多少钱一个月", "07-04"),
    (60, "A car stands in my parking space", "White van, number not known", "07-05"),
    (60, "门禁卡刷不开单元门", "新办的卡，昨天还可以用", "12-03"),
    (50, "The door of the lobby does not close", "The closer is broken and it bangs in the wind", "04-04"),
    (50, "感谢保安帮忙找回钱包", "巡逻的李师傅非常热心，提出表扬", "10-06"),
    (59, "Water pressure is low", "Only in the morning, on the upper floors", "01-02"),
)
GIVEN = ("Siu Ming", "Mei Ling", "Ka Wai", "Wing Yan", "Chi Keung", "Rosa", "小红", "建国", "秀英", "志强")
FAMILY = ("Chan", "Wong", "Lee", "Lam", "Cheung", "Diaz", "李", "王", "张", "陈")
CHANNELS = ("phone", "walk_in", "portal", "sms", "email")
_OF_A_THOUSAND = [row for row in TOLD for _ in range(row[0])]
assert len(_OF_A_THOUSAND) == 1_000


def room_code(index: int) -> str:
    """The code of an office's n-th room."""
    block, rest = divmod(index, FLOORS * FLATS)
    floor, flat = divmod(rest, FLATS)
    return f"{chr(ord('A') + block)}-{floor + 1:02d}{flat + 1:02d}"


def resident(office: int, room: int) -> tuple[str, str]:
    """Who lives in a room: name, and phone as E.164."""
    whole = office * ROOMS + room
    name = f"{FAMILY[_mixed(whole) % len(FAMILY)]} {GIVEN[_mixed(whole + 1) % len(GIVEN)]}"
    return name, f"+8526{whole:07d}"


def kind_of(turn: int) -> tuple[int, str, str, str]:
    """The row of TOLD this matter is of."""
    return _OF_A_THOUSAND[_mixed(turn) % 1_000]


def told(turn: int, offices: int) -> dict[str, Any]:
    """The body of a matter as the API takes it, told in the office that `place_of` says."""
    office, room = place_of(turn, offices)
    name, phone = resident(office, room)
    _, item, description, _ = kind_of(turn)
    return {
        "caller": {"name": name, "phone": f"{phone[4:8]} {phone[8:]}", "room": room_code(room)},
        "item": item,
        "description": f"{description}. ({turn})",
        "channel": CHANNELS[turn % len(CHANNELS)],
    }


def place_of(turn: int, offices: int) -> tuple[int, int]:
    """The office (from 0) and the room a matter comes from; neighbours in time are of different offices.

    Within an office every room has its turn: 7,919 is prime to their number.
    """
    return turn % offices, turn // offices * 7_919 % ROOMS


def _mixed(number: int) -> int:
    """A number that looks drawn, the same for the same one (Knuth's multiplicative hash)."""
    return (number * 2_654_435_761 & 0xFFFF_FFFF) >> 8
