"""Random layers of every framework, carried into every other one and computed in both.

The values that the source framework computes are compared exactly with those of the module that
`deconv convert` prints, run in the target framework. All numbers are small integers, so that no
sum is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from time import perf_counter
from typing import NamedTuple, TypeVar

from deconvcli.common.errors import DeconvError, NotExpressible, Refused
from deconvcli.common.threads import map_in_threads
from deconvcli.compute.runner import Array, usable_cpus
from deconvcli.conversion import Conversion, convert
from deconvcli.conversion.execution import DTYPE, describe_difference, place_output, run_module
from deconvcli.conversion.proof import draw
from deconvcli.frameworks.driver.ask import NoAnswer, Question, ask_for_output
from deconvcli.frameworks.driver.base import Case, Framework
from deconvcli.frameworks.driver.process import DriverProcess, NotStarted
from deconvcli.frameworks.driver.verify import (
    MAX_AT_ONCE,
    FrameworkVerification,
    Progress,
    number_cases,
)
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

LEAST_SAID = 0.97
"""The share of each pair's layers that the target has to express."""
DRAWS = 20
"""How many layers are drawn for one that its framework computes, at most."""
MODULES_PER_PROCESS = 250
"""Modules after which a framework's process is a new one: JAX keeps all that it has compiled."""
_INPUT, _WEIGHT, _BIAS = range(3)

Advance = Callable[[float], None]
Found = TypeVar("Found")


class Layer(NamedTuple):
    """A layer of a source, and what the source framework makes of these arrays.

    number: its place among the layers drawn. bias: of every second layer; y: (N, C, *spatial) with
    it.
    """

    number: int
    reading: Reading
    x: Array
    weight: Array
    bias: Array | None
    y: Array


class Failure(NamedTuple):
    """A layer whose module does not give the source's values, or that cannot be expressed.

    module: the text of the module that was run; empty where there is none.
    """

    number: int
    reading: Reading
    reason: str
    module: str = ""


class Pair(NamedTuple):
    """All layers of one source in one target.

    seconds: the time that writing and running the modules took.
    """

    source: str
    target: str
    layers: int
    unsaid: list[Failure]
    wrong: list[Failure]
    seconds: float

    @property
    def said(self) -> int:
        """The number of layers that the target expresses."""
        return self.layers - len(self.unsaid)

    @property
    def equal(self) -> int:
        """The number of layers whose values are those of the source framework."""
        return self.said - len(self.wrong)

    @property
    def says_enough(self) -> bool:
        """Whether the target expresses LEAST_SAID of the layers."""
        return self.said >= LEAST_SAID * self.layers


class ConversionVerification(NamedTuple):
    """The result for all pairs; layers, seed: the layers drawn for each source.

    frameworks: what is known of each framework itself, without comparisons.
    """

    layers: int
    seed: int
    pairs: list[Pair]
    frameworks: list[FrameworkVerification]

    @property
    def holds(self) -> bool:
        """Whether all values are equal, and every pair says enough."""
        return all(not pair.wrong and pair.says_enough for pair in self.pairs)

    @property
    def has_started_all(self) -> bool:
        """Whether every framework could be imported."""
        return not any(one.not_started for one in self.frameworks)


class _Processes:
    """Frameworks in processes of their own, a few at once, and what is known of each."""

    def __init__(self, stack: ExitStack, progress: Progress) -> None:
        self.frameworks: dict[str, FrameworkVerification] = {}
        self._stack, self._progress = stack, progress

    def map(
        self,
        work: Callable[[DriverProcess[Framework], Advance], list[Found]],
        frameworks: Sequence[Framework],
        label: str = "{}",
    ) -> dict[str, list[Found]]:
        """Return what `work` finds, by the dialects of the frameworks that can be imported."""
        # The bars are made here, since a display belongs to one thread.
        pairs = [
            (DriverProcess(one), self._progress(label.format(one.dialect))) for one in frameworks
        ]
        # So that Ctrl-C ends every process, whatever it is computing.
        for process, _ in pairs:
            self._stack.callback(process.stop)
        found = map_in_threads(
            lambda pair: self._run(work, *pair), pairs, min(MAX_AT_ONCE, usable_cpus())
        )
        return {one.dialect: own for one, own in zip(frameworks, found, strict=True) if own}

    def _run(
        self,
        work: Callable[[DriverProcess[Framework], Advance], list[Found]],
        process: DriverProcess[Framework],
        advance: Advance,
    ) -> list[Found]:
        name = process.driver.dialect
        with process:
            found: list[Found] = []
            reason = ""
            try:
                process.start()
                found = work(process, advance)
            except NotStarted as error:
                reason = str(error)
            self.frameworks[name] = FrameworkVerification(
                process.driver, process.versions, [], reason
            )
        return found


def verify_conversions(
    sources: Sequence[Framework],
    targets: Sequence[Framework],
    layers: int = 200,
    seed: int = 0,
    progress: Progress = lambda label: lambda done: None,
    only: int | None = None,
) -> ConversionVerification:
    """Compare `layers` random layers of each source with their modules in each other target.

    Every framework runs in a process of its own. only: the number of the single layer to compare.
    """
    with ExitStack() as stack:
        processes = _Processes(stack, progress)
        needed = [one for one in sources if any(one is not target for target in targets)]
        drawn = processes.map(
            lambda process, advance: list(_compute_layers(process, layers, seed, only, advance)),
            needed,
        )
        found = processes.map(
            lambda process, advance: _compare_target(process, drawn, advance),
            targets,
            "to {}",
        )
    pairs = [pair for one in found.values() for pair in one]
    order = {name: place for place, name in enumerate(drawn)}
    pairs.sort(key=lambda pair: order[pair.source])
    return ConversionVerification(layers, seed, pairs, [*processes.frameworks.values()])


def _compute_layers(
    process: DriverProcess[Framework], count: int, seed: int, only: int | None, advance: Advance
) -> Iterator[Layer]:
    """Yield this many layers that the framework computes as it is known to."""
    framework, found = process.driver, 0
    for number, case in number_cases(framework, DRAWS * count, seed, only):
        layer = _compute_layer(process, case, number)
        if layer is not None:
            found += 1
            advance(1)
            yield layer
        if found == count:
            return


def _compute_layer(process: DriverProcess[Framework], case: Case, number: int) -> Layer | None:
    """Return a layer with the framework's values; None where it has none, or none to rely on.

    A layer without images or outputs has no values to compare, and many frameworks refuse it.
    """
    try:
        reading = read_layer(
            process.driver.dialect, case.params, case.input_shape, case.weight_shape, case.rank
        )
    except DeconvError:
        return None
    is_known_to_differ = any(finding.differs for finding in reading.findings)
    if reading.no_values or reading.answered is not None or is_known_to_differ:
        return None
    if 0 in (*reading.input_shape, *reading.output_shape):
        return None
    x = draw(case.input_shape, number, _INPUT).astype(DTYPE)
    weight = draw(case.weight_shape, number, _WEIGHT).astype(DTYPE)
    question = Question(reading, case, x, weight)
    try:
        y = question.to_canonical(ask_for_output(process, question))
    # `verify` reports what the framework answers in place of the values.
    except NoAnswer:
        return None
    if number % 2:
        return Layer(number, reading, x, weight, None, y)
    rank = len(reading.spatial)
    bias = draw((reading.layer.out_channels,), number, _BIAS).astype(DTYPE)
    return Layer(number, reading, x, weight, bias, y + bias.reshape(-1, *[1] * rank))


def _compare_target(
    process: DriverProcess[Framework], drawn: Mapping[str, Sequence[Layer]], advance: Advance
) -> list[Pair]:
    """Return the pairs of one target, whose process is started again from time to time."""
    ran = 0

    def move_on() -> None:
        nonlocal ran
        ran += 1
        advance(1 / len(drawn))
        if ran % MODULES_PER_PROCESS == 0:
            process.restart()

    return [
        _compare_pair(source, layers, process, move_on)
        for source, layers in drawn.items()
        if source != process.driver.dialect
    ]


def _compare_pair(
    source: str,
    layers: Sequence[Layer],
    process: DriverProcess[Framework],
    move_on: Callable[[], None],
) -> Pair:
    begin, target = perf_counter(), process.driver.dialect
    unsaid, wrong = [], []
    for layer in layers:
        failure = Failure(layer.number, layer.reading, "")
        try:
            conversion = convert(layer.reading, target)
            module = conversion.write_program()
        except (NotExpressible, Refused) as error:
            unsaid.append(failure._replace(reason=error.message))
        # A bug of ours is one more failure; the layers after it are still compared.
        except Exception as error:
            wrong.append(failure._replace(reason=f"{type(error).__name__}: {error}"))
        else:
            reason = _compare_values(process, conversion, layer)
            if reason:
                wrong.append(failure._replace(reason=reason, module=module))
        move_on()
    return Pair(source, target, len(layers), unsaid, wrong, perf_counter() - begin)


def _compare_values(process: DriverProcess[Framework], conversion: Conversion, layer: Layer) -> str:
    """Return why the values of a module are not the source's; an empty text if they are."""
    try:
        y = run_module(process, conversion, layer.x, layer.weight, layer.bias)
    except NoAnswer as error:
        return str(error)
    return describe_difference(y, place_output(conversion, layer.y))
