"""A process that works what came in, to be killed: `python -m tests.crash.hearing URL FOLDER`.

Says one line for every pass, once it has begun, so that whoever kills it knows that it lives.
"""

import os
import sys
import time
from pathlib import Path

from hub.attachments import Store
from hub.database import Database
from tests.web.doors.twilio.carrier import configured
from web.doors.twilio import work


def main(url: str, folder: Path) -> None:
    """Work the inbox until somebody puts an end to this process."""
    database = Database(url)
    inbox = work.worker(database, configured(folder), Store(folder / "files"))
    while True:
        os.write(sys.stdout.fileno(), b"working\n")
        inbox.drain()
        time.sleep(0.005)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
