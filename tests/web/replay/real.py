"""The real complaint files beside the repository."""

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "../shared/data/real"


def real(name: str) -> Path:
    """The real file of that name; where it is absent the test is skipped, or fails with CI=true."""
    path = FOLDER / name
    if not path.exists():
        missing = f"needs ../shared/data/real/{name} beside the repository"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return path
