"""The carrier itself: takes texts and calls from the hub, brings the hub those of the people."""

import re
import threading
import time
from collections.abc import Mapping
from datetime import timedelta

from hub import clock
from web.standin.records import Call, Media, Message, Recording
from web.standin.talk import Talk
from web.standin.weather import REFUSED_AT_ONCE, Fault, Manner, Weather
from web.standin.webhooks import Line, Post, Reply

ACCOUNT = "AC" + "5ca1ab1e" * 4
TOKEN = "stand-in-carrier-token-of-no-worth"
NUMBER = "+85230010001"
API_VERSION = "2010-04-01"
LONGEST_BODY = 1600
_E164 = re.compile(r"\+[1-9]\d{6,14}")


class Refused(Exception):
    """The API says no: HTTP status, Twilio's error code and its sentence."""

    def __init__(self, status: int, code: int, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after


class Carrier:
    """One account with its numbers. Every public method may be called from any thread.

    `hub` is the hub's public address; the hub's doors are where contract.md says. `post` replaces the wire.
    """

    def __init__(
        self,
        hub: str = "http://127.0.0.1:8000",
        *,
        account_sid: str = ACCOUNT,
        auth_token: str = TOKEN,
        numbers: tuple[str, ...] = (NUMBER,),
        post: Post | None = None,
        reach: str = "",
    ) -> None:
        self.hub, self.account_sid, self.auth_token, self.numbers = hub, account_sid, auth_token, numbers
        self.line = Line(auth_token, post, reach)
        self.weather = Weather()
        self.manners: dict[str, Manner] = {}
        self.opted_out: set[str] = set()
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self.talks: dict[str, Talk] = {}
        self.recordings: dict[str, Recording] = {}
        self.address = ""  # of this API, once it is served
        self._lock = threading.RLock()

    # ---- what the hub asks of it

    def meet_weather(self) -> Fault | None:
        """What meets the request that just came: a wait, an outage, the next fault. Raises Refused."""
        if self.weather.answer_seconds:
            time.sleep(self.weather.answer_seconds)
        with self._lock:
            fault = self.weather.next_fault()
        if fault is not None and not fault.kept:
            raise Refused(fault.status, fault.code, "The service is not available.", fault.retry_after)
        return fault

    def take_message(self, said: Mapping[str, str], media: list[Media] | None = None) -> Message:
        """POST Messages.json. Raises Refused with the code Twilio has for it."""
        to, from_, body = said.get("To", ""), said.get("From", ""), said.get("Body", "")
        self._check_numbers(to, from_)
        if not body and not said.get("MediaUrl"):
            raise Refused(400, 21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        manner = self.manner(to)
        code = 21610 if to in self.opted_out else manner.sms
        if isinstance(code, int) and code in REFUSED_AT_ONCE:
            raise Refused(400, code, REFUSED_AT_ONCE[code])
        message = Message(
            from_, to, body, "outbound-api", "queued", media or [], said.get("StatusCallback", "")
        )
        with self._lock:
            self.messages[message.sid] = message
        end = ("undelivered", code) if isinstance(code, int) else ("delivered", None)
        steps: list[tuple[str, int | None]] = [("sent", None), end]
        self.line.later(self.weather.callback_seconds, lambda: self._report(message, steps))
        return message

    def take_call(self, said: Mapping[str, str], events: list[str]) -> Call:
        """POST Calls.json: the telephone rings, and is answered as its owner's manner is. Raises Refused."""
        to, from_ = said.get("To", ""), said.get("From", "")
        self._check_numbers(to, from_)
        if not said.get("Url") and not said.get("Twiml"):
            raise Refused(400, 21205, "Url parameter is required.")
        call = Call(from_, to, "outbound-api", callback=said.get("StatusCallback", ""))
        call.callback_events = tuple(events) or call.callback_events
        talk = self._talk(call)
        talk.prepare(said.get("Url", ""), said.get("Twiml", ""), said.get("Method", "POST"))
        self.line.later(self.weather.callback_seconds, talk.ring)
        return call

    def _check_numbers(self, to: str, from_: str) -> None:
        if not to:
            raise Refused(400, 21604, "A 'To' phone number is required.")
        if not _E164.fullmatch(to):
            raise Refused(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not from_:
            raise Refused(400, 21603, "A 'From' phone number is required.")
        if from_ not in self.numbers:
            raise Refused(400, 21606, f"The 'From' phone number {from_} is not a valid, SMS-capable number.")

    def _report(self, message: Message, steps: list[tuple[str, int | None]]) -> None:
        """Tell the hub each step: once each and in order, unless the weather says otherwise."""
        for status, code in steps:
            message.stage, message.error = status, code
            message.history.append(status)
        if not message.callback or self.weather.callbacks_lost:
            return
        told = [step for step in steps for _ in range(self.weather.copies)]
        for status, code in reversed(told) if self.weather.reversed else told:
            fields = {
                "MessageSid": message.sid,
                "SmsSid": message.sid,
                "AccountSid": self.account_sid,
                "MessageStatus": status,
                "SmsStatus": status,
                "From": message.from_,
                "To": message.to,
                "ApiVersion": API_VERSION,
            }
            self.line.call(message.callback, fields | ({"ErrorCode": str(code)} if code else {}))

    # ---- what people do with their telephones

    def manner(self, number: str) -> Manner:
        """How this telephone behaves; change it in place."""
        return self.manners.setdefault(number, Manner())

    def text_hub(
        self,
        from_: str,
        body: str,
        to: str = "",
        media: list[Media] | None = None,
        times: int = 1,
        **more: str,
    ) -> tuple[Message, Reply]:
        """Somebody texts the hub; the same webhook `times` over. Answers the message and the last reply."""
        message = Message(from_, to or self.numbers[0], body, "inbound", "received", media or [])
        with self._lock:
            self.messages[message.sid] = message
        reply = Reply(0)
        for _ in range(times):
            reply = self.tell_of(message, **more)
        return message, reply

    def tell_of(self, message: Message, **more: str) -> Reply:
        """Call the hub's door for a text that came in, again where it was called before."""
        fields = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.account_sid,
            "From": message.from_,
            "To": message.to,
            "Body": message.body,
            "NumMedia": str(len(message.media)),
            "NumSegments": str(message.parts),
            "SmsStatus": "received",
            "ApiVersion": API_VERSION,
        }
        for n, one in enumerate(message.media):
            fields[f"MediaUrl{n}"] = self.media_url(message, one)
            fields[f"MediaContentType{n}"] = one.content_type
        return self.line.call(f"{self.hub}/doors/twilio/sms", fields | more)

    def media_url(self, message: Message, media: Media) -> str:
        """Where the content of a text's picture is asked for, with the account's token."""
        account = f"{self.address}/{API_VERSION}/Accounts/{self.account_sid}"
        return f"{account}/Messages/{message.sid}/Media/{media.sid}"

    def ring_hub(self, from_: str, to: str = "", **more: str) -> Talk:
        """Somebody rings the hub; answers the talk, which stands where it first waits for the caller."""
        call = Call(from_, to or self.numbers[0], "inbound", "ringing")
        call.callback, call.callback_events = f"{self.hub}/doors/twilio/status", ("completed",)
        talk = self._talk(call)
        talk.prepare(f"{self.hub}/doors/twilio/voice", more=more)
        talk.pick_up()
        return talk

    def _talk(self, call: Call) -> Talk:
        talk = Talk(self, call)
        with self._lock:
            self.calls[call.sid], self.talks[call.sid] = call, talk
        return talk

    # ---- what it remembers

    def texts_to(self, number: str) -> list[Message]:
        """The texts the hub sent to this number, oldest first."""
        return [m for m in list(self.messages.values()) if m.direction != "inbound" and m.to == number]

    def forget_before(self, days: int = 30) -> None:
        """Drop what is older, so that a demo that runs for weeks does not grow."""
        oldest = clock.now() - timedelta(days=days)
        with self._lock:
            for kept in (self.messages, self.calls, self.recordings):
                for key in [k for k, one in kept.items() if one.created_at < oldest]:
                    del kept[key]
            self.talks = {key: talk for key, talk in self.talks.items() if key in self.calls}

    def close(self) -> None:
        self.line.close()
