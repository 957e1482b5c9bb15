"""Open every lesson in JupyterLab in a real browser, look at it, run it, and look again.

`make test-browser` runs this; since its name does not begin with test_, `make test` does not.
`-k 04` chooses a lesson. Pictures of each, once run, are left in build/screenshots/.
"""

import base64
import io
import itertools
import logging
import re
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import screenshots
from PIL import Image
from playwright.sync_api import TimeoutError

import lab

PICTURES = lab.ROOT / "build/screenshots"
LIMIT = 900  # seconds for running a lesson

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"

# Whether this document is in front and has the heading, if one is named. Whether it is scrolled
# to that heading is not asked: JupyterLab 4.6 does so only if the document was open before.
IN_FRONT = """([path, heading]) => {
  const widget = window.jupyterapp.shell.currentWidget;
  return widget?.context?.path === path
    && (!heading || widget.node.querySelector(`[data-jupyter-id="${heading}"]`) !== null);
}"""

STATUS = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"

# The text of an element but for its code.
WORDS = """element => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('code').forEach(code => code.remove());
  return copy.textContent;
}"""

# Close without the question whether to save; this ends the kernel too, see `lab.SETTINGS`.
DISCARD = "window.jupyterapp.shell.currentWidget.dispose()"


@pytest.fixture(scope="module")
def checkout():
    """Return what every file of the checkout looked like before the first lesson was opened."""
    return {path: path.stat() for path in lab.course_files()}


@pytest.fixture(scope="module")
def server(checkout):
    with lab.course_copy() as course, lab.jupyterlab(course) as server:
        yield server


@pytest.fixture(scope="module")
def browser():
    with lab.chromium() as browser:
        yield browser


# --- The first minute -----------------------------------------------------------------------------

README_PAGE = ".jp-MarkdownViewer:not(.lm-mod-hidden) .jp-RenderedMarkdown"


@pytest.fixture
def first_page(server, browser):
    """Open what `make lab` opens, as its address says, and wait until it is drawn."""
    url, token = server
    page = screenshots.new_page(browser)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(f"{url}?token={token}")
    page.wait_for_selector(f"{README_PAGE} h1")
    yield page
    page.close()


def follow(page, words, path):
    """Click the link with these words in the document in front; wait for what it names."""
    links = page.locator(f":is({PANEL}, {README_PAGE}) a", has_text=words)
    links.locator("visible=true").first.click()
    page.wait_for_function(IN_FRONT, arg=[path, ""])


def test_it_opens_on_the_readme_without_a_question(first_page):
    assert urlsplit(first_page.url).path == "/lab/tree/README.md"
    title = (lab.ROOT / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert first_page.locator(f"{README_PAGE} h1").inner_text().rstrip("¶") == title[2:]
    first_page.wait_for_timeout(5000)  # the question about news would come by now
    assert first_page.locator(".jp-toast, .Toastify__toast, .jp-Dialog").count() == 0
    assert {urlsplit(address).hostname for address in first_page.asked} <= {"127.0.0.1", None}
    first_page.screenshot(path=PICTURES / "first.png")


def test_one_comes_from_the_readme_to_a_lesson_and_back_and_on(first_page):
    first, second = lab.LESSONS[:2]
    follow(first_page, "The gradient tape", f"notebooks/{first}")
    first_page.wait_for_function(lab.DRAWN)
    follow(first_page, "README", "README.md")
    follow(first_page, "TEACHING", "TEACHING.md")
    first_page.evaluate(DISCARD)
    first_page.wait_for_function(IN_FRONT, arg=["README.md", ""])
    follow(first_page, second[:2], f"notebooks/{second}")


def test_every_link_of_the_readme_opens_what_it_names(first_page):
    links = first_page.locator(f"{README_PAGE} a:not(.jp-InternalAnchorLink)")
    opened = set()
    for link in links.all():
        href = urlsplit(unquote(link.get_attribute("href") or ""))
        path = href.path.removeprefix("/files/")
        if href.hostname not in (None, "127.0.0.1") or not path or path in opened:
            continue
        link.click()
        try:
            first_page.wait_for_function(IN_FRONT, arg=[path, ""])
        except TimeoutError:
            pytest.fail(f"“{link.inner_text()}” does not open {path}")
        opened.add(path)
        first_page.evaluate(DISCARD)
        first_page.wait_for_function(IN_FRONT, arg=["README.md", ""])
    assert opened > {f"notebooks/{name}" for name in lab.LESSONS} | {"TEACHING.md"}


# --- Each lesson ----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=lab.LESSONS, ids=lambda name: Path(name).stem)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def requests():
    """Return the list of the addresses that the pages ask for."""
    return []


@pytest.fixture(scope="module")
def page(name, server, browser, requests):
    """Open one lesson after another and return the page, as it stands."""
    page = screenshots.new_page(browser)
    page.on("request", lambda request: requests.append(request.url))
    lab.open_notebook(page, server, name)
    yield page
    page.evaluate(DISCARD)
    page.close()


@pytest.fixture(scope="module")
def opened(page):
    """Return the cells as they were when the lesson was opened."""
    return cells(page)


@pytest.fixture(scope="module")
def ran(page, opened, name):
    """Run the lesson from top to bottom and return its cells."""
    page.evaluate("""async () => {
        const {commands, shell} = window.jupyterapp;
        await shell.currentWidget.sessionContext.ready;
        await commands.execute('notebook:clear-all-cell-outputs');
        commands.execute('notebook:run-all-cells');
    }""")
    # JupyterLab itself says "all run" too early, at the first error, even one that is meant. So it
    # is over when every cell has its number; or the kernel has had nothing to do for a while.
    start, idle, done = time.monotonic(), 0, None
    while True:
        page.wait_for_timeout(1000)
        idle = idle + 1 if page.evaluate(STATUS) == "idle" else 0
        before, done = done, [c["execution_count"] is not None for c in code(cells(page)).values()]
        seconds = time.monotonic() - start
        if done != before:
            logging.info("%s: %d of %d cells after %.0f s", name, sum(done), len(done), seconds)
        if idle and (all(done) or idle == 10):
            break
        assert seconds < LIMIT, f"still running after {LIMIT} s"
    lab.settle(page)
    screenshots.photograph(page, PICTURES, f"{Path(name).stem}-light")
    return cells(page)


def cells(page):
    """Return the cells of the notebook in front, from its model: the page may not show them all."""
    return page.evaluate("window.jupyterapp.shell.currentWidget.context.model.toJSON().cells")


def code(cells):
    """Return the code cells as a dict from their place in the notebook."""
    return {place: cell for place, cell in enumerate(cells) if cell["cell_type"] == "code"}


def has_tag(cell, tag):
    return tag in cell["metadata"].get("tags", [])


def at(page, place):
    """Return the locator of the cell at this place in the notebook in front."""
    return page.locator(f"{PANEL} .jp-Cell").nth(place)


def figures(cell):
    """Return the PNG pictures in a code cell's output, as base64 text."""
    data = [output.get("data", {}) for output in cell["outputs"]]
    return [bundle["image/png"] for bundle in data if "image/png" in bundle]


def test_solutions_are_folded_and_nothing_else(page, opened):
    for place, cell in code(opened).items():
        is_solution = has_tag(cell, "solution")
        assert at(page, place).locator(".jp-InputArea-editor").is_visible() != is_solution, cell
        if is_solution:
            # JupyterLab shows the first line of what it folds.
            folded = at(page, place).locator(".jp-Cell-inputWrapper .jp-PlaceholderText")
            assert folded.inner_text() == "# Solution", cell
            assert not at(page, place).locator(".jp-OutputArea-output").is_visible(), cell


def test_hints_open_by_a_click(page, opened):
    hints = page.locator(f"{PANEL} .jp-MarkdownOutput details").all()
    assert len(hints) == sum(cell["source"].count("<details") for cell in opened)
    for hint in hints:
        assert not hint.evaluate("hint => hint.open")
        height = hint.bounding_box()["height"]
        hint.locator("summary").click()
        assert hint.bounding_box()["height"] > height, hint.inner_text()
        hint.locator("summary").click()
        assert hint.bounding_box()["height"] == height


def test_mathematics_is_set(page, opened):
    for place, cell in enumerate(opened):
        if cell["cell_type"] == "markdown":
            prose = re.sub(r"(?s)```.*?```|`[^`]*`", "", cell["source"])
            formulas = re.findall(r"(?s)\$\$.+?\$\$|\$[^$]+\$", prose)
            output = at(page, place).locator(".jp-MarkdownOutput")
            assert output.locator("mjx-container").count() == len(formulas), cell["source"]
            assert output.locator("mjx-merror, [data-mjx-error]").count() == 0, cell["source"]
            assert "$" not in output.evaluate(WORDS), cell["source"]


def test_table_of_contents_lists_the_headings(page, opened):
    headings = page.locator(f"{PANEL} .jp-MarkdownOutput :is(h1, h2, h3, h4, h5, h6)")
    levels = headings.evaluate_all("all => all.map(heading => Number(heading.tagName[1]))")
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels

    page.evaluate("window.jupyterapp.shell.activateById('table-of-contents')")
    page.wait_for_selector(".jp-TableOfContents .jp-tocItem")
    entries = page.locator(".jp-TableOfContents .jp-tocItem-content").all_inner_texts()
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    assert entries == [heading.rstrip("¶") for heading in headings.all_inner_texts()]


def test_links_open_what_they_name(browser, server, name):
    page = screenshots.new_page(browser)
    lab.open_notebook(page, server, name)
    page.evaluate("document.querySelectorAll('details').forEach(hint => { hint.open = true; })")
    opened = set()
    for link in page.locator(f"{PANEL} .jp-MarkdownOutput a:not(.jp-InternalAnchorLink)").all():
        # JupyterLab has made ../README.md into http://127.0.0.1:8888/files/README.md?_xsrf=…
        href = urlsplit(unquote(link.get_attribute("href")))
        if href.hostname not in (None, "127.0.0.1"):
            continue  # the network is not asked
        path = href.path.removeprefix("/files/") or f"notebooks/{name}"
        text = link.inner_text()
        link.click()
        try:
            page.wait_for_function(IN_FRONT, arg=[path, href.fragment])
        except TimeoutError:
            pytest.fail(f"“{text}” does not open {path} with the heading “{href.fragment}”")
        opened.add(path)
        if path != f"notebooks/{name}":
            page.evaluate(DISCARD)
    page.close()

    place = lab.LESSONS.index(name)
    neighbours = lab.LESSONS[max(place - 1, 0) : place] + lab.LESSONS[place + 1 : place + 2]
    assert {f"notebooks/{lesson}" for lesson in neighbours} | {"README.md"} <= opened


def test_runs_without_errors(page, ran):
    for cell in code(ran).values():
        raised = [
            f"{output['ename']}: {output['evalue']}"
            for output in cell["outputs"]
            if output["output_type"] == "error"
        ]
        assert bool(raised) == has_tag(cell, "raises-exception"), (cell["id"], raised)
        stderr = [output["text"] for output in cell["outputs"] if output.get("name") == "stderr"]
        assert not stderr, cell["id"]
        assert cell["execution_count"] is not None, f"{cell['id']} has not run"
    assert page.locator(".jp-Dialog").count() == 0


def test_figures_are_drawn(page, opened, ran):
    for place, cell in code(ran).items():
        stored, fresh = len(figures(opened[place])), len(figures(cell))
        assert fresh == stored, cell["id"]
        shown = at(page, place).locator(".jp-OutputArea-output img").all()
        assert len(shown) == fresh, cell["id"]
        for picture in shown:
            assert picture.evaluate("picture => picture.naturalWidth") > 0
            size = picture.bounding_box()
            assert size["width"] > 0 and size["height"] > 0


# What the kernel says of an error, and on stderr, when a control is moved: no cell shows it.
HEAR = """() => {
  window.heard = [];
  const {kernel} = window.jupyterapp.shell.currentWidget.sessionContext.session;
  kernel.iopubMessage.connect((_, message) => {
    if (message.parent_header.msg_type !== 'comm_msg') return;
    if (message.header.msg_type === 'error') window.heard.push(message.content.evalue);
    if (message.content.name === 'stderr') window.heard.push(message.content.text);
  });
}"""
BUSY = """() => {
  const {kernel} = window.jupyterapp.shell.currentWidget.sessionContext.session;
  kernel.requestExecute({code: 'import time; time.sleep(3)', store_history: false});
}"""


def another(button):
    """Return a button of the same choice that is not the chosen one."""
    group = button.locator("xpath=ancestor::*[contains(@class, 'widget-radio-box')]")
    return group.locator("input:not(:checked)").first


def by_mouse(control):
    """Drag a slider to another place; tick a box; choose by a button."""
    if control.get_attribute("type") == "checkbox":
        control.click()
    elif control.get_attribute("type") == "radio":
        another(control).click()
    else:
        handle, track = control.bounding_box(), control.locator("xpath=../..").bounding_box()
        middle = track["x"] + track["width"] / 2
        goal = middle + track["width"] / 4 * (1 if handle["x"] < middle else -1)
        control.hover()
        control.page.mouse.down()
        control.page.mouse.move(goal, handle["y"] + handle["height"] / 2, steps=3)
        control.page.mouse.up()


def by_keyboard(control):
    """Move a control with the keys."""
    button = control.get_attribute("type") == "radio"
    (another(control) if button else control).focus()
    if button or control.get_attribute("type") == "checkbox":
        keys = ["Space"]
    else:
        now, most = (control.get_attribute(f"aria-value{part}") for part in ("now", "max"))
        keys = 3 * ["ArrowLeft" if now == most else "ArrowRight"]
    for key in keys:
        control.page.keyboard.press(key)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
@pytest.mark.parametrize("move", [by_mouse, by_keyboard])
def test_a_figure_follows_its_controls(page, ran, move, busy):
    """Each control of each figure to play with, also while another cell runs."""
    places = [place for place, cell in code(ran).items() if "plotting.play(" in cell["source"]]
    if not places:
        pytest.skip("no figure to play with")
    page.evaluate(HEAR)
    for place in places:
        cell = at(page, place)
        picture = cell.locator(".jp-OutputArea-output img").first
        controls = cell.locator(
            ".noUi-handle, .jupyter-widgets input[type=checkbox], .jupyter-widgets input:checked"
        )
        controls.first.wait_for()
        for control in controls.all():
            control.scroll_into_view_if_needed()
            before = picture.get_attribute("src")
            if busy:
                page.evaluate(BUSY)
            move(control)
            until = time.monotonic() + screenshots.SECONDS
            while picture.get_attribute("src") == before:
                assert page.evaluate("window.heard") == []
                assert time.monotonic() < until, "the figure stays as it was"
                page.wait_for_timeout(100)
            page.wait_for_function(f"() => {STATUS} === 'idle'")
    assert page.evaluate("window.heard") == []
    assert page.locator(".jp-Dialog").count() == 0
    screenshots.photograph(page, PICTURES, "played")


def test_pictures_in_prose_have_words_for_those_who_cannot_see_them(page):
    pictures = page.locator(f"{PANEL} .jp-MarkdownOutput img")
    for words in pictures.evaluate_all("all => all.map(picture => picture.alt)"):
        assert words not in ("", "Image")  # what JupyterLab writes if the lesson says nothing


def test_dark_theme_leaves_figures_their_background(page, ran, name):
    lab.use_theme(page, "dark")
    try:
        lab.settle(page)
        screenshots.photograph(page, PICTURES, f"{Path(name).stem}-dark")
    finally:
        lab.use_theme(page, "light")
    for cell in code(ran).values():
        for figure in figures(cell):
            picture = Image.open(io.BytesIO(base64.b64decode(figure))).convert("RGBA")
            least_opaque, _ = picture.getchannel("A").getextrema()
            assert least_opaque == 255, cell["source"]


def test_prose_and_figures_fit_at_200_per_cent(page, ran, name, server, browser):
    page.evaluate("window.jupyterapp.shell.currentWidget.context.save()")
    zoomed = screenshots.new_page(browser, zoom=200)
    lab.open_notebook(zoomed, server, name)
    screenshots.photograph(zoomed, PICTURES, f"{Path(name).stem}-light-200")
    # Code may be scrolled sideways, and so may what it prints.
    wide = zoomed.locator(
        f"{PANEL} :is(.jp-MarkdownOutput, .jp-OutputArea-output img)"
    ).evaluate_all(
        """all => all
          .filter(part => part.scrollWidth > part.clientWidth + 1
            || part.getBoundingClientRect().right > innerWidth)
          .map(part => (part.innerText || part.outerHTML).slice(0, 60))"""
    )
    zoomed.close()
    assert wide == []


def test_nothing_is_asked_of_the_network(page, ran, requests):
    hosts = {urlsplit(address).hostname for address in requests}
    assert "127.0.0.1" in hosts  # the list is really kept
    assert hosts <= {"127.0.0.1", None}  # None: data: and blob:


def test_checkout_is_unchanged(checkout, server):
    for path, before in checkout.items():
        now = path.stat()
        assert (now.st_mtime_ns, now.st_size) == (before.st_mtime_ns, before.st_size), path
    assert set(lab.course_files()) == checkout.keys()
