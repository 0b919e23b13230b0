"""`@pytest.mark.seed("K5.3", "F4")`: the test shows that these requirements hold. Other ids stop the run."""

from collections.abc import Generator, Iterator
from difflib import get_close_matches

import pytest

from tests.seed import register

_KNOWN = register.read()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "seed(*ids): shows that these rows of the customer's seed hold")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Refuse wrong marks while their module is collected, so that the report points at that module."""
    report = yield
    items = [node for node in report.result or [] if isinstance(node, pytest.Item)]
    if complaints := [complaint for item in items for complaint in _complaints(item)]:
        report.outcome = "failed"
        report.longrepr = "\n".join(dict.fromkeys(complaints))
    return report


def ids(item: pytest.Item) -> set[str]:
    """The requirements that the test says it shows: by its own marks, its class's and its module's."""
    return {id for mark in item.iter_markers("seed") for id in mark.args}


def _complaints(item: pytest.Item) -> Iterator[str]:
    test = item.nodeid.partition("[")[0]
    for mark in item.iter_markers("seed"):
        if mark.kwargs or not mark.args:
            yield f'{test}: a seed mark takes ids and nothing else, as in seed("K5.3")'
        for id in mark.args:
            if id not in _KNOWN:
                yield f"{test}: no seed requirement {id!r}{_near(str(id))}"


def _near(id: str) -> str:
    near = get_close_matches(id, _KNOWN, n=3)
    return f" (near: {', '.join(near)})" if near else ""
