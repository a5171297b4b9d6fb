"""Random layers of the frameworks that compute them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

SOURCES = [name for name in FRAMEWORKS.names if FRAMEWORKS.take(name).has_values]


def draw_layers(driver: str, count: int, seed: int) -> Iterator[Reading]:
    """Yield random layers that the framework computes."""
    framework = FRAMEWORKS.take(driver)
    random = Random(f"{driver}:{seed}")
    while count:
        case = framework.draw(random)
        try:
            reading = read_layer(
                framework.dialect, case.params, case.input_shape, case.weight_shape, case.rank
            )
        except DeconvError:
            continue
        if not reading.no_values and reading.answered is None:
            count -= 1
            yield reading
