"""The environments of every package folder, said once: what `smoke`, `test` and `lint` mean there.

Hatch loads this file as the environment collector that each ``packages/*/pyproject.toml`` names. It gives the
package an environment with the package itself (editable), what it needs of ours (`[tool.uv.sources]`), and
the test tools at the versions that the root's ``hatch.toml`` pins. The package's own dependencies have no pin
here: ``default`` takes the newest that the package allows, ``lowest`` the oldest, so that both ends of a
range are claims that run.

    cd packages/core && ../../hatchw run smoke
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from hatch.env.collectors.plugin.interface import EnvironmentCollectorInterface

__all__ = ["PackageEnvironments"]

TEST_TOOLS = (
    *("axe-playwright-python", "httpx", "hypothesis", "jsonschema", "orjson", "playwright", "pytest", "pytest-xdist"),
    *("ruff", "securesystemslib", "syrupy", "trustme", "uvicorn"),
)


class PackageEnvironments(EnvironmentCollectorInterface):  # type: ignore[misc]  # hatch ships no types
    """Environments ``default`` and ``lowest`` of the package whose folder is ``root``."""

    def finalize_config(self, config: dict[str, dict[str, object]]) -> None:
        """Fill in both; only here, since an initial `default` would yield to Hatch's own empty one."""
        package = Path(self.root)
        config["default"] |= {
            "installer": "uv",
            "dependencies": pins(package.parent.parent / "hatch.toml", TEST_TOOLS),
            "scripts": scripts(package, next((package / "src").glob("runpact*")).name),
        }
        config["lowest"] = {"env-vars": {"UV_RESOLUTION": "lowest-direct"}}


def pins(path: Path, names: tuple[str, ...]) -> list[str]:
    """The requirements of the named tools, as the root's default environment has them."""
    listed: list[str] = tomllib.loads(path.read_text(encoding="utf-8"))["envs"]["default"]["dependencies"]
    return [line for line in listed if re.split(r"[=<>\[]", line)[0] in names]


def scripts(package: Path, module: str) -> dict[str, list[str]]:
    """What the words of the tasks run, for the package in that folder that imports as ``module``."""
    command = module.replace("_", "-")
    smoke = [
        f"python -c \"import {module}; print('{module}', {module}.__version__)\"",
        f"{command} --version",
        f"{command} --help",
    ]
    tests = Path("..", "..", "tests", package.name.replace("-", "_")).as_posix()
    return {
        "smoke": smoke,
        # What has no tests of its own is tried by the journeys at the root, which need all packages.
        "test": [f"pytest {{args:{tests}}}"] if (package / tests).is_dir() else ["smoke"],
        "smoke_extended": ["smoke", "test"],
        "lint": ["ruff check src", "ruff format --check src"],
    }
