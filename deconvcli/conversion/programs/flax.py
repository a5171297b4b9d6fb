"""Flax' layers."""

from __future__ import annotations

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, constructor
from deconvcli.conversion.programs.jax import Jax


class Flax(Jax):
    """A layer of flax.linen with its parameters."""

    imports = ("import jax.numpy as jnp", "from flax import linen as nn")

    def write_layer(self, plan: Plan) -> list[str]:
        """Return a layer bound to these weights."""
        return [
            'parameters = {"kernel": jnp.asarray(w)}',
            *self.list_bias(plan, 'parameters["bias"] = jnp.asarray(bias)'),
            f"layer = {constructor(plan)}",
            'layer = layer.bind({"params": parameters})',
        ]


PROGRAM: Program = Flax()
