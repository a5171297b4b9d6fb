"""A layer in a notebook: one element of a page that is not ours."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

import deconvcli
from deconvcli.frameworks.dialects import DIALECTS, take
from deconvcli.layers.axis import Axis, Linear
from deconvcli.layers.layer import Layer, Sizes
from deconvcli.views.explanation.notebook import write_element

CALL = "nn.ConvTranspose2d(64, 32, 4, 2, 1)"


class Elements(HTMLParser):
    """The elements of a text, each with its attributes; every one is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the last one ends."""
        assert self.open.pop() == tag


def shown(call: str = CALL) -> str:
    """What a notebook shows of a layer."""
    return deconvcli.paste(call, input_shape=(1, 64, 5, 5))._repr_html_()


def test_it_explains_and_draws() -> None:
    text = shown()
    elements = Elements(text).found
    assert elements[0] == ("div", {"class": "deconv"})
    assert "1x64x5x5" in text
    assert "1x32x10x10" in text
    assert "padding crops the start" in text
    [picture] = [attributes["src"] for tag, attributes in elements if tag == "img"]
    assert picture is not None
    kind, _, data = picture.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert ElementTree.fromstring(b64decode(data)).tag.endswith("svg")


def test_nothing_is_loaded_or_run() -> None:
    text = shown()
    assert "<script" not in text
    assert not re.search(r"https?://|@import|url\(", text)
    assert all(not name.startswith("on") for _, attrs in Elements(text).found for name in attrs)


def test_the_style_reaches_nothing_else() -> None:
    [style] = re.findall(r"<style>(.*?)</style>", shown(), re.DOTALL)
    assert style.startswith(".deconv.deconv {")
    assert style.endswith("}")
    depth = 0
    for character in style[:-1]:
        depth += (character == "{") - (character == "}")
        assert depth > 0 or character in ".deconv "


def test_hostile_text_stays_text() -> None:
    layer = deconvcli.paste(
        "Conv2DTranspose(4, 3, name='</style><script>alert(1)</script>')", input_shape=(1, 5, 5, 2)
    )
    text = layer._repr_html_()
    assert "<script" not in text
    Elements(text)


def test_a_symbol_has_no_picture() -> None:
    reading = deconvcli.paste(CALL, input_shape=(5, 5))
    symbolic = take("torch")[0].read(reading.spelling, Sizes((Linear("H"), Linear("W"))))
    assert "<img" not in write_element(symbolic)
    assert "2H" in write_element(symbolic)


@pytest.mark.parametrize("name", DIALECTS.names)
def test_every_dialect_is_shown(name: str) -> None:
    writer, _ = take(name)
    one = Layer((Axis(3, 1, 1, 1, 1),) * 2, 4, 4)
    sizes = writer.sizes_for(one, Sizes((5, 5)))
    Elements(write_element(writer.read(writer.spell(one, sizes), sizes)))
