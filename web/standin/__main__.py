"""`python -m web.standin`: a carrier of its own on this machine, until Ctrl-C; prints the hub's settings."""

import argparse
import threading

from web.standin import server
from web.standin.carrier import Carrier


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m web.standin", description=__doc__)
    reader.add_argument("--port", type=int, default=8190)
    reader.add_argument("--hub", default="http://127.0.0.1:8000", help="public address of the hub")
    said = reader.parse_args()
    carrier = Carrier(said.hub)
    with server.serving(carrier, said.port) as address:
        print(f"HUB_TWILIO_API_URL={address}")
        print(f"HUB_TWILIO_ACCOUNT_SID={carrier.account_sid}")
        print(f"HUB_TWILIO_AUTH_TOKEN={carrier.auth_token}")
        print(f"HUB_TWILIO_FROM={carrier.numbers[0]}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            carrier.close()


if __name__ == "__main__":
    main()
