"""The words of a command that hands on a command: only what stands after ``--`` is one.

Without that rule a pattern that the shell turned into several words, such as ``--junit *.xml``, would start a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperCommand

from runpact_core.errors import UsageFailure

if TYPE_CHECKING:
    from typing import Any

__all__ = ["AfterDashes"]

_DASHES = "--"
_COMMAND = "command"


class AfterDashes(TyperCommand):
    """A command whose last argument, ``command``, is what follows ``--``, and nothing else."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Judge the words before the dashes alone.

        Raises:
            UsageFailure: One of them is neither an option nor the argument.
        """
        at = args.index(_DASHES) if _DASHES in args else len(args)
        after = args[at + 1 :]
        rest: list[str] = super().parse_args(ctx, args[:at])
        stray = ctx.params.get(_COMMAND)
        if stray and not ctx.resilient_parsing:  # which is how words that are not yet whole are completed
            hint = "an option takes one file: give it again for each; a command that is to be run stands after --"
            raise UsageFailure(f"{stray[0]} belongs to no option", hint=hint)
        ctx.params[_COMMAND] = after or None
        return rest
