"""Why is my gradient None? Finds the cause by looking at what ran.

`why_none` is for learners; the verdicts ask `why_none_returned`, `why_broken`, `painted_over` and
`uses_tape`. What ran is heard by `listening`. Here each cause looks in turn whether it fits; the
words for it are in `reasons`.
"""

import functools
import inspect
import itertools
import re

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import backprop

from . import reasons
from .errors import explained
from .listening import Event, Step, has_slope, key, keys, listen, parameters, returns
from .running import Wrong, is_function, name_of, show

# --- Questions ------------------------------------------------------------------------------------


def why_none(function, *args):
    """Print why a gradient is None and what to do about it.

    Parameters
    ----------
    function : callable
        A function that asks a tape for a gradient; or the formula alone, without any tape, which
        gets one here. It is called with copies.
    *args : numbers, arrays, tensors or variables
    """
    if not is_function(function) or not args:
        return print(
            "Give a function, without calling it, and after a comma what to call it with: "
            "check.why_none(slope, x)."
        )
    text = _answer(function, args)
    print(text if text[-1] in ".?!…" else f"{text}.")


def why_none_returned(function, args, printed):
    """Return why a function that was to return a value returned None, as text.

    `args` are copies, and `printed` is what the function wrote.
    """
    return _none_returned(listen(function, args), printed)


def why_broken(function, args):
    """Return where the None comes from that a function computed with, as text."""
    record = listen(function, args)
    return _explained(record) or _other_none(record) or "where does it get its value from?"


def painted_over(function, args):
    """Return why a 0 stands for a None, by unconnected_gradients="zero"; None if none does."""
    record = listen(function, args)
    none = _first_none(record)
    return _explained(record) if none and none.painted else None


def uses_tape(function, *args):
    """Whether a function asks a tape for a gradient."""
    return bool(listen(function, args).asks)


def _answer(function, args):
    record, asking, note = listen(function, args), function, ""
    if not record.asks and not record.error and record.result is not None:
        asking, args, note = _with_tape(function, args)
        record = listen(asking, args)
    none = _first_none(record)
    if none:
        case = _Case(record, none)
        of = f" of {case.t}" if case.t != "the target" else ""
        lead = f"The gradient{of} with respect to {case.s} is None"
        if none.painted:
            lead = 'A 0 stands for a None, by unconnected_gradients="zero"'
        return f"{lead}: {case.explained()}"
    if record.error:
        if unregistered := _unregistered(record):
            return unregistered
        late = isinstance(record.error, Wrong)  # it took too long
        return str(record.error if late else explained(record.error, asking, args, why_broken))
    if record.result is None:
        return _none_returned(record, record.printed)
    if not record.asks[-1].sources:
        return "There is no tape in it, and no number to ask for the slope with respect to"
    last = map(tf.convert_to_tensor, record.asks[-1].results)
    shown = " and ".join(map(show, last))
    if len(record.asks) > 1:
        return f"None of the {len(record.asks)} gradients is None: the last one is {shown}"
    return f"The gradient is not None: it is {shown}{note}"


def _unregistered(record):
    """Say which operation TensorFlow has no rule for, if that is why a tape raised an error."""
    found = re.search(r"gradient registry has no entry for: (\w+)", str(record.error))
    steps = [e for e in record.events if isinstance(e, Step) and found and e.op == found[1]]
    if not steps:
        return None
    said = reasons.say("unregistered", line=steps[-1].line, op=found[1])
    return f"The gradient cannot be taken: {said}"


def _with_tape(function, args):
    """Put a tape around a formula; return it, what to call it with, and what to say of it."""
    numbers = (int, float, np.ndarray, np.generic)
    args = [tf.convert_to_tensor(part) if isinstance(part, numbers) else part for part in args]
    free = [place for place, part in enumerate(args) if isinstance(part, tf.Tensor)]

    @functools.wraps(function)
    def asking(*args):
        with tf.GradientTape() as tape:
            tape.watch([args[place] for place in free])
            y = function(*args)
        sources = [part for part in tf.nest.flatten(args) if key(part)]
        return tape.gradient(y, sources[0] if len(sources) == 1 else sources)

    names = dict(enumerate(parameters(function)))
    told = " and ".join(f"tape.watch({names.get(place, '…')})" for place in free)
    note = f", if the tape is told to watch what is no variable: {told}" if told else ""
    return asking, args, note


def _first_none(record):
    return next((ask for ask in record.asks if any(r is None for r in ask.results)), None)


def _explained(record):
    """Return why the first gradient that is None is so; None if there is none."""
    none = _first_none(record)
    return _Case(record, none).explained() if none else None


# --- A gradient that is None ----------------------------------------------------------------------


COMPARISONS = {"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"}
BREAKS = {"StopGradient": "stopped", "Cast": "cast", "Create": "created", "Assign": "assigned"}


class _Case:
    """A None that a tape gave: what ran before, and where the way from source to target ends.

    Each cause returns its key in `reasons.CAUSES` and what the words need, or None if it does not
    fit.
    """

    def __init__(self, record, ask):
        self.record, self.ask, self.tape, self.target = record, ask, ask.tape, ask.target
        place = next(n for n, result in enumerate(ask.results) if result is None)
        self.source = ask.sources[place]
        before = itertools.takewhile(lambda e: e is not ask, record.events)
        self.events = [e for e in before if not self.is_update(e)]
        self.steps = [event for event in self.events if isinstance(event, Step)]
        self.start = keys([self.source])
        self.ends = keys(_parts(self.target))
        self.names = record.names | ask.names
        lone = "the source" if len(ask.sources) == 1 else f"source number {place + 1}"
        self.s, self.t = self.name(self.source, lone), self.name(self.target, "the target")

    def is_update(self, event):
        """Whether a variable is assigned to outside the tape: what it was before does not count."""
        return isinstance(event, Step) and event.op == "Assign" and self.tape not in event.tapes

    def name(self, value, otherwise):
        return self.names.get(key(value) or id(value), otherwise)

    def explained(self):
        causes = (
            self.no_tensor,
            self.integer,
            self.exchanged,
            self.broken_way,
            self.number_read,
            self.made_anew,
            self.numpy_step,
            self.independent,
        )
        cause, found = next(cause for look in causes if (cause := look()))
        return reasons.say(cause, s=self.s, t=self.t, **found)

    # Where numbers went, on the tape or not

    def reached(self, start):
        found = set(start)
        for step in self.steps:
            if found & step.inputs:
                found |= step.outputs
        return found

    def origins(self, ends, until=frozenset()):
        found = set(ends)
        for step in reversed(self.steps):
            if found & step.outputs - until:
                found |= step.inputs
        return found

    def maker(self, keys):
        return next((step for step in reversed(self.steps) if keys & step.outputs), None)

    def of_kind(self, kind):
        return [e for e in self.events if isinstance(e, Event) and e.kind == kind]

    # Causes

    def no_tensor(self):
        if not self.start:
            return "source no tensor", {"kind": reasons.kind(self.source)}
        stray = [part for part in _parts(self.target) if key(part) is None]
        if not stray:
            return None
        if callable(stray[0]):
            return "target a function", {}
        no_tensor = "target no tensor", {"kind": reasons.kind(stray[0])}
        return self.number_read() or self.numpy_step() or no_tensor

    def integer(self):
        if has_slope(self.source):
            return None
        whole = np.asarray(self.source)
        for value in self.record.args:
            if isinstance(value, float) and whole.ndim == 0 and 0 < abs(value - whole) < 1:
                return "cut", {"value": f"{value:g}", "whole": whole}
        maker = self.maker(self.start)
        where = f', by the line "{maker.line}"' if maker and maker.op == "Cast" else ""
        return "integer", {"dtype": tf.as_dtype(self.source.dtype).name + where}

    def exchanged(self):
        there, back = self.reached(self.start) & self.ends, self.reached(self.ends) & self.start
        return ("exchanged", {}) if back and not there else None

    def broken_way(self):
        """Follow the source along its tape, to the first step to the target that leaves it."""
        if not self.reached(self.start) & self.ends:
            return None
        wanted = self.origins(self.ends, until=self.start)
        frozen = self.start if getattr(self.source, "trainable", True) is False else set()
        live, followed, breaks = set(), set(self.start), []
        for event in self.events:
            if isinstance(event, Event) and event.kind == "watch":
                live |= {event.subject[1]} if event.subject[0] is self.tape else set()
            if not isinstance(event, Step):
                continue
            inputs, outputs = event.inputs, event.outputs
            heard = self.tape in event.tapes
            if heard and event.op == "ReadVariableOp" and self.tape._watch_accessed_variables:
                live |= inputs - frozen
            taped = heard and inputs & live and event.slopes
            live |= outputs if taped else set()
            if taped and inputs & followed & live and _passes(event, followed):
                followed |= outputs
                breaks = [] if event.rule else breaks  # a rule stands for the steps before it
            elif inputs & followed and outputs & wanted:
                followed -= outputs - self.start
                breaks.append((event, inputs & followed & live))
        breaks.sort(key=lambda found: found[0].op in COMPARISONS)  # a condition seldom is the way
        return self.break_at(*breaks[0]) if breaks else ("not seen", {})

    def break_at(self, step, watched):
        where = {"line": step.line, "op": step.op}
        if self.tape not in step.tapes:
            before = self.events[: self.events.index(step)]
            told = [e.kind for e in before if isinstance(e, Event) and e.subject is self.tape]
            if step.backward:
                return "inner", where
            if told[-2:] == ["pause", "stop"]:
                return "paused", where
            return "after the tape" if told else "before the tape", where
        if not watched:
            return self.unwatched(step)
        if step.rule:
            return "own rule", where
        cause = BREAKS.get(step.op, "operation")
        return cause, where | {"op": reasons.written(step.op)}

    def unwatched(self, step):
        if any(event.subject == (self.tape, key(self.source)) for event in self.of_kind("watch")):
            return "watched late", {"line": step.line}
        if hasattr(self.source, "trainable"):
            return "tape told" if self.source.trainable else "not trainable", {}
        maker = self.maker(self.start)
        if not maker:
            return "constant source", {}
        names = [self.record.names, *(ask.names for ask in self.record.asks)]
        ours = {key for known in names for key, name in known.items() if name == self.s}
        read = {key for s in self.steps if s.op == "ReadVariableOp" for key in s.inputs}
        replaced = ours & read & self.origins(self.start)
        return "replaced" if replaced else "tensor", {"line": maker.line}

    def number_read(self):
        """Look for a number that left TensorFlow on its way from source to target."""
        known = self.reached(self.start)
        reads = [event for event in self.of_kind("read") if event.subject in known]
        if not reads or not self.depends(unknown=True):
            return None
        running, inside = False, []
        for event in self.events:
            if isinstance(event, Event) and event.subject is self.tape:
                running = event.kind == "start"
            inside += [event] if running and event in reads else []
        return self.left_by((inside or reads[-1:])[0].line)

    def numpy_step(self):
        """Look for NumPy in the code; it can read the memory of a tensor without being heard."""
        pattern = r"^.*\b(?:np|numpy|math|scipy)\.\w.*$"
        found = re.search(pattern, _source_code(self.record.function), re.M)
        return self.left_by(found[0].strip()) if found and self.depends(unknown=False) else None

    def left_by(self, line):
        cut = re.search(r"\bint\(", line)
        return "cut outside" if cut else "read", {"line": line, "repair": reasons.repair(line)}

    def depends(self, unknown):
        """Whether the target changes with the arguments that the source comes from."""
        before, moved = self.origins(self.start), list(self.record.args)
        for place, given in enumerate(self.record.given):
            if key(given) is None or key(given) in before:
                moved[place] = _moved(moved[place])
        if all(new is old for new, old in zip(moved, self.record.args, strict=True)):
            return unknown
        asks, place = listen(self.record.function, moved).asks, self.record.asks.index(self.ask)
        if place >= len(asks):
            return unknown
        pairs = zip(_parts(asks[place].target), _parts(self.target), strict=False)
        return not all(np.array_equal(new, old) for new, old in pairs)

    def made_anew(self):
        maker = self.maker(self.start)
        if not maker or not self.origins(self.start) & self.origins(self.ends):
            return None
        part = maker.op in ("StridedSlice", "GatherV2")
        return "part" if part else "made anew", {"line": maker.line}

    def independent(self):
        if any(self.target is part for ask in self.record.asks for part in ask.results):
            return "straight line", {}
        if not self.maker(self.ends):
            return "branch" if self.of_kind("test") else "constant target", {}
        used = {self.names[k] for k in self.origins(self.ends) - self.ends if k in self.names}
        if self.s in used:
            return "renamed", {}
        return ("others", {"used": " and ".join(sorted(used))}) if used else ("independent", {})


def _parts(target):
    return tf.nest.flatten(target, expand_composites=True)


def _passes(step, followed):
    """Whether a gradient comes back through a step to an input that leads to the source."""
    if not step.tensors:
        return True
    inputs, attributes, outputs = step.tensors
    ones = [tf.ones_like(part) if has_slope(part) else None for part in outputs]
    try:
        if step.rule:
            back = step.rule(*ones)
        else:
            around = attributes, len(inputs), inputs, outputs, ones, (), ""
            back = backprop._gradient_function(step.op, *around)
    except Exception:  # a tape would have raised it
        return True
    pairs = zip(inputs, tf.nest.flatten(back), strict=False)
    return any(part is not None and key(tensor) in followed for tensor, part in pairs)


def _moved(value):
    """Return an argument with another value, if it is a float or an array or tensor of floats."""
    if isinstance(value, float):
        return value * 1.5 + 1
    if not isinstance(value, (np.ndarray, tf.Tensor, tf.Variable)) or not has_slope(value):
        return value
    new = value * 1.5 + 1
    return tf.Variable(new, trainable=value.trainable) if hasattr(value, "assign") else new


# --- Another None -----------------------------------------------------------------------------


def _none_returned(record, printed):
    code = _code(record.function)
    if code in record.silent:
        why = _no_return(code, printed)
    else:
        why = _explained(record) or _other_none(record) or "look at what stands behind its return"
    return f"{name_of(record.function)} returns None: {why}"


def _no_return(code, printed=""):
    if returns(code):
        return reasons.say("return not reached")
    if re.search(r"^\s*return\s*(?:None\s*)?(?:#.*)?$", _source_code(code), re.M):
        return reasons.say("return alone")
    shown = " ".join(printed.split())
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    return reasons.say("printed", shown=shown) if shown else reasons.say("no return")


def _other_none(record):
    """Say which other function gave a None where a value was meant; None if none is seen."""
    inner = [silent for silent in record.silent if silent is not _code(record.function)]
    if inner:
        return f"{inner[-1].co_name} gives None: {_no_return(inner[-1])}"
    method = r"\.(?:append|extend|insert|sort|reverse|update|clear|fill|remove|shuffle)|\bprint"
    found = re.search(
        rf"^.*(?:=|return|lambda.*:).*?({method})\(.*$", _source_code(record.function), re.M
    )
    if found:
        cause = "in place of a value" if found[1] == "print" else "in place"
        return reasons.say(cause, line=found[0].strip(), method=found[1].strip("."))
    return None


def _code(function):
    function = getattr(function, "python_function", function)  # of a tf.function
    return getattr(inspect.unwrap(function), "__code__", None)


def _source_code(function):
    try:
        return inspect.getsource(function if inspect.iscode(function) else _code(function))
    except (OSError, TypeError):  # such as of a callable object
        return ""
