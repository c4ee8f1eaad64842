"""Compile the translations before a wheel is packed; called by hatch, see pyproject.toml."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileMessages(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch names them
        folder = Path(self.root) / "tools"
        runpy.run_path(str(folder / "compile_messages.py"), run_name="__main__")
