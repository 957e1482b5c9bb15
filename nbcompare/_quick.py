"""Spares a process 1.5 seconds, where it is imported before nbformat.

jsonschema, which nbformat needs, would import rfc3987_syntax and with it compile 39 grammars of
international web addresses. No schema of a notebook asks for one; jsonschema does without.
"""

import sys

sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # its import now fails at once
