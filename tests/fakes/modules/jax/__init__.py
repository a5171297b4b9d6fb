"""A stand-in for JAX in processes of fakes: jax.lax.conv_transpose, computed by our own engine."""

from jax import lax

__all__ = ["lax"]
