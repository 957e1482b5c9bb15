"""The words for each cause of a gradient that is None: what was seen, and what to do about it.

{s} is the name of the source and {t} that of the target. `none` finds the cause.
"""

import re

import numpy as np
import tensorflow as tf


def say(cause, line=None, **found):
    """Return the text for a cause, with what was found put in."""
    if line is not None:
        short = line if len(line) <= 80 else f"{line[:77]}..."
        found["line"] = f'the line "{short}"' if line else "a step"
    return CAUSES[cause].format(**found)


def repair(line):
    """Return what to do about a line that takes a number out of TensorFlow."""
    matches = ((re.search(pattern, line), text) for pattern, text in REPAIRS.items())
    return next(match.expand(text) for match, text in matches if match)


def kind(value):
    """Return what a value is that is no tensor."""
    if isinstance(value, (bool, str, type(None))):
        return "a text" if isinstance(value, str) else str(value)
    numpy = isinstance(value, (np.ndarray, np.generic))
    return "a NumPy array" if numpy else f"a Python {type(value).__name__}"


def written(op):
    """Return an operation as a learner writes it, such as "tf.round" for "Round"."""
    signs = {"Greater": ">", "GreaterEqual": ">=", "Less": "<", "LessEqual": "<=", "FloorDiv": "//"}
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", op.removesuffix("V2")).lower()
    names = (name, name.replace("_", ""))  # tf.argmax
    homes = (("tf.", tf), ("tf.math.", tf.math), ("tf.nn.", tf.nn))
    found = (prefix + n for prefix, home in homes for n in names if hasattr(home, n))
    return signs.get(op) or next(found, op)


REPAIRS = {
    r"\b(?:np|numpy|math)\.(?!float|asarray|array)(\w+)": r"Use the TensorFlow function for \1",
    r"\b(np\.(?:float\d+|asarray|array))\(": r"Leave \1() out",
    r"\.numpy\(\)": "Leave .numpy() out until the gradient is taken",
    r"\bfloat\(": "Leave float() out: TensorFlow computes with the variable itself",
    r"tf\.constant\(": "Leave tf.constant() out and compute with the variable itself",
    "": "Stay with TensorFlow from source to target",
}
WATCH = "Write tape.watch({s}) as the first line in the with block"
CAUSES = {
    "source no tensor": "{s} is {kind}, and a tape knows only tensors and variables. "
    "Make a variable of it before the tape: tf.Variable(…)",
    "target a function": "{t} is a function. Call it with {s}, inside the tape",
    "target no tensor": "{t} is {kind}, and a tape knows only tensors. "
    "Compute {t} from {s} with TensorFlow, inside the tape",
    "integer": "{s} has dtype {dtype}, and an integer cannot grow a little. Make a float of it "
    "before the tape: 3.0 in place of 3, or tf.cast(…, tf.float32)",
    "cut": "{s} is an integer, which cannot grow a little, and {value} was cut to {whole} for it. "
    "Leave the int out, and let the variable be a float",
    "exchanged": "{t} was not computed from {s}; {s} was computed from {t}. "
    "Source and target are exchanged: write tape.gradient({s}, {t})",
    "before the tape": "{line} ran before the tape was opened, so it is not on the "
    "tape. Move it into the with block",
    "after the tape": "{line} ran after the with block of the tape had ended, so it is "
    "not on the tape. Move it into the block",
    "inner": "the first gradient was computed outside the outer tape, by {line}, so the "
    "outer tape did not record it. Move that line into the outer with block",
    "paused": "{line} ran inside tape.stop_recording(), so it is not on the tape. "
    "Take it out of that block",
    "watched late": "tape.watch({s}) came too late, after {line}. "
    "Make it the first line in the with block",
    "not trainable": "{s} is a variable with trainable=False, which no tape watches by itself. "
    + WATCH,
    "tape told": "the tape was opened with watch_accessed_variables=False, and nobody told it to "
    "watch {s}. " + WATCH,
    "constant source": "{s} is a constant tensor, and a tape watches only variables by itself. "
    + WATCH,
    "replaced": "{s} is no variable any more: {line} made a tensor of it, and nobody watches that. "
    "To change the variable itself, write {s}.assign_add(…) or {s}.assign_sub(…); else leave the "
    "line out",
    "tensor": "{s} is a tensor, made by {line}, and a tape watches only variables by "
    "itself. " + WATCH,
    "created": "{line} makes a new variable from {s} while the tape runs, and no "
    "gradient leads from a variable to what it was made from. Use the tensor as it is",
    "assigned": "{line} assigns what was computed from {s} to a variable, and the tape "
    "does not record that. Compute with the tensor itself",
    "stopped": "tf.stop_gradient in {line} ends the way back to {s}. Leave it out",
    "own rule": "{op} has a gradient of its own, by tf.custom_gradient, and that returns None. "
    "Let it return a slope times what it is given",
    "cast": "{line} makes whole numbers of what was computed from {s}, and these "
    "cannot grow a little. Leave the cast out, or cast to tf.float32",
    "operation": "{op} in {line} has no gradient: what it gives stays the same or jumps "
    "when {s} grows a little. Use a smooth function in its place",
    "unregistered": "{line} uses {op}, an operation that TensorFlow has no gradient rule for, so "
    "the tape raises a LookupError. Use another one in its place, or give it a rule of your own "
    "with tf.custom_gradient",
    "cut outside": "{line} cuts {s} to a whole number, outside TensorFlow, where the "
    "tape cannot follow. Leave the int out",
    "read": "{line} takes the number out of {s}, and the tape cannot follow it there. {repair}",
    "part": "{s} is a part that was taken anew in {line}, and {t} was not computed from "
    "it. Ask for the gradient with respect to the whole, and take a part of that",
    "made anew": "{s} was made by {line}, and {t} was not computed from it. "
    "Ask for the gradient with respect to what {t} was computed from",
    "straight line": "{t} is a slope that is the same for every {s}, as that of a straight line. "
    "Its own slope is 0, and a tape says None where nothing leads to the source",
    "branch": "{s} was only compared, and {t} is a constant in the branch that ran: the tape has "
    "only what ran. Compute {t} from {s} in that branch too",
    "constant target": "{t} is a constant, which was not computed from {s}. "
    "Use {s} in the formula, inside the tape",
    "renamed": "the name {s} means another value now than when {t} was computed from it. "
    "Leave the name alone until the tape has been asked",
    "others": "{t} was computed from {used}, not from {s}. Use {s} in the formula, inside the tape",
    "independent": "{t} was not computed from {s}. Use {s} in the formula, inside the tape",
    "not seen": "what ran does not show where the way from {s} to {t} ends. Ask for the gradient "
    "of each value between them, one after the other",
    "return not reached": "for these values it ended without coming to its return. "
    "Does the return stand inside an if or a loop?",
    "return alone": "its return gives nothing back. Write the value behind it",
    "printed": "it prints {shown} and gives nothing back. Write return in place of print",
    "no return": "it has no return. Let its last line give the value back, with return",
    "in place": "in {line}, {method} gives None: it changes or shows a value and hands "
    "nothing back. Put it on a line of its own",
    "in place of a value": "in {line}, print shows a value and gives None. "
    "Leave print out, and the value itself is taken",
}
