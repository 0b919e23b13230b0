"""How the network and the people behave: all is well unless a test, or somebody in the simulator, says so."""

from dataclasses import dataclass, field


@dataclass
class Manner:
    """How one telephone behaves.

    `sms`: delivered, or the error code with which a text ends undelivered; 21610, 21614 and 21211 are
    refused at once. `answers`: "at once", "by hand" (somebody picks up), or busy | no-answer | failed.
    `keys` are pressed one after another wherever a call waits for some; after them there is silence.
    """

    sms: str | int = "delivered"
    answers: str = "at once"
    keys: list[str] = field(default_factory=list)


@dataclass
class Fault:
    """The next `times` requests to the API end so: an HTTP status with Twilio's code, or worse.

    `kept`: the message is taken all the same and only the answer is lost, as when a line breaks.
    """

    status: int = 503
    code: int = 20500
    times: int = 1
    kept: bool = False
    retry_after: int | None = None


@dataclass
class Weather:
    """What happens on the way: seconds an answer takes, copies and order of callbacks, an outage."""

    answer_seconds: float = 0.0
    callback_seconds: float = 0.0
    copies: int = 1
    reversed: bool = False
    callbacks_lost: bool = False
    is_down: bool = False
    faults: list[Fault] = field(default_factory=list)

    def next_fault(self) -> Fault | None:
        """The fault that meets this request, if one is due."""
        if self.is_down:
            return Fault()
        while self.faults:
            if self.faults[0].times > 0:
                self.faults[0].times -= 1
                return self.faults[0]
            self.faults.pop(0)
        return None


REFUSED_AT_ONCE = {
    21211: "The 'To' number is not a valid phone number.",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.",
    21610: "Attempt to send to unsubscribed recipient.",
    21612: "Message cannot be sent with the current combination of 'To' and 'From' parameters.",
    21614: "'To' number is not a valid mobile number.",
    21635: "'To' number cannot be a landline.",
    21608: "The number is unverified. Trial accounts cannot send messages to unverified numbers.",
}
