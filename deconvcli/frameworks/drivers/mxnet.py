"""Apache MXNet on the CPU with oneDNN, its default there, in a Python of its own."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_call, to_tuples
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import MXNET


class MXNet(Framework):
    """The operator Deconvolution."""

    dialect = "mxnet"
    needs = (MXNET,)
    interpreter = MXNET.variable

    def versions(self) -> dict[str, str]:
        """Return the version that the module reports."""
        return {"mxnet": _import_module().__version__}

    def draw(self, random: Random) -> Case:
        """Return a layer with pad and adj, or with a target_shape beside any pad."""
        dice = Dice(random)
        geometry, groups = dice.geometry(), dice.groups()
        into, out = dice.channels(groups)
        params: dict[str, Any] = {"num_filter": out, "kernel": geometry.k, "no_bias": True}
        params["stride"] = dice.spoil(geometry.s, 0.02, 0)
        if max(geometry.d) > 1:
            params["dilate"] = dice.spoil(geometry.d, 0.02, 0)
        if dice.chance(0.6):
            params["pad"] = dice.up_to([span // 2 + 1 for span in geometry.span])
        if dice.chance(0.3):
            params["adj"] = dice.spoil(dice.up_to([s - 1 for s in geometry.s]), 0.1, geometry.s[0])
        if dice.chance(0.2):
            pad = params.get("pad", [0] * geometry.rank)
            most = zip(geometry.full, pad, strict=True)
            params["target_shape"] = [
                max(1, full - 2 * p + dice.choose(0, 0, 0, 0, 1, -1)) for full, p in most
            ]
        if groups > 1:
            params["num_group"] = groups
        batch = dice.batch()
        return Case(
            params, (batch, into, *geometry.n), (into, out // groups, *geometry.k), geometry.rank
        )

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        mxnet = _import_module()
        # An error that comes late would be reported for the layer after it.
        with suppress(mxnet.MXNetError):
            mxnet.nd.waitall()
        params = {name: to_tuples(value) for name, value in case.params.items()}
        arrays = mxnet.nd.array(x), mxnet.nd.array(w)
        # MXNet computes later, so that errors of the layer come with its values.
        return mxnet.nd.Deconvolution(*arrays, **params).asnumpy()

    def code(self, case: Case) -> str:
        """Return a call of the operator."""
        call = format_call("mx.nd.Deconvolution", "mx.nd.array(x)", "mx.nd.array(w)", **case.params)
        return f"np.bool = bool; import mxnet as mx; y = {call}.asnumpy()"


def _import_module() -> Any:
    """Return the module, which needs a name that NumPy has dropped."""
    import numpy

    if not hasattr(numpy, "bool"):
        # Not an assignment: the types of newer releases have the name, and are final.
        setattr(numpy, "bool", bool)  # noqa: B010
    import mxnet

    return mxnet


FRAMEWORK: Framework = MXNet()
