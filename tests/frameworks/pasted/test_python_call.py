"""Pasted calls are parsed, never executed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.common.errors import NotLinear, UsageError
from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor, compute_sizes, read_call
from deconvcli.layers.axis import Linear


def test_positional_and_keyword_arguments() -> None:
    call = read_call("nn.ConvTranspose2d(64, 32, (4, 5), stride=2, padding=-1, bias=False)")
    assert call == PythonCall(
        "nn.ConvTranspose2d", (64, 32, [4, 5]), {"stride": 2, "padding": -1, "bias": False}
    )


def test_a_shape_may_come_after_a_random_key() -> None:
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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("int(3 / 2)", 1),
        ("int(7)", 7),
        ("math.ceil(5 / 2)", 3),
        ("np.floor(5 / 2)", 2),
        ("ceil((7 - 2) / 2) * 2", 6),
        ("3 / 2", 1.5),
        ("5 / 0", Name("5 / 0")),
        ("int(1e400)", Name("int(1e309)")),
        ("max(3, 4, 5)", 5),
        ("min(2.5, 3) + abs(-1)", 3.5),
        ("round(5 / 2)", 2),
        ("max(k, 4)", Name("max(k, 4)")),
        ("max(4)", Name("max(4)")),
        ("math.ceil(3, 4)", Name("math.ceil(3, 4)")),
        ("(1, *[10, 10], 2)", [1, 10, 10, 2]),
        ("int(n / 2)", Name("int(n / 2)")),
        ("(2,) * 3", [2, 2, 2]),
        ("[1] + [2, 2] + [1]", [1, 2, 2, 1]),
        ("(1, 2) * 9", Name("(1, 2) * 9")),
        ("[1] * n", Name("[1] * n")),
        ("[1] * -1", []),
        ("tf.stack([b, 10, 2])", [Name("b"), 10, 2]),
        ("tf.TensorShape((1, 10, 2))", [1, 10, 2]),
        ("tf.convert_to_tensor([1, 10], tf.int32)", [1, 10]),
        ("np.array([4, 4])", [4, 4]),
        ("tuple([4, 4])", [4, 4]),
        ("list(k)", Name("list(k)")),
        ("tf.stack(tf.shape(x))", Name("tf.stack(tf.shape(x))")),
        ("dict(a=1, **{'b': 2})", {"a": 1, "b": 2}),
    ],
)
def test_conversions_and_lists_are_values(text: str, value: object) -> None:
    assert read_call(f"f({text})").positional == (value,)
    assert read_call(f"f(**{{'a': {text}}})").keywords == {"a": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tf.shape(x)[1] * 2", 10),
        ("x.shape[-2] + 1", 7),
        ("int(x.get_shape()[1]) * 2", 10),
        ("x.get_shape().as_list()[2] // 2", 3),
        ("x.get_shape()[1].value", 5),
        ("x.size(2)", Name("x.size(2)")),
        ("x.shape[3]", Name("x.shape[3]")),
        ("tf.shape(y)[1]", Name("tf.shape(y)[1]")),
        ("x.shape[0]", 1),
    ],
)
def test_sizes_of_a_tensor_are_known_in_expressions(text: str, value: object) -> None:
    assert compute_sizes(text, "x", (1, 5, 6, None)) == value


def test_sizes_of_a_tensor_may_be_letters() -> None:
    shape = (1, Linear("H"), Linear("W"))
    assert compute_sizes("2 * x.shape[1] - 1", "x", shape) == Linear("H", 2, -1)
    assert compute_sizes("x.shape[1] / 2", "x", shape) == Name("x.shape[1] / 2")
    assert compute_sizes("2 // x.shape[1]", "x", shape) == Name("2 // x.shape[1]")
    assert compute_sizes("x.shape[1] % 0", "x", shape) == Name("x.shape[1] % 0")
    assert compute_sizes("x.shape[1] ** 2", "x", shape) == Name("x.shape[1] ** 2")
    with pytest.raises(NotLinear):
        compute_sizes("x.shape[1] * x.shape[2]", "x", shape)


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
        ("f(**k)", r"the values in \*\*k are only in your program"),
        ("f(2 ** 64 * 2 ** 64, 3)", "beyond 64 bits"),
        ("f(*k)", r"the values in \*k are only in your program"),
        ("f((1, *k))", r"the values in \*k are only in your program"),
        ("f(1e400 * 2)", "beyond 64 bits"),
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
