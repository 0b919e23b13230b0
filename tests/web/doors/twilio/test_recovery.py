"""Messages the carrier told of while nobody listened are found in its list, once."""

from datetime import timedelta
from pathlib import Path

import pytest

from hub import attachments, clock
from hub.attachments import Store
from tests.house import House
from tests.web.doors.twilio.carrier import ACCOUNT, CHAN, LINE, ROSA, TOKEN, configured
from tests.web.doors.twilio.hosts import PNG
from tests.web.doors.twilio.test_sms import tickets_of
from web.doors.twilio import recovery, work
from web.standin import server
from web.standin.carrier import Carrier
from web.standin.records import Media
from web.standin.webhooks import Reply


def test_what_was_missed_is_taken_in_once(hub: House, tmp_path: Path) -> None:
    deaf = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, numbers=(LINE,), post=lambda *_: Reply(0))
    with server.serving(deaf) as address:
        settings = configured(tmp_path, twilio_api_url=address)
        deaf.text_hub(CHAN, "Kitchen tap leaks", media=[Media(PNG, "image/png")])
        deaf.text_hub(ROSA, "My lock is broken")
        with clock.at(max(one.created_at for one in deaf.messages.values())):
            missed = recovery.Recovery(hub.database, settings)
            assert missed() == 2
            assert missed() == 0
            work.worker(hub.database, settings, Store(tmp_path / "files")).drain()
    deaf.close()
    first, second = tickets_of(hub)
    assert (first.item, second.item) == ("Kitchen tap leaks", "My lock is broken")
    assert [file.media_type for file in hub.look(attachments.of_ticket, first.id)] == ["image/png"]


def test_without_an_account_nothing_is_asked(hub: House, tmp_path: Path) -> None:
    settings = configured(tmp_path, twilio_account_sid="", twilio_api_url="http://127.0.0.1:1")
    assert recovery.Recovery(hub.database, settings)() == 0


def test_a_carrier_that_does_not_answer_is_a_failure_to_be_tried_again(hub: House, tmp_path: Path) -> None:
    settings = configured(tmp_path, twilio_api_url="http://127.0.0.1:1")
    with pytest.raises(Exception, match="carrier"):
        recovery.Recovery(hub.database, settings)()


def test_what_came_while_the_line_was_down_is_asked_for_once_it_is_up(hub: House, tmp_path: Path) -> None:
    deaf = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, numbers=(LINE,), post=lambda *_: Reply(0))
    with server.serving(deaf) as address:
        missed = recovery.Recovery(hub.database, configured(tmp_path, twilio_api_url=address))
        began = clock.now()
        with clock.at(began):
            assert missed() == 0
        deaf.text_hub(CHAN, "Kitchen tap leaks")
        deaf.weather.is_down = True
        with clock.at(began + timedelta(hours=1)), pytest.raises(Exception, match="carrier"):
            missed()
        deaf.weather.is_down = False
        with clock.at(began + timedelta(hours=2)):
            assert missed() == 1
    deaf.close()
