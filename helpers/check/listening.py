"""A record of what a function does in TensorFlow: its steps, and what it asks its tapes.

The tape itself cannot be asked what it heard, so everything is heard here along with it: every
operation with its inputs and outputs, every number that is read out of a tensor, every tape that
starts, stops, watches or is asked, each with the learner's own line. None of TensorFlow is changed
for longer than the function runs.
"""

import contextlib
import dis
import functools
import inspect
import io
import itertools
import linecache
import sys
import warnings
from collections import deque
from dataclasses import dataclass, field
from unittest.mock import patch

import tensorflow as tf
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import core
from tensorflow.python.framework import op_callbacks, ops

from . import running
from .running import at_most, copies, eagerly, is_learners, name_of

replaced = patch.multiple
HELD = 2**28  # bytes of tensors, in the end; a long training would fill the memory


@dataclass(eq=False)
class Step:
    """An operation that ran, or a rule of tf.custom_gradient that stands for some."""

    op: str
    inputs: set  # by `key`
    outputs: set
    slopes: bool  # whether an output has a slope: is no integer
    tapes: set  # those that recorded while it ran
    backward: bool  # whether it ran inside a tape.gradient()
    line: str
    tensors: tuple | None  # inputs, attributes, outputs; None where they are no longer held
    rule: object = None


@dataclass(frozen=True, eq=False)
class Ask:
    """A call of tape.gradient() or tape.jacobian()."""

    tape: tf.GradientTape
    target: object
    sources: list
    results: list  # None for each source that nothing leads to, also where a zero was returned
    painted: bool  # whether a zero was returned for it, by unconnected_gradients
    names: dict  # the learner's names of values, by `key` or id()


@dataclass(frozen=True, eq=False)
class Event:
    """What else happened: "start", "stop", "watch", "read" or "test"."""

    kind: str
    subject: object
    line: str = ""


@dataclass
class Record:
    """What was heard: steps and other events, in order."""

    function: object
    args: list
    given: list  # copies of the arguments
    events: list = field(default_factory=list)
    asks: list = field(default_factory=list)
    silent: list = field(default_factory=list)  # code of functions that ended without a value
    names: dict = field(default_factory=dict)  # of the arguments, by `key` or id()
    printed: str = ""
    result: object = None
    error: Exception | None = None
    # while it runs
    recording: list = field(default_factory=list)  # tapes
    asking: list = field(default_factory=list)


def key(value):
    """Return what tells a tensor or variable from all others, None for anything else."""
    value = getattr(value, "handle", value)
    return value._id if isinstance(value, tf.Tensor) else None


def keys(values):
    """Return the set of the keys of tensors and variables."""
    return {key(value) for value in values} - {None}


def has_slope(value):
    """Whether a tensor or variable is of numbers that can grow a little."""
    dtype = tf.as_dtype(value.dtype)
    return dtype.is_floating or dtype.is_complex


def parameters(function):
    """Return the names of a function's parameters; none, if it does not tell them."""
    try:
        return list(inspect.signature(function).parameters)
    except (ValueError, TypeError):
        return []


def listen(function, args):
    """Run a function on copies of the arguments, for some seconds, and return the `Record`."""
    record, printed = Record(function, list(args), copies(list(args))), io.StringIO()
    pairs = zip(parameters(function), record.given, strict=False)
    record.names = {key(value) or id(value): name for name, value in pairs}
    try:
        with (
            eagerly(),
            warnings.catch_warnings(action="ignore"),  # of what runs eagerly
            contextlib.redirect_stdout(printed),
            _steps_heard(record),
            _tapes_heard(record),
            _endings_heard(record),
            at_most(running.SECONDS, name_of(function)),
        ):
            record.result = function(*record.given)
    except Exception as error:
        record.error = error
    record.printed = printed.getvalue()
    return record


def _frame():
    """Return the innermost frame of the learner's own code, or None."""
    frame = sys._getframe(2)
    while frame and frame.f_code is not listen.__code__:
        if is_learners(frame.f_code.co_filename):
            return frame
        frame = frame.f_back
    return None


def _line(frame):
    """Return the text of the line that runs, or ""."""
    return (frame and linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()) or ""


@functools.cache
def returns(code):
    """Return the places in a function's code that return something else than a bare None."""
    steps = list(dis.get_instructions(code))
    return {
        step.offset
        for before, step in itertools.pairwise(steps)
        if step.opname.startswith("RETURN_VALUE")
        and not (before.opname == "LOAD_CONST" and before.argval is None)
    }


# --- What is heard --------------------------------------------------------------------------------


@contextlib.contextmanager
def _steps_heard(record):
    """Hear every operation, every rule of a custom gradient, and every number that is read."""
    hear_rule, read = pywrap_tfe.TFE_Py_TapeSetRecordOperation, ops._EagerTensorBase._numpy
    held, size, new = deque(), 0, set()

    def note(op, inputs, attributes, outputs, rule=None):
        nonlocal size
        op = op.decode() if isinstance(op, bytes) else op
        inputs, outputs = list(inputs), list(outputs or ())
        tensors, size = (inputs, attributes, outputs), size + _bytes(outputs)
        if "Assign" in op and op.endswith("VariableOp"):
            inputs, outputs = inputs[1:], inputs[:1]  # the variable, by its handle
            op = "Create" if keys(outputs) <= new else "Assign"
            new.difference_update(keys(outputs))
        elif op == "VarHandleOp":
            new.update(keys(outputs))
        around = bool(record.asking), _line(_frame())
        slopes, tapes = any(map(has_slope, outputs)), set(record.recording)
        held.append(Step(op, keys(inputs), keys(outputs), slopes, tapes, *around, tensors, rule))
        record.events.append(held[-1])
        while size > HELD:
            old = held.popleft()
            size -= _bytes(old.tensors[2])
            old.tensors = None

    def on_step(op, inputs, attributes, outputs, op_name=None, graph=None):
        if graph is None:
            note(op, inputs, attributes, outputs)

    def on_rule(op, outputs, inputs, backward, forward=None):
        if tf.executing_eagerly():
            note(op, inputs, (), outputs, backward)
        return hear_rule(op, outputs, inputs, backward, forward)

    def on_read(tensor):
        how = sys._getframe(1).f_code.co_name
        if how not in ("__str__", "__repr__", "__format__"):
            kind = "test" if how == "__bool__" else "read"
            record.events.append(Event(kind, key(tensor), _line(_frame())))
        return read(tensor)

    def fall_back(*args, **options):  # the quick way reads variables without telling anyone
        raise core._FallbackException("heard on the slow way")

    slow = {"TFE_Py_FastPathExecute": fall_back, "TFE_Py_TapeSetRecordOperation": on_rule}
    with replaced(pywrap_tfe, **slow), replaced(ops._EagerTensorBase, _numpy=on_read):
        op_callbacks.add_op_callback(on_step)
        try:
            yield
        finally:
            op_callbacks.remove_op_callback(on_step)


def _bytes(tensors):
    return sum(part.dtype.size * part.shape.num_elements() for part in tensors)


@contextlib.contextmanager
def _tapes_heard(record):
    """Hear when a tape starts, pauses and stops, what it is told to watch, and what it is asked."""
    tape_class = tf.GradientTape
    start, stop = tape_class._push_tape, tape_class._pop_tape
    watch, pause = tape_class.watch, tape_class.stop_recording
    asks = ("gradient", "jacobian", "batch_jacobian")

    def on_start(tape):
        start(tape)
        record.recording.append(tape)
        record.events.append(Event("start", tape))

    def on_stop(tape):
        stop(tape)
        record.recording.remove(tape)
        record.events.append(Event("stop", tape))

    def on_watch(tape, tensors):
        watch(tape, tensors)
        for tensor in tf.nest.flatten(tensors):
            record.events.append(Event("watch", (tape, key(tensor))))

    @contextlib.contextmanager
    def on_pause(tape):
        record.events.append(Event("pause", tape))
        with pause(tape):
            yield

    def hear(method):
        @functools.wraps(method)
        def heard(tape, target, sources, *args, **options):
            if record.asking:  # jacobian() asks gradient()
                return method(tape, target, sources, *args, **options)
            painting = str(options.pop("unconnected_gradients", "none")).lower()
            painted, flat = painting.endswith("zero"), tf.nest.flatten(sources)
            ask = Ask(tape, target, flat, [], painted, _names(_frame()))
            record.asking.append(ask)
            try:
                found = method(tape, target, sources, *args, **options)
                ask.results.extend(tf.nest.flatten(found))
            finally:
                values = [*flat, *tf.nest.flatten(target, expand_composites=True)]
                if not ask.results and None in map(key, values):  # no tensor, so it raised
                    ask.results.extend([None] * len(flat))
                record.asking.pop()
                record.asks.append(ask)
                record.events.append(ask)
            if painted:
                pairs = zip(flat, ask.results, strict=True)
                full = [tf.zeros_like(source) if r is None else r for source, r in pairs]
                return tf.nest.pack_sequence_as(sources, full)
            return found

        return heard

    hearing = {name: hear(getattr(tape_class, name)) for name in asks}
    private = {"_push_tape": on_start, "_pop_tape": on_stop}
    with replaced(tape_class, watch=on_watch, stop_recording=on_pause, **private, **hearing):
        yield


def _names(frame):
    """Return the learner's names of values, by `key` or id()."""
    visible = [*frame.f_globals.items(), *frame.f_locals.items()] if frame else []
    return {key(value) or id(value): name for name, value in visible if name[0] != "_"}


@contextlib.contextmanager
def _endings_heard(record):
    """Hear which of the learner's functions end without a value."""
    before = sys.getprofile()

    def on_return(frame, event, value):
        if event == "return" and value is None and is_learners(frame.f_code.co_filename):
            if frame.f_lasti not in returns(frame.f_code):  # also where an error leaves it
                record.silent.append(frame.f_code)

    sys.setprofile(on_return)
    try:
        yield
    finally:
        sys.setprofile(before)
