"""The picture's style sheet: colours of both themes, and when what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deconvcli.views.drawing.clock import Clock
from deconvcli.views.drawing.scene import Scene
from deconvcli.views.palette import DARK, LIGHT, Theme, text

_FONT = (
    "ui-sans-serif,system-ui,-apple-system,'Segoe UI','DejaVu Sans','Liberation Sans',"
    "'Noto Sans',Arial,sans-serif"
)
SHAPES = (
    f"text{{font-family:{_FONT};font-size:14px}}"
    ".c text{text-anchor:middle}.h{font-size:16px;font-weight:600}"
    ".grid,.slash{fill:none;stroke-width:1}.c rect{stroke-width:1}"
    ".added rect{stroke-dasharray:4 3}"
    ".tap{fill:none;stroke-width:3}.reach{fill:none;stroke-width:1.5;stroke-dasharray:5 4}"
    ".cut text{paint-order:stroke;stroke-width:4px}"
    ".crop{fill:none;stroke-width:3}"
)


class Style(NamedTuple):
    """The rules of one picture; counts: those that occur, in order."""

    scene: Scene
    clock: Clock
    counts: tuple[int, ...]

    def still(self) -> str:
        """Colours alone: nothing moves."""
        dark = "".join(self._colours(DARK))
        light = "".join(self._colours(LIGHT))
        return f"{SHAPES}{light}@media (prefers-color-scheme:dark){{{dark}}}"

    def plain(self) -> str:
        """The colours of the light theme, for those who read no media queries."""
        return SHAPES + "".join(self._colours(LIGHT))

    def moving(self) -> str:
        """Colours and animation; whoever wants no motion sees the finished picture.

        Only visibility changes: what moves would be drawn on a layer of its own, where colours
        are rounded once more.
        """
        moves = "".join([*self._appearances(), *self._passing()])
        calm = "@media (prefers-reduced-motion:reduce){*{animation:none!important}}"
        return f"{self.still()}{moves}{calm}"

    def _colours(self, theme: Theme) -> Iterator[str]:
        ground, ink, muted, line = map(text, theme[:4])
        yield f".ground{{fill:{ground}}}text{{fill:{ink}}}.muted{{fill:{muted}}}"
        yield f".grid,.slash{{stroke:{line}}}.c rect{{stroke:{line};fill:{ground}}}"
        yield f".crop{{stroke:{ink}}}.tap,.reach,.lit{{stroke:{text(theme.stamp)}}}"
        yield f".given{{fill:{text(theme.warmed(0.1))}}}"
        yield f".lit{{fill:{text(theme.warmed(0.4))};stroke-width:3}}"
        yield f".cut text{{fill:{muted};stroke:{ground}}}"
        for count in self.counts:
            tint = theme.tint(count / self.counts[-1])
            yield f".n{count} rect{{fill:{text(tint)}}}"
            yield f".n{count} text{{fill:{text(theme.text_on(tint))}}}"

    def _appearances(self) -> Iterator[str]:
        """A mark is hidden until its frame, then stays."""
        for frame in range(2, self.scene.frames + 1):
            yield self._animated(f"f{frame}", f"0%{{visibility:hidden}}{self._seen(frame)}")

    def _passing(self) -> Iterator[str]:
        """Stamp and crop are seen for one frame each."""
        for frame in range(1, self.scene.frames):
            gone = f"{self.clock.share(frame + 1)}{{visibility:hidden}}"
            yield f".p{frame}{{visibility:hidden}}"
            yield self._animated(f"p{frame}", self._seen(frame) + gone)

    def _seen(self, frame: int) -> str:
        return f"{self.clock.share(frame)}{{visibility:visible}}"

    def _animated(self, name: str, keyframes: str) -> str:
        timing = f"{self.clock.total:g}s step-end infinite"
        return f".{name}{{animation:{name} {timing}}}@keyframes {name}{{{keyframes}}}"
