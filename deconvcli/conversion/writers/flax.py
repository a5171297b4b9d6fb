"""Operations beside Flax' layers, which are JAX'."""

from __future__ import annotations

from deconvcli.conversion.programs.jax import Jax
from deconvcli.conversion.writer import Writer
from deconvcli.conversion.writers.jax import JaxWriter

WRITER: Writer = JaxWriter(Jax())
