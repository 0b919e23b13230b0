"""The desk as the visitor finds it: matters that stand, at the demo's present, in every state there is."""

from datetime import datetime, timedelta
from random import Random

from web.demo.matters import Matter, households, say, sayings
from web.demo.residents import SHOP

# what stands at the desk: reference, leaf, minutes ago, channel, fate
STANDING = (
    ("vague-1", "10-02", 9, "sms", "untouched"),
    ("vague-2", "13-02", 23, "portal", "untouched"),
    ("vague-3", "05-07", 41, "portal", "untouched"),
    ("idea", "10-05", 55, "portal", "untouched"),
    ("waiting-1", "02-05", 6, "phone", "issued"),
    ("waiting-2", "01-03", 17, "phone", "issued"),
    ("taken", "08-06", 12, "phone", "accepted"),
    ("on-site-1", "03-02", 34, "phone", "on site"),
    ("on-site-2", "01-04", 52, "phone", "on site"),
    ("risk-1", "07-01", 105, "employee", "on site"),
    ("risk-2", "01-04", 22 * 60, "phone", "on site"),
    ("late-1", "07-01", 3 * 60, "phone", "accepted"),
    ("late-2", "03-03", 28 * 60, "phone", "on site"),
    ("late-3", "01-06", 5 * 24 * 60, "walk_in", "accepted"),
    ("held-1", "04-03", 27 * 60, "phone", "held"),
    ("held-2", "01-06", 51 * 60, "walk_in", "held"),
    ("returned-1", "09-03", 3 * 60, "phone", "returned"),
    ("returned-2", "05-07", 26 * 60, "employee", "returned"),
    ("callback-1", "08-07", 20 * 60, "phone", "silent"),
    ("callback-2", "07-01", 30 * 60, "phone", "silent"),
    ("callback-3", "09-03", 55 * 60, "phone", "silent"),
    ("callback-4", "06-09", 73 * 60, "walk_in", "silent"),
    ("promised", "11-02", 25 * 60, "phone", "promised"),
)


def standing(until: datetime, seed: int) -> list[Matter]:
    """These matters, in the order they came in."""
    rng = Random(f"today:{seed}")
    homes = [one for one in households(seed) if not one.room.startswith(SHOP)]
    made = []
    for (ref, code, minutes, channel, fate), who in zip(
        STANDING, rng.sample(homes, len(STANDING)), strict=True
    ):
        # the last sentence of these leaves is one that no rule can place
        saying = sayings()[code][-1] if ref.startswith("vague") else say(rng, code, who.locale)
        made.append(
            Matter(
                ref=f"today/{ref}",
                at=until - timedelta(minutes=minutes, seconds=rng.randrange(50)),
                code=code,
                item=saying.item,
                description=saying.description,
                who=who,
                channel=channel,
                told="guard" if channel == "employee" else "",
                fate=fate,
            )
        )
    return sorted(made, key=lambda one: one.at)
