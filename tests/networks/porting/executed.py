"""Networks executed in two frameworks, and compared layer by layer.

`python -m tests.networks.porting.executed SOURCE TARGET FILE...` builds the module of each network
of these files in its own framework and in another one, gives both the same integers as weights and
data, and prints a line for each layer with another size or other values, and one for each network
with the number of layers. Where all numbers are integers, they have to be equal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from deconvcli.checks.checking import read_configs
from deconvcli.compute.runner import Array
from deconvcli.frameworks.wording import KEYS
from deconvcli.networks.porting import Port, port_network, resize
from deconvcli.networks.porting.modules import find_module

Weights = dict[str, Any]
# A module's arrays by layer, drawn where none are given, and its outputs by layer, channels first.
Results = tuple[Weights, dict[str, Array]]
IMAGES = 2
_RANDOM = np.random.default_rng(0)


def draw(shape: Any) -> Array:
    """Return integers from -1 to 1."""
    return _RANDOM.integers(-1, 2, size=tuple(shape)).astype("float32")


def build(port: Port) -> tuple[list[str], dict[str, Any]]:
    """Return the layers that have an output of their own, and the names of a module that has it."""
    names = [layer.name for layer in port.layers if layer.steps]
    module = find_module(port.target)
    assert module is not None
    scope: dict[str, Any] = {}
    exec(module.write(port._replace(outputs=tuple(names))), scope)
    return names, scope


def run_torch(port: Port, weights: Weights | None, inputs: Mapping[str, Array]) -> Results:
    """Run an nn.Module."""
    import torch

    names, scope = build(port)
    [kind] = [one for one in scope.values() if isinstance(one, type)]
    model = kind().eval()
    dense = [layer.name for layer, step in port.steps if step.op == "dense"]
    if weights is None:
        weights = {}
        for name, layer in model.named_children():
            if isinstance(layer, torch.nn.PReLU):
                weights[name] = [layer.weight.detach().numpy()]
            elif hasattr(layer, "running_mean"):
                arrays = [layer.weight, layer.bias, layer.running_mean, layer.running_var]
                weights[name] = [draw(one.shape) ** 2 + 1 for one in arrays if one is not None]
            elif getattr(layer, "weight", None) is not None:
                bias = None if getattr(layer, "bias", None) is None else draw(layer.bias.shape)
                # A matrix over axes is a convolution in the module.
                shape = layer.weight.shape[: 2 if name in dense else None]
                weights[name] = (draw(shape), bias)
    if "load" in scope:
        scope["load"](model, weights)
    with torch.no_grad():
        made = model(*[torch.from_numpy(inputs[name]) for name in port.inputs])
    outputs = made if len(names) > 1 else [made]
    return weights, {name: one.numpy() for name, one in zip(names, outputs, strict=True)}


def draw_depthwise(port: Port) -> Weights:
    """Return the weights of depthwise and separable convolutions, in the layout of Keras."""
    found: Weights = {}
    for layer, step in port.steps:
        if step.keys.get("is_depthwise"):
            channels, out = step.channels, step.keys["out_channels"]
            kernel = (*step.keys["kernel"], channels, out // channels)
            mixed = layer.steps[-1].keys["out_channels"] if step.part else out
            mixing = [draw((*[1] * step.rank, out, mixed))] if step.part else []
            found[layer.name] = (draw(kernel), *mixing, draw((mixed,)))
    return found


def run_keras(port: Port, weights: Weights | None, inputs: Mapping[str, Array]) -> Results:
    """Run a keras.Model."""
    names, scope = build(port)
    model = scope["build"]()
    if weights is None:
        weights = draw_depthwise(port)
        for layer in model.layers:
            shapes = [one.shape for one in layer.get_weights()]
            kind = type(layer).__name__
            if "Normalization" in kind:
                weights[layer.name] = [draw(shape) ** 2 + 1 for shape in shapes]
            elif len(shapes) == 1:
                weights[layer.name] = (draw(shapes[0]), None)
            elif shapes:
                weights[layer.name] = tuple(map(draw, shapes))
    if "load" in scope:
        scope["load"](model, weights)
    given = [np.moveaxis(inputs[name], 1, -1) for name in port.inputs]
    made = model(given if len(given) > 1 else given[0])
    outputs = [np.asarray(one) for one in (made if len(names) > 1 else [made])]
    return weights, {
        name: np.moveaxis(one, -1, 1) for name, one in zip(names, outputs, strict=True)
    }


def run_flax(port: Port, weights: Weights | None, inputs: Mapping[str, Array]) -> Results:
    """Run a module of flax.linen with the weights of another one."""
    import jax

    assert weights is not None
    names, scope = build(port)
    [kind] = [
        one for name, one in scope.items() if isinstance(one, type) and name not in ("nn", "jnp")
    ]
    module = kind()
    given = [np.moveaxis(inputs[name], 1, -1) for name in port.inputs]
    variables = module.init(jax.random.key(0), *given)
    if "load" in scope:
        variables = scope["load"](variables, weights)
    made = module.apply(variables, *given)
    outputs = [np.asarray(one) for one in (made if len(names) > 1 else [made])]
    return weights, {
        name: np.moveaxis(one, -1, 1) for name, one in zip(names, outputs, strict=True)
    }


def run_onnx(port: Port, weights: Weights | None, inputs: Mapping[str, Array]) -> Results:
    """Run a model of ONNX with the weights of another module."""
    import onnx
    import onnxruntime

    assert weights is not None
    names, scope = build(port)
    model = scope["build"](*([weights] if "load" in scope else []))
    onnx.checker.check_model(model, full_check=True)
    titles = {node.name for node in model.graph.node}
    # The two convolutions of a separable one have names of their own.
    own = {layer.name for layer in port.layers if layer.steps and not layer.steps[0].part}
    assert own <= titles, own - titles
    session = onnxruntime.InferenceSession(model.SerializeToString())
    outputs = session.run(names, {name: inputs[name] for name in port.inputs})
    return weights, dict(zip(names, outputs, strict=True))


RUNS: Mapping[str, Callable[[Port, Weights | None, Mapping[str, Array]], Results]] = {
    "torch": run_torch,
    "keras": run_keras,
    "flax": run_flax,
    "onnx": run_onnx,
}


def compare(port: Port, want: Mapping[str, Array], found: Mapping[str, Array]) -> list[str]:
    """Return what is wrong with each layer."""
    wrong = []
    for layer in port.layers:
        if not layer.steps or layer.output is None:
            continue
        own, other = want[layer.name], found[layer.name]
        if other.shape[1:] != tuple(layer.output.sizes):
            wrong.append(f"{layer.name}: {other.shape[1:]} is not {layer.output.sizes}")
        elif np.array_equal(own, own.round()):
            count = int((own != other).sum())
            wrong += [f"{layer.name}: {count} of {own.size} values differ"] if count else []
        elif not np.allclose(own, other, rtol=1e-4, atol=1e-4 * np.abs(own).max()):
            wrong.append(f"{layer.name}: {np.abs(own - other).max()} of {np.abs(own).max()}")
    return wrong


def main(source: str, target: str, *files: str) -> None:
    """Print what is wrong with the networks of these files, and how many layers they have."""
    for config in read_configs(files):
        for read in config.networks:
            network = resize(read.graph, None, KEYS)
            assert network.dialect == source
            calls = {name: one.call for name, one in read.calls.items() if one.call is not None}
            own, other = (port_network(network, name, calls) for name in (source, target))
            inputs = {name: draw((IMAGES, *one.sizes)) for name, one in network.inputs.items()}
            missing = [
                f"{one.name} is missing: {one.reason}" for one in own.missing + other.missing
            ]
            for line in missing:
                print(f"{network.name}: {line}")
            if not missing:
                weights, want = RUNS[source](own, None, inputs)
                _, found = RUNS[target](other, weights, inputs)
                for line in compare(other, want, found):
                    print(f"{network.name}: {line}")
            print(f"{network.name}: {len(network.nodes)} layers")


if __name__ == "__main__":
    main(*sys.argv[1:])
