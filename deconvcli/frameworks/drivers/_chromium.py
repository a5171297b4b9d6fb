"""A headless Chromium that evaluates JavaScript: its protocol for developers, over a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from time import sleep
from typing import Any

from deconvcli.frameworks.releases import CHROMIUM

OPTIONS = (
    *("--headless", "--no-sandbox", "--remote-debugging-pipe", "--no-first-run"),
    # Without GL the process that runs WebNN switches the feature off.
    *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    "--enable-features=WebMachineLearningNeuralNetwork",
)


class Chromium:
    """One browser with one page, which ends with the process that started it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="deconv-chromium-")
        read_commands, commands = os.pipe()
        answers, write_answers = os.pipe()
        self._process = subprocess.Popen(
            # The browser reads commands from descriptor 3, and writes answers to descriptor 4.
            [
                *("sh", "-c", f'exec "$@" 3<&{read_commands} 4>&{write_answers}', "sh"),
                *(os.environ[CHROMIUM.variable], *OPTIONS),
                f"--user-data-dir={self._folder.name}",
            ],
            pass_fds=(read_commands, write_answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_commands)
        os.close(write_answers)
        self._commands = os.fdopen(commands, "wb", buffering=0)
        self._answers = os.fdopen(answers, "rb")
        self._last = 0
        self._session = ""
        # WebNN is for secure pages only; those of files are.
        page = Path(self._folder.name, "page.html")
        page.write_text("<title>deconv</title>", encoding="utf-8")
        made = self.call("Target.createTarget", url=page.as_uri())
        attached = self.call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = attached["sessionId"]
        # Scripts that come before the page would run in an empty one, which is not secure.
        while not self.evaluate("isSecureContext && document.title === 'deconv'"):
            sleep(0.01)

    def version(self) -> str:
        """Return the version of the browser, without the last number: that of a build."""
        product: str = self.call("Browser.getVersion")["product"]
        return product.rpartition("/")[2].rpartition(".")[0]

    def evaluate(self, script: str) -> Any:
        """Return the value of a script, once its promise is kept.

        Raises:
            ValueError: the script throws; the message is the error's.
        """
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"].get("exception", {})
            raise ValueError(thrown.get("description", str(answer["exceptionDetails"])))
        return answer["result"].get("value")

    def call(self, method: str, **parameters: Any) -> Any:
        """Return the result of a method of the protocol."""
        self._last += 1
        request = {"id": self._last, "method": method, "params": parameters}
        if self._session and not method.startswith("Browser."):
            request["sessionId"] = self._session
        self._commands.write(json.dumps(request).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise ValueError(answer["error"]["message"])
                return answer["result"]

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            if not byte:
                raise EOFError("the browser has ended")
            text += byte
        answer: dict[str, Any] = json.loads(text)
        return answer
