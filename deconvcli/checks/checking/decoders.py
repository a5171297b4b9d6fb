"""The mirror of a pasted layer, or of an encoder in a text or a file: its decoder as a config."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from deconvcli.checks.checking._configs import find_path, read_one_network
from deconvcli.checks.checking._file_check import check_bytes
from deconvcli.checks.checking._files import SourceFile
from deconvcli.checks.checking._fixing import fix_data
from deconvcli.checks.checking._settings import Settings
from deconvcli.common.comparison import Comparable
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Severity
from deconvcli.frameworks.dialects import resolve_name, take
from deconvcli.frameworks.wording import KEYS, Names
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.mirror import (
    Decoder,
    Encoder,
    LayerMirror,
    find_convolution,
    mirror_network,
    walk_config,
    walk_pasted,
    write_config,
)
from deconvcli.networks.pasted.answer import walk_network
from deconvcli.networks.pasted.network import read_network

_NAME = "decoder.yaml"


class DecoderMirror(Comparable):
    """The decoder of an encoder.

    config: it as YAML, without findings: where a layer must overlap or crop unevenly, since its
    encoder does, a comment silences the rule.
    """

    def __init__(self, decoder: Decoder, title: str) -> None:
        self.decoder = decoder
        self._title = title

    def _identity(self) -> tuple[Any, ...]:
        return self.decoder, self._title

    @cached_property
    def config(self) -> str:
        """The decoder as YAML."""
        text = write_config(self.decoder, self._title)
        data = text.encode()
        errors = [
            found
            for found in check_bytes(_NAME, data, "yaml", Settings()).findings
            if found.severity is Severity.ERROR
        ]
        if errors:  # never silenced: the mirror of a layer would be wrong
            raise UsageError(
                f"the decoder has an error: {errors[0].message}",
                help="choose another dialect, or give the layers of the encoder alone.",
                code="no-mirror",
            )
        file = SourceFile(_NAME, _NAME)
        silenced = fix_data(file, data, Settings(add_ignore=True))
        return (
            text
            if silenced is None or silenced.rewrite is None
            else silenced.rewrite.after.decode()
        )

    def __str__(self) -> str:
        return self.config


def mirror(
    text: str,
    input_size: Sequence[Size] | None = None,
    dialect: str | None = None,
    *,
    variables: Mapping[str, Any] = MappingProxyType({}),
    names: Names = KEYS,
) -> LayerMirror | DecoderMirror:
    """Return the layer, or the decoder, that returns to exactly the input.

    text: a pasted call or network, or a config: `encoder.yaml`, or `encoder.yaml:NAME` for one of
    its networks. input_size: of the input; not needed for a config, nor for the table of a layer.
    dialect: of the mirror; by default that of the text.

    Raises:
        NotExpressible: the dialect has no such layer.
        UsageError: the text cannot be read, a size is missing, or a layer has no mirror.
    """
    if dialect is not None:
        dialect = resolve_name(dialect)
    path, name = find_path(text)
    if path:
        network = read_one_network(path, name).graph
        return _make_decoder(walk_config(network, input_size, names), dialect, network.name)
    reader = _find_reader(text, dialect)
    pasted = read_network(text, reader, variables)
    if len(pasted.nodes) == 1 and any(
        error.code == "unknown-layer" for error in pasted.failures.values()
    ):
        raise UsageError(
            f"{pasted.listing.entries[0].type} is no layer that deconv knows",
            help="paste the layer, such as nn.Conv2d(64, 128, 3, stride=2), or give a config.",
            code="no-mirror",
        )
    convolution = find_convolution(pasted, input_size)
    if convolution is None:
        return _make_decoder(walk_pasted(pasted, input_size, names), dialect, "the pasted layers")
    if reader and convolution.dialect == "torch":
        convolution = convolution._replace(dialect=reader)
    sizes = None
    if input_size is not None and len(input_size) in (1, convolution.rank):
        sizes = tuple(require_numbers(input_size))
        sizes *= convolution.rank if len(sizes) == 1 else 1
    elif input_size is not None:  # with its channels, and perhaps a batch
        [shape] = walk_network(pasted, input_size, names).network.inputs.values()
        sizes = tuple(require_numbers(shape.spatial))
        [channels] = require_numbers([shape.channels])
        convolution = convolution._replace(channels=channels)
    return LayerMirror(convolution, dialect or convolution.dialect, sizes)


def _find_reader(text: str, dialect: str | None) -> str | None:
    """Return the mirror's dialect if the text may be its own: MLX has torch's names."""
    if dialect is None:
        return None
    forward = take(dialect)[0].forward
    names = [forward.format(rank=rank) for rank in (1, 2, 3)] if forward else []
    return dialect if any(re.search(rf"\b{re.escape(name)}\(", text) for name in names) else None


def _make_decoder(encoder: Encoder, dialect: str | None, title: str) -> DecoderMirror:
    decoder = mirror_network(encoder.network, encoder.outcomes, dialect or "", encoder.kinds)
    return DecoderMirror(decoder, title)
