"""The sliders of the page: inputs to move, and a table that follows them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any


def sliders_section(sliders: Mapping[str, Any]) -> str:
    """Return the controls and the table that the page's script fills."""
    controls = "".join(_control(one) for one in sliders["inputs"])
    rows = "".join(_row(one) for one in sliders["options"])
    left_out = "".join(f"<li>{escape(text)}</li>" for text in sliders["left_out"])
    missing = f'<ul class="note">{left_out}</ul>' if left_out else ""
    scales = sliders["scales"]
    each = escape(scales["per"][1]) if "per" in scales else "per unit"
    return (
        "<p>Move an input of the first fleet to see the central estimate of every option: each other "
        "input stays at its central value. Intervals and probabilities need the draws, and thus "
        "<code>lca</code> itself.</p>\n"
        f'<noscript><p class="note">The sliders need the page\'s own script, which is switched off.'
        f'</p></noscript>\n<form class="sliders" autocomplete="off">{controls}'
        '<button type="reset">As in the scenario</button></form>\n'
        f'<div class="scroll"><table class="what-if"><caption>Central estimates with these inputs'
        '</caption><thead><tr><th scope="col">option</th>'
        f'<th scope="col" class="number">{each}</th>'
        f'<th scope="col" class="number">{escape(scales["total"][1])}</th>'
        '<th scope="col" class="number">against the scenario</th><th scope="col" class="bars"><span class="hidden">'
        f'bar</span></th></tr></thead><tbody aria-live="polite">{rows}</tbody></table></div>{missing}\n'
    )


def _control(one: Mapping[str, Any]) -> str:
    name, label = escape(one["name"]), escape(one["label"])
    step = one["step"] if one["step"] == "any" else repr(one["step"])
    return (
        f'<label for="slide-{name}"><span>{label}</span>'
        f'<input type="range" id="slide-{name}" name="{name}" min="{one["low"]!r}" '
        f'max="{one["high"]!r}" step="{step}" value="{one["value"]!r}">'
        f'<output for="slide-{name}"></output></label>'
    )


def _row(option: Mapping[str, Any]) -> str:
    return (
        f'<tr><th scope="row" dir="auto">{escape(option["name"])}</th><td class="number per"></td>'
        '<td class="number whole"></td><td class="number change"></td>'
        '<td class="bars"><span class="bar"></span></td></tr>'
    )
