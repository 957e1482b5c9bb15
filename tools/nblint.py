"""How a notebook that is kept in a repository should be written, whatever it is about.

A rule is a generator: it takes a notebook and its path and yields what is wrong, cell by cell. A
project's test runs `lint` on its notebooks, adds rules of its own to `RULES`, and gives these other
limits with `functools.partial`.
"""

import ast
import base64
import re
from urllib.parse import unquote

import nbformat

from nbcompare.compare import metadata_mistakes
from nbcompare.reading import Unreadable
from tools import lessons
from tools.lessons import METADATA, tags

CELL_METADATA = {"tags", "tolerance", "elsewhere", "jupyter"}

# What would tell where, when or by whom a notebook was run. The last two occur in code as well.
PRIVATE = {
    "an absolute path": r"(?<![\w.:/<~])/[\w.-]+/[\w./-]+|\b[A-Za-z]:\\\\?\w",
    "an address in memory": r"\b0x[0-9a-f]{6,}",
    "an address on the network": r"\b\d{1,3}(\.\d{1,3}){3}\b|\blocalhost\b|[\w.]+@\w+\.\w+",
}
PRIVATE_OUTPUT = PRIVATE | {
    "a time of day": r"(?<![\d:])([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?(?![\d:])",
    "a date": r"\b20\d\d-[01]\d-[0-3]\d\b",
}

STYLE_NAMES = {"rcParams", "rc", "style", "set_matplotlib_formats", "run_line_magic"}
STYLE_OPTIONS = {
    *("alpha", "c", "cmap", "color", "colors", "edgecolor", "figsize", "fontsize"),
    *("linestyle", "linewidth", "ls", "lw", "marker", "markersize", "s"),
}


# --- What a notebook holds ------------------------------------------------------------------------


def code(nb):
    """List the cells of code."""
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def prose(nb):
    """List the cells of prose as (cell, its text without code and formulas)."""
    not_prose = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
    return [(c, not_prose.sub("", c.source)) for c in nb.cells if c.cell_type == "markdown"]


def tree(cell):
    """Parse a cell, magics included."""
    return lessons.tree(cell.source)


def calls_when_run(node):
    """Yield the calls that happen when a cell runs: not those in the functions it defines."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield from calls_when_run(child)


def output_text(cell):
    """Return all text of a cell's outputs."""
    parts = []
    for output in cell.get("outputs", []):
        parts += [output.get(key, "") for key in ("text", "ename", "evalue")]
        parts += output.get("traceback", [])
        parts += [t for kind, t in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(parts)


def figures(cell):
    """List a cell's figures, base64-coded PNGs."""
    return [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]


def headings(text):
    """Return (level, title) of every heading in a Markdown text."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [(len(m[1]), m[2].strip()) for m in re.finditer(r"^(#+) +(.*)$", text, re.MULTILINE)]


def anchors(path, nb=None):
    """Return the anchors of a file: of a notebook as JupyterLab, of Markdown as GitHub has them."""
    if path.suffix == ".ipynb":
        nb = nb or lessons.read(path)
        text = "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
        return {re.sub(r"[`*]", "", title).replace(" ", "-") for _, title in headings(text)}
    titles = [title.lower() for _, title in headings(path.read_text(encoding="utf-8"))]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def broken_links(text, path, nb=None):
    """Yield the relative links of a text in the file `path` that lead nowhere."""
    for link in re.findall(r"\]\(([^)\s]+)[^)]*\)|(?:href|src)=\"([^\"]+)\"", text):
        link = unquote("".join(link))
        if re.match(r"https?://|mailto:", link):
            continue
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if file and not target.exists():
            yield f"no file for the link {link}"
        elif anchor and not _has_anchor(target, anchor, nb if target == path else None):
            yield f"no heading for the link {link}"


def _has_anchor(path, anchor, nb):
    try:
        return anchor in anchors(path, nb)
    except Unreadable:  # whoever looks at that file says so
        return True


# --- Rules: prose ---------------------------------------------------------------------------------


def heading_levels(nb, path):
    """Nest headings without gaps, below a single title."""
    level = 0
    for cell in nb.cells:
        if cell.cell_type != "markdown":
            continue
        for new, title in headings(cell.source):
            if new > level + 1 or (new == 1 and level > 0):
                yield f"{cell.id}: heading {'#' * new} {title} below one of level {level}"
            level = new


def links(nb, path):
    """Let every relative link and every anchor lead somewhere."""
    for cell, text in prose(nb):
        yield from (f"{cell.id}: {problem}" for problem in broken_links(text, path, nb))


def alternative_texts(nb, path):
    """Give every picture in prose a text for readers who cannot see it."""
    for cell, text in prose(nb):
        if re.search(r"!\[\s*\]", text) or re.search(r"<img(?![^>]*\balt=\"[^\"]+\")", text):
            yield f"{cell.id}: a picture without alternative text"


# --- Rules: code ----------------------------------------------------------------------------------


def readable(nb, path):
    """Be a notebook at all, its cells of code Python; magics are allowed."""
    for cell in code(nb):
        try:
            tree(cell)
        except SyntaxError as error:
            yield f"{cell.id}: no Python, {error.msg} in line {error.lineno}"


def lengths(nb, path, lines=12, function=20, tagged=None):
    """Keep code cells short; empty lines do not count, and one function may be longer."""
    for cell in code(nb):
        definitions = [n for n in tree(cell).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        limits = [limit for tag, limit in (tagged or {}).items() if tag in tags(cell)]
        limit = max(limits, default=function if len(definitions) == 1 else lines)
        count = sum(1 for line in cell.source.splitlines() if line.strip())
        if count > limit:
            yield f"{cell.id}: {count} lines, {limit} allowed"


def styling(nb, path, lines=3):
    """Leave the look of figures to a module; hold little Matplotlib yourself."""
    of_matplotlib = re.compile(r"^(plt|ax|axes|fig|figure|matplotlib)\b")
    for cell in code(nb):
        used = set()
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Attribute | ast.Name):
                name = ast.unparse(node)
                if of_matplotlib.match(name):
                    used.add(node.lineno)
                    if name.rpartition(".")[2] in STYLE_NAMES:
                        yield f"{cell.id}: {name} styles figures"
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                options = {keyword.arg for keyword in node.keywords} & STYLE_OPTIONS
                if of_matplotlib.match(name) and options:
                    yield f"{cell.id}: {name} with {', '.join(sorted(options))}"
                if name.endswith("set_matplotlib_formats") or (
                    name.endswith("run_line_magic")
                    and node.args[0].value in ("config", "matplotlib")
                ):
                    yield f"{cell.id}: {ast.unparse(node)} styles figures"
        if len(used) > lines:
            yield f"{cell.id}: {len(used)} lines of Matplotlib, {lines} allowed"


def known_tags(nb, path):
    """Use known tags only, and none of nbval's comments, which work like tags."""
    for cell in nb.cells:
        for mistake in metadata_mistakes(cell):
            yield f"{cell.id}: {mistake}"
        if re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source):
            yield f"{cell.id}: say it in a tag, not in a comment"


# --- Rules: what is stored ------------------------------------------------------------------------


def identifiers(nb, path):
    """Give cells readable, unique names."""
    names = [cell.id for cell in nb.cells]
    for name in {name for name in names if names.count(name) > 1}:
        yield f"{name}: used more than once"
    for name in names:
        if re.fullmatch(r"[0-9a-f]{8}", name) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            yield f"{name}: not a readable name"


def executed(nb, path):
    """Run every code cell once, in order."""
    counts = [cell.execution_count for cell in code(nb)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}"


def outputs(nb, path, draws=r"plt\.show", undrawn=frozenset()):
    """Store what cells print and draw, and no errors but the expected ones."""
    for cell in code(nb):
        calls = {ast.unparse(call.func) for call in calls_when_run(tree(cell))}
        names = {o.get("name") or o.output_type for o in cell.outputs}
        if "print" in calls and not names & {"stdout", "error"}:
            yield f"{cell.id}: prints, and no text is stored"
        drawn = any(re.match(draws, call) for call in calls) and not undrawn & tags(cell)
        if drawn and not figures(cell):
            yield f"{cell.id}: draws, and no figure is stored"
        if "stderr" in names:
            yield f"{cell.id}: output on stderr"
        if ("error" in names) != ("raises-exception" in tags(cell)):
            yield f"{cell.id}: an error and no tag raises-exception, or the tag and no error"


def private(nb, path):
    """Tell nothing of where, when or by whom the notebook was run."""
    for cell in nb.cells:
        for text, patterns in ((cell.source, PRIVATE), (output_text(cell), PRIVATE_OUTPUT)):
            for what, pattern in patterns.items():
                if found := re.search(pattern, text):
                    yield f"{cell.id}: {what}, {found[0]!r}"


def sizes(nb, path, notebook=1_000_000, figure=150_000):
    """Keep notebook and figures small enough for a slow network and for review."""
    size = len(nbformat.writes(nb).encode())
    if size >= notebook:
        yield f"{size:,} bytes, fewer than {notebook:,} allowed"
    for cell in code(nb):
        for png in figures(cell):
            size = len(png) * 3 // 4  # base64
            if size >= figure:
                yield f"{cell.id}: a figure of {size:,} bytes, fewer than {figure:,} allowed"


def axes_known(nb, path):
    """Let each figure that may move say where its axes are, and its points: the rest may not."""
    for cell in code(nb):
        for figure in figures(cell) if "figures-close" in tags(cell) else []:
            for what, name in (("axes", b"axes"), ("points", b"data")):
                if b"tEXt" + name + b"\0" not in base64.b64decode(figure):
                    yield f"{cell.id}: a figure that does not say where its {what} are: run it anew"


def metadata(nb, path):
    """Be valid, and say no more of yourself than needed."""
    try:
        nbformat.validate(nb)
    except nbformat.ValidationError as error:
        yield f"invalid: {error.message}"
    if nb.metadata != METADATA:
        yield f"the notebook's metadata is {dict(nb.metadata)}"
    for cell in nb.cells:
        if cell.metadata.keys() - CELL_METADATA:
            yield f"{cell.id}: metadata {dict(cell.metadata)}"


RULES = {
    "readable": readable,
    "heading-levels": heading_levels,
    "links": links,
    "alternative-texts": alternative_texts,
    "lengths": lengths,
    "styling": styling,
    "known-tags": known_tags,
    "identifiers": identifiers,
    "executed": executed,
    "outputs": outputs,
    "private": private,
    "sizes": sizes,
    "axes-known": axes_known,
    "metadata": metadata,
}


def lint(path, rules=RULES):
    """Yield what is wrong with the notebook in a file, with the name of the rule that says so."""
    try:
        nb = lessons.read(path)
        unreadable = list(readable(nb, path))
    except Unreadable as reason:
        nb, unreadable = None, [str(reason)]
    for name, rule in rules.items():
        if unreadable:  # then no other rule can say anything
            problems = unreadable if rule is readable else []
        else:
            problems = rule(nb, path)
        yield from (f"{path}: {problem} ({name})" for problem in problems)
