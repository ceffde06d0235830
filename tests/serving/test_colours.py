"""The four hues of the page, seen with normal, red-, green- and blue-blind eyes, in light and dark."""

import itertools
import re

import numpy as np
import pytest

from tests.conftest import ROOT

CSS = (ROOT / "src/framing/serving/page/base.css").read_text(encoding="utf-8")
LIGHT, DARK = (dict(re.findall(r"(--[\w-]+): (#\w{6});", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S))
THEMES = {"light": LIGHT, "dark": LIGHT | DARK}
HUES = [f"--hue-{k}" for k in range(4)]
VISIONS = {  # Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
WHITE = np.array([0.95047, 1.0, 1.08883])
APART = 20
"""CIE 1976 difference; 2.3 is just noticeable, and thin lines need far more than that."""


def linear(colour):
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    t = np.array(TO_XYZ) @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, other):
    light, dark = sorted((np.array(TO_XYZ)[1] @ linear(c) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measures_agree_with_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21, abs=0.01)
    assert lab(linear("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_hues_are_told_apart(theme, vision):
    seen = {hue: lab(np.array(VISIONS[vision]) @ linear(THEMES[theme][hue])) for hue in HUES}

    near = {(a, b): np.linalg.norm(seen[a] - seen[b]) for a, b in itertools.combinations(HUES, 2)}
    assert {pair: round(d) for pair, d in near.items() if d < APART} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_lines_and_text_stand_out(theme):
    colours = THEMES[theme]

    for ground in ("--paper", "--sheet"):
        assert min(contrast(colours[hue], colours[ground]) for hue in [*HUES, "--edge"]) >= 3
        assert min(contrast(colours[name], colours[ground]) for name in ("--ink", "--quiet", "--warning")) >= 4.5
    assert contrast(colours["--accent"], colours["--on-accent"]) >= 4.5
