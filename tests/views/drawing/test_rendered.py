"""In a real browser the animation shows, at any time, exactly the frame written alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deconvcli.views.drawing.clock import time_frames
from deconvcli.views.drawing.layout import Drawing
from deconvcli.views.drawing.scene import Scene
from deconvcli.views.drawing.svg import write_animation, write_frame
from tests.browser import Browser, needs_browser, opened
from tests.views.drawing.pictures import LAYERS, draw_options

pytestmark = needs_browser
# Virtual time freezes CSS animations in Chromium, so their time is set.
AT = """
for (const animation of document.getAnimations()) {
    animation.pause();
    animation.currentTime = arguments[0];
}
return document.getAnimations().length;
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


def show(browser: Browser, path: Path, text: str, **preferences: str) -> bytes:
    """Return a screenshot of a picture."""
    path.write_text(text, encoding="utf-8")
    browser.open(path, **preferences)
    return browser.screenshot()


def show_at(browser: Browser, seconds: float) -> bytes:
    """Return a screenshot of the open animation at a time."""
    assert browser.script(AT, 1000 * seconds) > 0
    return browser.screenshot()


def find_middle(scene: Scene, frame: int) -> float:
    """Return a time at which a frame is shown, in seconds."""
    clock = time_frames(scene)
    ends = (*clock.starts[1:], clock.total)
    return (clock.starts[frame - 1] + ends[frame - 1]) / 2


def choose_frames(picture: Drawing) -> list[int]:
    """Return the first frame, some between, one in which the crop closes in, and the last."""
    last, stamps = picture.scene.frames, len(picture.scene.stamps)
    return sorted({1, max(1, stamps // 2), stamps, min(stamps + 2, last), last})


@pytest.mark.parametrize("line", LAYERS)
def test_a_frame_alone_is_the_animation_at_that_time(
    line: str, browser: Browser, tmp_path: Path
) -> None:
    picture = draw_options(line)
    alone = {
        frame: show(browser, tmp_path / f"{frame}.svg", write_frame(picture, frame))
        for frame in choose_frames(picture)
    }
    show(browser, tmp_path / "all.svg", write_animation(picture))
    for frame, image in alone.items():
        assert show_at(browser, find_middle(picture.scene, frame)) == image, frame


def test_frames_differ(browser: Browser, tmp_path: Path) -> None:
    picture, path = draw_options(LAYERS[0]), tmp_path / "a.svg"
    images = [show(browser, path, write_frame(picture, frame)) for frame in choose_frames(picture)]
    assert len(set(images)) == 5


def test_dark_frames_too(browser: Browser, tmp_path: Path) -> None:
    picture, dark = draw_options(LAYERS[1]), {"prefers_color_scheme": "dark"}
    alone = show(browser, tmp_path / "9.svg", write_frame(picture, 9), **dark)
    assert alone != show(browser, tmp_path / "9.svg", write_frame(picture, 9))
    show(browser, tmp_path / "all.svg", write_animation(picture), **dark)
    assert show_at(browser, find_middle(picture.scene, 9)) == alone


@pytest.mark.parametrize("line", LAYERS)
def test_whoever_wants_no_motion_sees_the_finished_picture(
    line: str, browser: Browser, tmp_path: Path
) -> None:
    picture = draw_options(line)
    finished = show(browser, tmp_path / "last.svg", write_frame(picture, picture.scene.frames))
    still = {"prefers_reduced_motion": "reduce"}
    assert show(browser, tmp_path / "all.svg", write_animation(picture), **still) == finished
    assert browser.script("return document.getAnimations().length") == 0


def test_nothing_is_asked_for_and_nothing_complains(browser: Browser, tmp_path: Path) -> None:
    browser.console(), browser.requests()
    path = tmp_path / "a.svg"
    show(browser, path, write_animation(draw_options(LAYERS[0])))
    assert browser.console() == []
    assert browser.requests() == [path.as_uri()]


def test_a_request_would_be_seen(browser: Browser, tmp_path: Path) -> None:
    browser.requests()
    other = tmp_path / "b.svg"
    show(browser, other, '<svg xmlns="http://www.w3.org/2000/svg"><image href="c.png"/></svg>')
    assert browser.requests() == [other.as_uri(), (tmp_path / "c.png").as_uri()]
