"""How Sphinx makes the book of what tools/book/write.py has gathered."""

import re
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "build/book-source"
# The package cannot be imported, for its dashes. As SVG, formulas need no font: one file is enough.
MATHJAX = (
    Path(find_spec("sphinx-mathjax-offline").origin).with_name("static") / "mathjax/tex-svg.js"
)

project = re.match("# (.*)", (SOURCE / "index.md").read_text(encoding="utf-8"))[1]
html_title = project
language = "en"
extensions = ["myst_nb", "sphinx_copybutton", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["notebooks"]  # the lessons as they are, to be downloaded

nb_execution_mode = "off"
nb_merge_streams = True
suppress_warnings = ["misc.highlighting_failure"]  # error messages are no Python
myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 6

myst_heading_slug_func = "tools.book.write.anchor"

# The reference is made of docstrings, which give code one backtick and say where data come from.
default_role = "code"
napoleon_custom_sections = ["Source"]
autodoc_default_options = {"member-order": "bysource"}
autodoc_preserve_defaults = True

html_theme = "furo"
pygments_dark_style = "a11y-dark"
html_favicon = "icon.svg"
html_static_path = ["book.css", "book.js", str(MATHJAX)]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
mathjax_path = MATHJAX.name
html_copy_source = False
html_show_copyright = False
html_use_index = False  # the glossary is the index
html_domain_indices = False
copybutton_selector = ".cell_input pre, .highlight-sh pre, .highlight-powershell pre"
