"""Live pages: one socket a page (`/live`), and what changed is drawn again where somebody looks on.

How a screen becomes live, in three steps:

1. Draw the part from a template `_name.html` and a look-up that needs no reader:
   `look(tx, id) -> context`. Nothing personal and no form may stand in it, for it is drawn once per language
   and time zone and pushed to everybody who looks on. Ages and clocks (`ago`, `clock`) age in the browser.
2. Name it in the VIEWS of its page's module (web/pages/__init__ gathers them):
   `"tiles": View(find=may_count, look=tiles, template="office/_tiles.html")`. `find(tx, me, key)` answers
   what the key means to this person, with the topic that rings for it (hub.bell), or raises NotFound or
   Forbidden: it is asked when a page subscribes and again when the person's rights change.
3. On the page, around the same template: `<section data-live="tiles/{{ office.code }}">{% include … %}`.

A part that is personal or holds a form is not pushed. Leave `look` and `template` out; the page is told only
that it changed, and asks for its own:
`<section data-live="queue/LG" hx-get="/desk/queue" hx-trigger="live" hx-swap="innerMorph">`.
With `data-gentle`, `data-patient` or `data-polled` it waits until nobody has a hand in it.

Verbs do nothing for all this: what `events.record` writes rings by itself; what changes without an event
says `tx.tell(topic)`. After a break of any kind everything is drawn anew, so nothing is counted or resumed.
Without a socket the page polls `/live/fragment` (web/static/live.js).
"""
