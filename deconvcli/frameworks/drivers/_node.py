"""Frameworks in a process of Node.js, which answers one line of JSON for each that it reads."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, format_literal
from deconvcli.frameworks.releases import Need

MAIN = """
const main = async () => {
  console.log(JSON.stringify({version: await start()}));
  for await (const line of require('readline').createInterface({input: process.stdin})) {
    let answer;
    try { answer = await compute(JSON.parse(line)); }
    catch (error) { answer = {error: `${error}`}; }
    console.log(JSON.stringify(answer));
  }
};
main();
"""


class Node:
    """A process that runs a script; `start` in it returns the version, and `compute` an answer."""

    def __init__(self, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            ["node", "-e", script + MAIN, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.version: str = self._read()["version"]

    def compute(self, request: Mapping[str, Any]) -> Any:
        """Return the output's shape and values.

        Raises:
            ValueError: the layer is refused.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._read()
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["shape"], answer["data"]

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # What the libraries print themselves is no JSON.
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        raise EOFError("Node.js has ended")


class OnNode(Framework):
    """A framework that a script computes. package: what a variable names the place of.

    script, arguments: of the process, which gets the place of the package before them.
    """

    package: ClassVar[Need]
    script: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]] = ()

    @cached_property
    def _node(self) -> Node:
        return Node(self.script, os.environ[self.package.variable], *self.arguments)

    def versions(self) -> dict[str, str]:
        """Return the version that the package reports."""
        return {self.package.module: self._node.version}

    def compute(self, request: Mapping[str, Any]) -> Any:
        """Return the output as an array.

        Raises:
            ValueError: the layer is refused.
        """
        import numpy

        try:
            shape, values = self._node.compute(request)
        except (ValueError, EOFError):
            # After a trap, a package on WebAssembly may fail in every call.
            self._node.end()
            del self._node
            raise
        return numpy.array(values, "float32").reshape(shape)

    def code(self, case: Case) -> str:
        """Return a call of this driver, since Python has no such package."""
        params = ", ".join(f'"{name}": {format_literal(v)}' for name, v in case.params.items())
        home = (
            f"from {self.module} import FRAMEWORK; from deconvcli.frameworks.driver.base import *"
        )
        made = f"Case({{{params}}}, x.shape, w.shape, {case.rank})"
        return f"{home}; y = FRAMEWORK.run({made}, x, w, Trace())"


def write_array(array: Any) -> dict[str, Any]:
    """Return an array as JSON has it."""
    return {"shape": list(array.shape), "data": array.ravel().tolist()}
