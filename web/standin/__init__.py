"""The stand-in carrier: a telephone company on this machine, speaking Twilio's REST API (2010-04-01).

It keeps what it is given, tells the hub by signed callbacks, follows TwiML as a telephone does, and fails on
demand. Tests, the demo and the simulator use it; no message leaves the machine.
Source: Twilio's own OpenAPI description (twilio-oai), its webhook guides, domain.md §6.
"""
