"""A process of Node.js, which answers one line of JSON for each that it reads."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

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


def write_array(array: Any) -> dict[str, Any]:
    """Return an array as JSON has it."""
    return {"shape": list(array.shape), "data": array.ravel().tolist()}
