"""Which run the caller is inside of: that of the innermost ``with RunWriter(…)`` or recorded function around it.

Contexts are those of the language: a task or a thread that runs in a copy of one begins inside the same run, and what
it enters itself is nobody else's.
"""

from __future__ import annotations

from _contextvars import ContextVar  # what `contextvars` gives out, without loading it: a wrapped command waits

from runpact_writer.errors import WrongMoment

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from runpact_writer._recorder import RunWriter

    _Around = tuple[RunWriter, "_Around | None"]

__all__ = ["current_run", "enter", "leave"]

_innermost: ContextVar[_Around | None] = ContextVar("runpact_run", default=None)


def current_run() -> RunWriter:
    """The run of the innermost recorded function, or ``with RunWriter(…)``, around the caller.

    A thread that is started there is not inside it, unless it runs in a copy of the context:

        thread = Thread(target=copy_context().run, args=(work, pair))  # from threading, from contextvars

    Raises:
        WrongMoment: There is none.
    """
    around = _innermost.get()
    if around is None:
        hint = "call it below @recorded(...) or inside with RunWriter(...); a thread needs copy_context().run"
        raise WrongMoment("no recorded function is running", hint=hint)
    return around[0]


def enter(run: RunWriter) -> None:
    """From here on callers are inside this run."""
    _innermost.set((run, _innermost.get()))


def leave(run: RunWriter) -> None:
    """Callers are inside the run around this one again; nothing where it is not the innermost."""
    around = _innermost.get()
    if around is not None and around[0] is run:
        _innermost.set(around[1])
