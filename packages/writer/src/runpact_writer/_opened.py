"""The folder of an open run: how it comes to be, what it holds while it is recorded, how it is sealed.

The order on disk is the promise: folder, `open.json` (locked until this is let go of), `run.log`, then `checks.json`,
then `run.json`, the seal, then `open.json` goes. Cut it anywhere and a reader finds no run, an open one, or a finished
one.
"""

from __future__ import annotations

import os
import stat

from runpact_core import _canonical, edge, files
from runpact_core.errors import EnvironmentFailed, RunpactError
from runpact_writer._log import RunLog
from runpact_writer._surroundings import run_id

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["Opened", "make"]

_NO_LOCKS = (
    "there are no locks here: readers show this run as running? until it ends, and if it is killed as interrupted only"
    " a day after its start"
)


class Opened:
    """An open run's folder, with its lock and its log.

    Attributes:
        path: The folder, absolute: a program may change its own while it is recorded.
        log: The run's log; for nobody's use after `let_go`.
    """

    def __init__(self, path: str, lock: int, log: RunLog, facts: bytes) -> None:
        self.path = path
        self.log = log
        self._lock: int | None = lock
        self._facts = facts
        self._sealing = False

    def stand(self) -> list[str]:
        """Make the folder again where it is gone, and set aside what stands where the documents go and is not ours.

        Returns:
            What somebody else did, in sentences; empty for a folder that is as it was.

        Raises:
            EnvironmentFailed: The folder is gone and cannot be made again.
        """
        if not os.path.isdir(self.path) and self._lock is not None:  # noqa: PTH112 - pathlib is slow
            from runpact_writer import _salvage  # rarely needed

            self._lock, said = _salvage.folder_again(self.path, self._facts, self._lock)
            return [said]
        taken = _is_no_file if self._sealing else os.path.lexists  # a seal that is tried again replaces its own files
        blocked = [path for name in ("checks.json", "run.json") if taken(path := self._in(name))]
        if not blocked:
            return []
        from runpact_writer import _salvage

        return [_salvage.clear(path) for path in blocked]

    def seal(self, run: Mapping[str, Any], checks: Mapping[str, Any]) -> None:
        """Write `checks.json`, then `run.json`; may be repeated where it fails.

        Raises:
            InvalidArtifact: A contract does not admit one of them.
            EnvironmentFailed: One could not be written.
        """
        from runpact_core import documents  # a wrapped command runs by now

        self._sealing = True
        documents.write(self._in("checks.json"), checks, contract="checks")
        documents.write(self._in("run.json"), run, contract="run")

    def unmark(self) -> None:
        """Remove `open.json` of a sealed run and let go of the rest.

        Raises:
            EnvironmentFailed: It could not be removed; the run is sealed all the same.
        """
        try:
            files.remove(self._in("open.json"))
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Close what is open, with no effect on the disk; from now on the lock is free."""
        if self._lock is not None:
            lock, self._lock = self._lock, None
            self.log.release()
            try:
                os.close(lock)
            except OSError:  # closed by somebody else: the lock is free all the same
                return

    def _in(self, name: str) -> str:
        return os.path.join(self.path, name)  # noqa: PTH118 - pathlib is slow


def make(runs_dir: str, now: float, facts: dict[str, Any]) -> Opened:
    """Open a run: its folder is the first second from ``now`` on that nobody has taken.

    Args:
        runs_dir: The folder of runs, absolute; it is made.
        now: The time, in seconds since 1970.
        facts: `open.json`, in which ``run_id`` is set.

    Raises:
        InvalidArtifact: The facts are nothing that JSON can say; nothing was made.
        EnvironmentFailed: A file or folder could not be made; none is left.
    """
    _canonical.dumps(facts)  # judged before anything is made
    files.make_dirs(runs_dir)
    second = int(now)
    while True:
        facts["run_id"] = run_id(second, facts["pipeline_id"], facts["git"]["sha7"])
        folder = os.path.join(runs_dir, facts["run_id"])  # noqa: PTH118 - pathlib is slow
        if files.make_dir(folder):
            return _fill(folder, facts)
        second += 1


def absolute(path: str) -> str:
    """A path from the root of the file system.

    Raises:
        EnvironmentFailed: The current folder is gone.
    """
    try:
        return os.path.abspath(path)  # noqa: PTH100 - pathlib is slow
    except OSError as error:
        raise EnvironmentFailed("finding the current folder", error, hint="it is gone: change to another") from error


def _is_no_file(path: str) -> bool:
    """Whether a name is taken by something that `files.replace` refuses to replace."""
    try:
        return not stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _fill(folder: str, facts: Mapping[str, Any]) -> Opened:
    lock: int | None = None
    data = _canonical.dumps(facts)
    try:
        lock = files.replace_locked(os.path.join(folder, "open.json"), data)  # noqa: PTH118 - pathlib is slow
        log = RunLog(os.path.join(folder, "run.log"))  # noqa: PTH118 - as above
        log.line(f"RUN_ID={facts['run_id']}")
        if log.failure is not None:
            log.release()
            raise log.failure  # noqa: TRY301 - cleaned up below
        if files.try_lock(lock) is None:
            edge.say(f"runpact: {_NO_LOCKS}")
            log.line(f"{facts['started_utc']} {_NO_LOCKS}")
    except BaseException:
        if lock is not None:
            os.close(lock)
        _abandon(folder)
        raise
    return Opened(folder, lock, log, data)


def _abandon(folder: str) -> None:
    """Leave no folder of a run that could not begin."""
    try:
        for name in ("run.log", "open.json"):
            files.remove(os.path.join(folder, name))  # noqa: PTH118 - pathlib is slow
        os.rmdir(folder)  # noqa: PTH106 - as above
    except (RunpactError, OSError):
        return
