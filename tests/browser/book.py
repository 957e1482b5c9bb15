"""Open every page of the book in a real browser, from its files as from a stick, and look at it.

`make test-book` runs this. `-k 04` chooses a page.
"""

import functools
import http.server
import re
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

import lab

BOOK = lab.ROOT / "build/book"
PAGES = sorted(path.stem for path in BOOK.glob("*.html") if path.stem != "search")
LESSONS = [Path(name).stem for name in lab.LESSONS]
LARGEST = 1_500_000  # bytes of a page and its figures
WIDTHS = {"desktop": 1280, "phone": 390}
PAPER = {"width": 718, "height": 1047}  # A4 with margins of 1 cm, in CSS pixels

DRAWN = """async () => {
  await window.MathJax?.startup.promise;
  await Promise.all([...document.images].map(image => image.decode()));
}"""


@pytest.fixture(scope="module")
def browser():
    with lab.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def asked():
    """Return the lists of addresses asked for, and of what the console complained about."""
    return {"addresses": [], "complaints": []}


@pytest.fixture(scope="module")
def open_page(browser, asked):
    """Return a function that opens an address of the book and waits until it is drawn."""

    def open_page(address, width=WIDTHS["desktop"]):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda request: asked["addresses"].append(request.url))
        page.on("pageerror", lambda error: asked["complaints"].append(f"{address}: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and asked["complaints"].append(f"{address}: {message.text}")
            ),
        )
        page.goto(address)
        page.evaluate(DRAWN)
        return page

    return open_page


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def page(name, open_page):
    """Open one page after another, at a desktop's width."""
    page = open_page(address(name))
    yield page
    page.close()


@pytest.fixture(scope="module")
def phone(name, open_page):
    page = open_page(address(name), WIDTHS["phone"])
    yield page
    page.close()


@pytest.fixture(scope="module")
def anchors():
    """Map each page's file to the anchors in it."""
    return {
        path: set(re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8")))
        for path in BOOK.glob("*.html")
    }


def address(name):
    return (BOOK / f"{name}.html").as_uri()


def lesson(name):
    """Return the cells of the lesson that a page shows; of another page, none."""
    if name not in LESSONS:
        return []
    return nbformat.read(lab.ROOT / f"notebooks/{name}.ipynb", as_version=4).cells


def test_every_lesson_has_a_page():
    assert set(LESSONS) < set(PAGES)


@pytest.mark.parametrize("kind", WIDTHS)
def test_nothing_is_wider_than_the_window(kind, page, phone):
    shown = {"desktop": page, "phone": phone}[kind]
    assert shown.evaluate("document.documentElement.scrollWidth") == WIDTHS[kind]
    # The theme hides what sticks out. Code, tables and formulas may be scrolled in their own box.
    cut = shown.locator("article :is(p, li, dd, h1, h2, h3, img, summary)").evaluate_all(
        """all => all
          .filter(part => part.getBoundingClientRect().right > innerWidth
            && !part.closest('.table-wrapper'))
          .map(part => (part.innerText || part.outerHTML).slice(0, 60))"""
    )
    assert cut == []
    formulas = shown.locator("article mjx-container").evaluate_all(
        """all => all
          .filter(formula => formula.querySelector('svg').getBoundingClientRect().right > innerWidth
            && getComputedStyle(formula).overflowX !== 'auto'
            && !formula.closest('.table-wrapper'))
          .map(formula => formula.closest('p, li, dd, div').innerText.slice(0, 60))"""
    )
    assert formulas == []


def test_mathematics_is_set(page, name):
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert page.locator("article .math").count() == page.locator("article mjx-container").count()
    if name in LESSONS:
        prose = "\n".join(c.source for c in lesson(name) if c.cell_type == "markdown")
        prose = re.sub(r"(?s)```.*?```|`[^`]*`", "", prose)
        formulas = re.findall(r"(?s)\$\$.+?\$\$|\$[^$]+\$", prose)
        # A heading's formula stands in the table of contents, too.
        assert page.locator("article mjx-container").count() == len(formulas)


def test_figures_are_shown_with_words_for_those_who_cannot_see_them(page, name):
    outputs = [output for cell in lesson(name) for output in cell.get("outputs", [])]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    shown = page.locator("article .cell_output img")
    if name in LESSONS:
        assert shown.count() == len(figures)
    for picture in page.locator("article img").all():
        assert picture.evaluate("picture => picture.naturalWidth") > 0
        assert len(picture.get_attribute("alt").split()) > 3, picture.get_attribute("src")


def test_hints_and_solutions_open_by_click_and_keyboard(page, name):
    cells = lesson(name)
    hints = sum(cell.source.count("<summary>Hint") for cell in cells)
    solutions = sum("solution" in cell.metadata.get("tags", []) for cell in cells)
    words = page.locator("article summary").all_inner_texts()
    if name in LESSONS:
        assert (words.count("Hint"), words.count("Solution")) == (hints, solutions)
        assert page.locator("details .tag_solution").count() == solutions
    for folded in page.locator("article details").all():
        inside = folded.locator(":scope > :not(summary)").last
        assert not inside.is_visible()
        folded.locator("summary").click()
        assert inside.is_visible()
        folded.locator("summary").press("Enter")
        assert not inside.is_visible()


def test_code_can_be_copied(page, name):
    cells = page.locator("article .cell_input:visible")
    if not cells.count():
        pytest.skip("no code")
    cells.first.hover()
    cells.first.locator("button.copybtn").click()
    page.evaluate("document.body.append(document.createElement('textarea'))")
    pasted = page.locator("body > textarea")
    pasted.press("Control+V")
    text = pasted.input_value()
    pasted.evaluate("element => element.remove()")
    assert text.strip() == cells.first.locator("pre").inner_text().strip()


def test_links_and_anchors_lead_somewhere(page, anchors):
    lost = []
    for href in page.locator("a[href]").evaluate_all("all => all.map(link => link.href)"):
        parts = urlsplit(href)
        if parts.scheme != "file":
            continue  # the network is not asked
        path, anchor = Path(unquote(parts.path)), unquote(parts.fragment)
        known = path.is_relative_to(BOOK) and path.is_file()
        if not known or (anchor and anchor not in anchors[path]):
            lost.append(href)
    assert lost == []


def test_previous_and_next_lead_through_the_lessons(page, name):
    if name not in LESSONS:
        pytest.skip("no lesson")
    place = LESSONS.index(name)
    for kind, neighbour in (("prev", place - 1), ("next", place + 1)):
        if 0 <= neighbour < len(LESSONS):
            link = page.locator(f".related-pages .{kind}-page")
            assert link.get_attribute("href") == f"{LESSONS[neighbour]}.html"


def test_every_lesson_gives_its_notebook_away(page, name):
    if name not in LESSONS:
        pytest.skip("no lesson")
    href = page.get_by_role("link", name="Download this notebook").get_attribute("href")
    stored = lab.ROOT / f"notebooks/{name}.ipynb"
    assert (BOOK / href).read_bytes() == stored.read_bytes()
    assert Path(href).name == stored.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_it(page, theme):
    page.evaluate("theme => { document.body.dataset.theme = theme }", theme)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    # axe would ask for style sheets once more, which a page opened from a folder may not do.
    # And Markdown has no table without a row of headers, be they empty.
    rules = {"empty-table-header": {"enabled": False}}
    options = {"resultTypes": ["violations"], "preload": False, "rules": rules}
    if theme == "dark":
        options |= {"runOnly": ["color-contrast"], "rules": {}}  # all that depends on the theme
    found = Axe().run(page, options=options).response["violations"]
    assert not found, "\n".join(
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found
        for node in rule["nodes"][:5]
    )


def test_page_is_light(page):
    files = {Path(unquote(urlsplit(page.url).path))}
    sources = page.locator("img").evaluate_all("all => all.map(image => image.src)")
    files |= {Path(unquote(urlsplit(source).path)) for source in sources}
    assert sum(path.stat().st_size for path in files) < LARGEST


def test_figures_are_whole_on_paper(page):
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    try:
        for picture in page.locator("article img").all():
            style = picture.evaluate("picture => getComputedStyle(picture).breakInside")
            assert style == "avoid"
            assert picture.bounding_box()["height"] < PAPER["height"]
    finally:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": WIDTHS["desktop"], "height": 900})


def test_every_term_in_bold_has_an_entry(open_page):
    glossary = open_page(address("glossary"))
    entries = [text.rstrip("¶").lower() for text in glossary.locator("dt").all_inner_texts()]
    assert len(entries) == len(set(entries))
    for entry in glossary.locator("dd").all():
        assert entry.locator("a").count() > 0, entry.inner_text()
    glossary.close()
    for name in LESSONS:
        page = open_page(address(name))
        # Of running text; not of the opening and of the recap.
        bold = page.locator("article section section > p > strong")
        terms = bold.evaluate_all(
            """all => all
              .filter(term => !term.closest('#recap, details')
                && !term.parentNode.innerText.startsWith('Predict.'))
              .map(term => term.innerText.toLowerCase())"""
        )
        page.close()
        assert terms, name
        missing = [
            term
            for term in terms
            if len(term) > 1
            and term[-1] not in ".:?"
            and not {term, term.removesuffix("s"), f"{term}s"} & set(entries)
        ]
        assert missing == [], name


def test_recaps_are_those_of_the_lessons(open_page):
    recaps = open_page(address("recaps"))
    rows = recaps.locator("article tbody tr").all_inner_texts()
    recaps.close()
    theirs = []
    for name in LESSONS:
        page = open_page(address(name))
        theirs += page.locator("#recap tbody tr").all_inner_texts()
        page.close()
    assert rows == theirs


def test_why_none_answers_first(open_page):
    page = open_page(address("why_none"))
    assert page.locator("article h1").inner_text().startswith("Why is my gradient None?")
    assert page.locator("article h2 + .table-wrapper").count() > 0
    first = page.locator("article table, article .cell").first
    assert first.evaluate("element => element.tagName") == "TABLE"
    page.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *message):
        pass


@pytest.fixture(scope="module")
def server():
    """Serve the book on the loopback and yield its address."""
    handler = functools.partial(Quiet, directory=BOOK)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("served", [False, True], ids=["file", "http"])
@pytest.mark.parametrize(
    ("words", "taught"), [("vanishing gradient", "05_"), ("broadcast", "04_"), ("nan", "02_")]
)
def test_search_finds(open_page, server, served, words, taught):
    page = open_page(f"{server}index.html" if served else address("index"))
    page.locator(".sidebar-search").fill(words)
    page.locator(".sidebar-search").press("Enter")
    page.wait_for_selector("#search-results li")
    page.wait_for_function("document.querySelector('.search-summary')?.innerText.includes('found')")
    found = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.pathname)")
    assert any(Path(path).name.startswith(taught) for path in found), found
    assert any(Path(path).name == "glossary.html" for path in found), found
    page.close()


def test_nothing_leaves_the_machine_and_nothing_is_complained_about(asked):
    hosts = {urlsplit(address).hostname for address in asked["addresses"]}
    assert hosts <= {None, "", "127.0.0.1"}, hosts
    assert asked["complaints"] == []
