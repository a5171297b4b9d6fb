"""The picture as text: self-contained, with a description, in colours that all can tell apart."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from deconvcli.views.drawing.svg import write_animation, write_frame
from deconvcli.views.palette import DARK, LIGHT, Theme, contrast
from tests.views.drawing.pictures import LAYERS, draw_options

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"
OUTSIDE = re.compile(r"url\(|@import|@font-face|href|src=|<script|<foreignObject|<image|\bon\w+=")


@pytest.mark.parametrize("line", LAYERS)
def test_the_picture_refers_to_nothing_outside(line: str) -> None:
    for text in (write_animation(draw_options(line)), write_frame(draw_options(line), 1)):
        assert not OUTSIDE.search(text)
        assert re.findall(r"https?://[^\"' ]*", text) == ["http://www.w3.org/2000/svg"]


def test_the_search_for_what_is_outside_can_fail() -> None:
    assert OUTSIDE.search('<image href="x.png"/>')
    assert OUTSIDE.search("fill:url(#x)")


@pytest.mark.parametrize("line", LAYERS)
def test_the_picture_is_read_aloud(line: str) -> None:
    root = ElementTree.fromstring(write_animation(draw_options(line)))
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == draw_options(line).caption.title
    assert draw_options(line).caption.sizes in (description.text or "")


def test_reduced_motion_and_the_dark_theme_are_respected() -> None:
    text = write_animation(draw_options(LAYERS[0]))
    assert "@media (prefers-reduced-motion:reduce){*{animation:none!important}}" in text
    assert "@media (prefers-color-scheme:dark)" in text


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 0.75, 1])
def test_digits_are_legible_on_every_tint(theme: Theme, share: float) -> None:
    tint = theme.tint(share)
    assert contrast(theme.text_on(tint), tint) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_words_and_lines_are_legible(theme: Theme) -> None:
    assert contrast(theme.ink, theme.ground) >= 4.5
    assert contrast(theme.muted, theme.ground) >= 4.5
    assert contrast(theme.stamp, theme.ground) >= 3
    tints = [contrast(theme.tint(share / 10), theme.ground) for share in range(11)]
    assert tints == sorted(tints)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_foreign_text_stays_text() -> None:
    line = "--in 3 -k 2 -s 2"
    picture = draw_options(line)
    foreign = picture.caption._replace(title='</title><script>alert("1")</script>\x1b[2J')
    root = ElementTree.fromstring(write_animation(picture._replace(caption=foreign)))
    assert root[0].text == '</title><script>alert("1")</script>\\x1b[2J'
    assert root.find(f".//{SVG}script") is None


def test_an_animation_is_small() -> None:
    sizes = [len(write_animation(draw_options(line))) for line in LAYERS]
    assert max(sizes) < 150_000


def test_the_readme_shows_what_is_drawn() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"deconv draw {LAYERS[0]} -o layer.svg" in readme
    assert "](deconvcli/views/drawing/layer.svg)" in readme
    shown = (ROOT / "deconvcli" / "views" / "drawing" / "layer.svg").read_bytes()
    assert shown == write_animation(draw_options(LAYERS[0])).encode()
