"""Pasted calls are parsed, never executed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor, read_call


def test_positional_and_keyword_arguments() -> None:
    call = read_call("nn.ConvTranspose2d(64, 32, (4, 5), stride=2, padding=-1, bias=False)")
    assert call == PythonCall(
        "nn.ConvTranspose2d", (64, 32, [4, 5]), {"stride": 2, "padding": -1, "bias": False}
    )


def test_a_shape_may_stand_behind_a_random_key() -> None:
    call = read_call("f(jax.random.normal(key, (1, 8, 3)), jnp.ones((2, 3), jnp.float32))")
    assert call.positional == (Tensor((1, 8, 3)), Tensor((2, 3)))


@pytest.mark.parametrize(
    "text", ["self.up = f(3)", "x: int = f(3)", "f(3),", "  f(3);", "return_ = f(\n  3,\n)"]
)
def test_what_surrounds_the_call_is_set_aside(text: str) -> None:
    assert read_call(text).positional == (3,)


def test_arithmetic_of_numbers_is_done_and_of_names_is_kept() -> None:
    call = read_call("f(64 * 8, 2 * (3 + 1) // 3 - 1, ngf * 8, g(x), 7 // 0)")
    assert call.positional == (512, 1, Name("ngf * 8"), Name("g(x)"), Name("7 // 0"))


def test_tensors_show_their_shape() -> None:
    call = read_call("f(torch.zeros(1, 2, 5), tf.ones([3, 4]), np.empty(n), zeros(3))")
    assert call.positional == (
        Tensor((1, 2, 5)),
        Tensor((3, 4)),
        Name("np.empty(n)"),
        Name("zeros(3)"),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("f(", "not Python"),
        ("f(3); g(4)", "no single call"),
        ("3", "no single call"),
        ("", "no single call"),
        ("f(**k)", r"\*\*arguments"),
        ("f(" + "9" * 5000 + ")", "too many|too long"),
        ("f(" + "9" * 3500 + " * " + "9" * 400 + ")", "beyond 64 bits"),
        ("(" * 3000, "nested too deeply|not Python"),
        ("f(" + "-" * 3900 + "1)", "nested too deeply|no single"),
        ("f(\0)", "null|too long|not Python"),
    ],
)
def test_what_is_no_call_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read_call(text)


@given(st.text(alphabet="f(),*=[]{}'\"0123456789.-+/ nx:\n\\", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(read_call(text), PythonCall)


def test_nothing_is_executed() -> None:
    call = read_call("f(__import__('os').system('false'), (lambda: 1 / 0)())")
    assert all(isinstance(value, Name) for value in call.positional)
