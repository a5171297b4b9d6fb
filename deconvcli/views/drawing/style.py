"""The style sheet of a picture: the colours of both themes, and the visibility over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deconvcli.views.drawing.clock import Clock
from deconvcli.views.drawing.scene import Scene
from deconvcli.views.palette import DARK, LIGHT, Theme, css_colour

FONT = (
    "ui-sans-serif,system-ui,-apple-system,'Segoe UI','DejaVu Sans','Liberation Sans',"
    "'Noto Sans',Arial,sans-serif"
)
SHAPES = (
    f"text{{font-family:{FONT};font-size:14px}}"
    ".c text{text-anchor:middle}.h{font-size:16px;font-weight:600}"
    ".grid,.slash{fill:none;stroke-width:1}.c rect{stroke-width:1}"
    ".added rect{stroke-dasharray:4 3}"
    ".tap{fill:none;stroke-width:3}.reach{fill:none;stroke-width:1.5;stroke-dasharray:5 4}"
    ".cut text{paint-order:stroke;stroke-width:4px}"
    ".crop{fill:none;stroke-width:3}"
)


class Style(NamedTuple):
    """The style sheet of one picture. counts: the counts that occur in it, in order."""

    scene: Scene
    clock: Clock
    counts: tuple[int, ...]

    def static_css(self) -> str:
        """Return the colours of both themes, without animation."""
        dark = "".join(self._colours(DARK))
        light = "".join(self._colours(LIGHT))
        return f"{SHAPES}{light}@media (prefers-color-scheme:dark){{{dark}}}"

    def light_css(self) -> str:
        """Return the colours of the light theme, for programs that ignore media queries."""
        return SHAPES + "".join(self._colours(LIGHT))

    def animated_css(self) -> str:
        """Return colours and animation; with reduced motion the finished picture is shown.

        Only visibility changes. Browsers draw elements that move or fade on a layer of their own
        and round their colours a second time, so a frame would differ from the same frame alone.
        CSS is used instead of SMIL, which cannot follow prefers-reduced-motion.
        """
        moves = "".join([*self._appearances(), *self._single_frames()])
        calm = "@media (prefers-reduced-motion:reduce){*{animation:none!important}}"
        return f"{self.static_css()}{moves}{calm}"

    def _colours(self, theme: Theme) -> Iterator[str]:
        ground, ink, muted, line = map(css_colour, theme[:4])
        yield f".ground{{fill:{ground}}}text{{fill:{ink}}}.muted{{fill:{muted}}}"
        yield f".grid,.slash{{stroke:{line}}}.c rect{{stroke:{line};fill:{ground}}}"
        yield f".crop{{stroke:{ink}}}.tap,.reach,.lit{{stroke:{css_colour(theme.stamp)}}}"
        yield f".given{{fill:{css_colour(theme.warm(0.1))}}}"
        yield f".lit{{fill:{css_colour(theme.warm(0.4))};stroke-width:3}}"
        yield f".cut text{{fill:{muted};stroke:{ground}}}"
        for count in self.counts:
            tint = theme.tint(count / self.counts[-1])
            yield f".n{count} rect{{fill:{css_colour(tint)}}}"
            yield f".n{count} text{{fill:{css_colour(theme.text_on(tint))}}}"

    def _appearances(self) -> Iterator[str]:
        """Yield the rules by which a mark is hidden until its frame and then stays."""
        # Marks of frame 1 are visible from the start and need no rule.
        for frame in range(2, self.scene.frames + 1):
            yield self._animation(f"f{frame}", f"0%{{visibility:hidden}}{self._show_from(frame)}")

    def _single_frames(self) -> Iterator[str]:
        """Yield the rules by which stamp and crop are shown for one frame each."""
        for frame in range(1, self.scene.frames):
            gone = f"{self.clock.share(frame + 1)}{{visibility:hidden}}"
            yield f".p{frame}{{visibility:hidden}}"
            yield self._animation(f"p{frame}", self._show_from(frame) + gone)

    def _show_from(self, frame: int) -> str:
        return f"{self.clock.share(frame)}{{visibility:visible}}"

    def _animation(self, name: str, keyframes: str) -> str:
        # step-end holds each keyframe until the next: nothing between two frames is ever drawn.
        timing = f"{self.clock.total:g}s step-end infinite"
        return f".{name}{{animation:{name} {timing}}}@keyframes {name}{{{keyframes}}}"
