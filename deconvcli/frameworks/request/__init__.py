"""A layer as it is requested, with roles or a pasted call, made into a reading of its dialect.

The request is one class, whose parts are in files of their own: what is typed, sizes, counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.common.errors import Refused, UsageError
from deconvcli.frameworks.dialect.parameters import Form
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.pasted.layer import Pasted
from deconvcli.frameworks.request._counts import CountedLayer, bind_counts
from deconvcli.frameworks.request._typed import MAX_AXES
from deconvcli.frameworks.request.understood import Understood
from deconvcli.frameworks.wording import can_express, complete_output_shape, find_form, word_roles
from deconvcli.layers.axis import OpenShape
from deconvcli.layers.counts import Unknown
from deconvcli.layers.layer import Spelling
from deconvcli.layers.layout import Layout


class LayerRequest(CountedLayer):
    """One layer as typed, and its reading."""

    __slots__ = ()

    def understand(self) -> Understood:
        """Return the layer as its dialect reads it.

        Raises:
            UsageError: something is missing, foreign to the dialect, or of another rank.
            Refused: the framework would refuse the layer.
        """
        return self._read(*self.parse())

    def read(self, pasted: Pasted) -> Understood:
        """Return the layer as its dialect reads it, of what `parse` returned for any input.

        Raises:
            UsageError: as for `understand`.
            Refused: the framework would refuse the layer.
        """
        return self._read(pasted, pasted.why)

    def parse(self) -> tuple[Pasted, str]:
        """Return the layer's dialect and parameters, and why this is the dialect.

        Raises:
            UsageError: the text is no call of a layer.
        """
        if self.call is None and self.variables:
            raise UsageError(
                f"{self.names.variables} has no effect without a pasted call",
                help="leave it out, or paste the call.",
            )
        if self.call is None:
            name, why = self._find_dialect()
            return self._name_dialect(name), why
        # Reading Python takes a tenth of the start-up, which a layer from options does not pay.
        from deconvcli.frameworks.pasted.forms import is_layer_text
        from deconvcli.frameworks.pasted.understand import understand

        if not is_layer_text(self.call):
            raise self._no_call(self.call)
        setter = self.names.variables
        pasted = understand(self.call, self.dialect, variables=self.variables, setter=setter)
        return pasted, self._explain_choice(pasted)

    def _explain_choice(self, pasted: Pasted) -> str:
        """Return the reason for a call's dialect, with any other that the call fits as well."""
        if not pasted.others:
            return pasted.why
        titles = " and ".join(take(name)[0].title for name in pasted.others)
        choices = f"{self.names.dialect} {' or '.join(pasted.others)}"
        return f"{pasted.why}; it fits {titles} too ({choices})"

    def read_as(self, name: str, why: str) -> Understood:
        """Return what the roles mean in the dialect `name`."""
        return self._read(self._name_dialect(name), why)

    def _name_dialect(self, name: str) -> Pasted:
        return Pasted(*take(name), {}, None, None, None)

    def _find_dialect(self) -> tuple[str, str]:
        """Return (name, why) of the dialect that the roles mean."""
        if self.dialect:
            return self.dialect, f"{self.names.dialect} names it"
        given = self.roles.get("padding")
        if isinstance(given, str):
            # Not TensorFlow, although it has the words too: it would ask for the output size.
            return "keras", f"padding {given!r} is a word"
        if given is not None and find_form(given) is Form.INTS:
            return "torch", "padding is a number"
        names = in_order()
        if given is not None and "output_size" not in self.roles:
            # TensorFlow takes pairs too, and would ask for the output size.
            names.sort(key=lambda name: name != "onnx")
        # Beside a shape of torch's no size is open.
        is_open = isinstance(self.input_size, OpenShape) and len(self.input_size) > MAX_AXES
        if is_open:
            names.sort(key=lambda name: name != "keras")
        # In the order of use, so that torch is taken if any number of dialects can express them.
        for name in names:
            dialect = take(name)[0]
            if all(can_express(dialect, role, value) for role, value in self.roles.items()):
                if is_open and name == "keras":
                    return name, "it writes an open size as None"
                return name, "no framework is named, and this one has all these parameters"
        return "torch", "no framework is named"

    def _read(self, pasted: Pasted, why: str) -> Understood:
        """Add the roles to the call's parameters, find the sizes, and let the dialect read them."""
        dialect, rank = pasted.dialect, self.find_rank(pasted)
        spatial_only = self._split_output_size(pasted, rank)
        if spatial_only is not self:
            return spatial_only._read(pasted, why)
        words = word_roles(dialect, self.roles, rank, self.names, pasted.words)
        if self.call is None:
            words = dialect.complete(words, rank)
        leading, sizes = self._find_sizes(pasted, words, rank)
        self._check_letters(sizes.spatial)
        # After the sizes: a variable of the call may be the channels that only the input gives.
        words = {**bind_counts(pasted, words, sizes.channels), **words}
        words, named = self._fill_output_shape(pasted, words, sizes)
        shown_weight = sizes.weight
        if shown_weight is None:
            sizes = sizes._replace(weight=self._find_weight(dialect, words, sizes))
        layout = dialect.data_layout(words, rank)
        unknown = self._find_unknown(
            pasted, words, sizes, layout, leading, has_weight=bool(shown_weight)
        )
        arguments: Mapping[str, Any] = words
        if named or "output_size" in self.roles:
            groups = self._count_groups(words, dialect.argument("groups"))
            arguments = complete_output_shape(dialect, words, sizes, groups)
        if "out_channels" in named and "out_channels" in unknown:
            unknown["out_channels"] = named["out_channels"]
        assumed = [
            self.names.role(role)
            for role, count in unknown.items()
            if isinstance(count, Unknown) and not count.parameter
        ]
        has_size = self.input_size or pasted.data
        remark = f"{pasted.declared.name} of the call" if pasted.declared and not has_size else ""
        if leading and not (self.rank or pasted.rank):
            remark = f"read as {_name_axes(layout, leading, rank)}"
        open_batch = self._find_open_batch(dialect, words, leading, rank, named)
        spelling = Spelling(dialect.name, arguments, pasted.implementation)
        try:
            reading = dialect.read(spelling, sizes)
        except Refused as refused:
            refused.layer = spelling, sizes
            if refused.code == "output-shape" and not (self.call or "output_size" in self.roles):
                refused.help += f" Give it as {self.names.role('output_size')}."
            raise
        return Understood(
            reading, why, leading, tuple(assumed), remark, unknown, open_batch, pasted.flips
        )

    def _no_call(self, text: str) -> UsageError:
        from deconvcli.frameworks.pasted.misread import explain_text  # only for an error

        return explain_text(text) or UsageError(
            f"{text[:60]!r} is not a pasted call: it has no parenthesis",
            help=f"write a size as {self._show_size()}, and a call as"
            " 'nn.ConvTranspose2d(64, 32, 4)'.",
            code="pasted-call",
        )


def _name_axes(layout: Layout, leading: int, rank: int) -> str:
    """Return the axes of an input with `leading` axes beside the spatial ones: N, C, H, W."""
    spatial = {1: "L", 2: "HW", 3: "DHW"}[rank]
    axes = layout.axes if leading == 2 else [axis for axis in layout.axes if axis != "N"]
    return ", ".join([letter for axis in axes for letter in (spatial if axis == "*" else axis)])


__all__ = ["MAX_AXES", "LayerRequest", "Understood"]
