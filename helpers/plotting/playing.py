"""Figures to play with: sliders below a figure, which is drawn anew while they move."""

import time
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
from IPython.core.pylabtools import retina_figure
from IPython.display import display
from matplotlib.figure import Figure

SMOOTH = 0.3  # seconds; a figure that takes longer is drawn when the slider is let go


def play(plot: Callable[..., Figure], **controls: Any) -> None:
    """Show a figure, and below it sliders that draw it anew.

    Where no program can show them, as on a web page, a sentence stands in their place.

    Parameters
    ----------
    plot : callable
        Returns a figure; takes a number, a truth value or an item by each name in `controls`.
        The controls start at the defaults of these parameters.
    **controls
        As in `ipywidgets.interact`: ``(low, high)`` or ``(low, high, step)`` for a slider, of
        whole numbers if all are; a list for buttons to choose by; True or False for a box to tick.
    """
    import ipywidgets  # it takes a while, and most cells draw without it

    # Its reading of the controls is all that is used: "manual" keeps it from drawing by itself.
    *parts, _, _ = ipywidgets.interactive(plot, {"manual": True}, **controls).children
    parts = {part.description: _without_menu(part, ipywidgets) for part in parts}
    sliders = [part for part in parts.values() if part.has_trait("readout")]
    hint = ipywidgets.Label()

    def drawn():
        return plot(**{name: part.value for name, part in parts.items()})

    def draw(_):
        started = time.perf_counter()
        figure = drawn()
        dots, size = retina_figure(figure, bbox_inches=None)  # quicker than to compress it
        shown.update({"image/png": dots}, raw=True, metadata={"image/png": size})
        plt.close(figure)
        slow = time.perf_counter() - started > SMOOTH
        hint.value = "This takes a moment: the figure follows when you let go." if slow else ""
        for slider in sliders:
            slider.continuous_update, slider.readout = not slow, slow

    figure = drawn()
    shown = display(figure, display_id=True)
    plt.close(figure)  # else IPython would show it once more
    for part in parts.values():
        part.observe(draw, "value")
    rows = [_with_number(p, ipywidgets) if p in sliders else p for p in parts.values()]
    bundle = ipywidgets.VBox([*rows, hint])._repr_mimebundle_()
    *others, last = controls
    names = f"{', '.join(others)} and {last}" if others else last
    sentence = f"In JupyterLab, once this cell has run, {names} can be moved here."
    display(bundle | {"text/plain": sentence}, raw=True)


def _without_menu(part, ipywidgets):
    """Put buttons in place of a menu: in a notebook, JupyterLab takes a menu's keys for its own."""
    if not isinstance(part, ipywidgets.Dropdown):
        return part
    look = {"description": part.description, "orientation": "horizontal"}
    return ipywidgets.RadioButtons(options=part.options, value=part.value, **look)


def _with_number(slider, ipywidgets):
    """Put a field with the number beside a slider; it has a name for those who hear the page."""
    whole = isinstance(slider, ipywidgets.IntSlider)
    kind = ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText
    look = {"description": slider.description, "layout": {"width": "12em"}}
    field = kind(**look, **{key: getattr(slider, key) for key in ("min", "max", "step", "value")})
    slider.description, slider.readout = "", False
    # A slider computes 0.7999999999999998 where it stands at 0.8.
    transform = (lambda value: round(value, 6), lambda value: value)
    ipywidgets.link((slider, "value"), (field, "value"), transform)
    return ipywidgets.HBox([field, slider])
