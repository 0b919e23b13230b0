"""The memory of a process as its kernel tells it (Linux).

Not `ru_maxrss`: a program begins with the most that the one who started it ever held.
"""


def resident_mb(pid: int | str) -> float:
    """What the process holds now, in MB. Raises OSError when it is gone."""
    return _told(pid, "VmRSS")


def most_mb(pid: int | str) -> float:
    """The most that the process has held since its program began, in MB. Raises OSError when it is gone."""
    return _told(pid, "VmHWM")


def _told(pid: int | str, name: str) -> float:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        line = next((line for line in status if line.startswith(name)), None)
    if line is None:
        raise ProcessLookupError(f"{pid} has ended")
    return int(line.split()[1]) / 1_024
