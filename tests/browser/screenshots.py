"""Take pictures of lessons as JupyterLab shows them, with their stored outputs; nothing is run.

Usage: python tests/browser/screenshots.py [--dark] [--zoom PERCENT] [--to FOLDER] [LESSON ...]

LESSON is the beginning of a notebook's name, such as 03; without one, all are taken. Each lesson
becomes pages of 1200 x 1600 pixels, build/screenshots/03_…-light-01.png and so on.
"""

import argparse
from pathlib import Path

import lab

WIDTH, HEIGHT = 1200, 1600
SECONDS = 120  # that a page may take for anything, on a busy machine

# Where each page begins: at the last cell that begins on the page before and does not end on it,
# unless that cell alone is longer than half a page.
PAGE_TOPS = """scroller => {
  const top = scroller.getBoundingClientRect().top - scroller.scrollTop;
  const starts = [...scroller.querySelectorAll('.jp-Cell')]
    .map(cell => Math.floor(cell.getBoundingClientRect().top - top));
  const tops = [0];
  while (tops.at(-1) + scroller.clientHeight < scroller.scrollHeight) {
    const end = tops.at(-1) + scroller.clientHeight;
    const start = starts.findLast(start => start <= end);
    tops.push(start > end - scroller.clientHeight / 2 ? start : end);
  }
  return tops;
}"""


def new_page(browser, zoom=100):
    """Return a page that draws `WIDTH` x `HEIGHT` pixels at a browser zoom of `zoom` per cent."""
    scale = zoom / 100
    size = {"width": round(WIDTH / scale), "height": round(HEIGHT / scale)}
    page = browser.new_page(viewport=size, device_scale_factor=scale)
    page.set_default_timeout(1000 * SECONDS)
    return page


def photograph(page, folder, stem):
    """Write pictures of the open notebook, `folder/stem-01.png` and on; return how many.

    Parameters
    ----------
    page : playwright.sync_api.Page
        It shows a notebook, as `lab.open_notebook` leaves it.
    folder : pathlib.Path
        Made if missing; older pictures of the same stem are removed.
    stem : str
        The beginning of the file names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{stem}-[0-9][0-9].png"):
        old.unlink()
    scroller = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
    tops = scroller.evaluate(PAGE_TOPS)
    bottom = scroller.evaluate("scroller => scroller.scrollHeight")
    for number, (top, end) in enumerate(zip(tops, [*tops[1:], bottom], strict=True), start=1):
        scroller.evaluate("(scroller, top) => { scroller.scrollTop = top }", top)
        shown = scroller.evaluate("(scroller, top) => top - scroller.scrollTop", top)
        box = scroller.bounding_box()
        box |= {"y": box["y"] + shown, "height": end - top}
        page.screenshot(path=folder / f"{stem}-{number:02}.png", clip=box)
    return len(tops)


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    parser.add_argument("--dark", action="store_true", help="JupyterLab's dark theme")
    parser.add_argument("--zoom", type=int, default=100, metavar="PERCENT")
    parser.add_argument("--to", type=Path, default=lab.ROOT / "build/screenshots", metavar="FOLDER")
    options = parser.parse_args()

    names = [name for name in lab.LESSONS if name.startswith(tuple(options.lessons) or "")]
    if not names:
        parser.error(f"no lesson begins with {' or '.join(options.lessons)}")
    theme = "dark" if options.dark else "light"
    with lab.course_copy() as course, lab.jupyterlab(course) as server, lab.chromium() as browser:
        page = new_page(browser, options.zoom)
        for name in names:
            lab.open_notebook(page, server, name)
            lab.use_theme(page, theme)
            stem = f"{Path(name).stem}-{theme}" + f"-{options.zoom}" * (options.zoom != 100)
            count = photograph(page, options.to, stem)
            print(f"{name}: {count} pictures, {options.to / stem}-01.png and on")


if __name__ == "__main__":
    main()
