"""The pytest plugin: off unless ``pytest --runpact PRODUCT`` or the variable ``RUNPACT_TEST_EVENTS`` asks for it.

Off, it is one option and one look at the environment. On, `_pytest_session` does the work; in a worker of pytest-xdist
only what the controller cannot know. A session is not begun for a product whose tests must not be started, and one
that is not green never ends with 0; apart from that it ends as it would have: a failure of ours is a line at its end.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["EVENTS_VARIABLE"]

EVENTS_VARIABLE = "RUNPACT_TEST_EVENTS"
"""Names the file that events are appended to."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--runpact PRODUCT``."""
    parser.getgroup("runpact").addoption(
        "--runpact",
        metavar="PRODUCT",
        default=None,
        help="record this session as a run of PRODUCT, and report it",
    )


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """End before the session where the tests of the product must not be started; 2 or 4, as `report generate` does."""
    product = config.getoption("--runpact")
    is_ours = product and not hasattr(config, "workerinput") and not os.environ.get(EVENTS_VARIABLE)
    if not is_ours or config.getoption("collectonly", default=False):
        return None
    from runpact_reporter._pytest_run import project_of, refusal

    return refusal(product, project_of(config))


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the session where that is asked for."""
    worker_input = getattr(config, "workerinput", None)
    if worker_input is not None:
        if worker_input.get("runpact"):
            from runpact_reporter._pytest_session import Worker

            config.pluginmanager.register(Worker(config), "runpact-worker")
        return
    events, product = os.environ.get(EVENTS_VARIABLE), config.getoption("--runpact")
    if events or (product and not config.getoption("collectonly", default=False)):
        from runpact_reporter._pytest_session import Session

        config.pluginmanager.register(Session(config, events, product), "runpact-session")
