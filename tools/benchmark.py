"""Race the training loops of lesson 07 against each other, in turns, on this machine.

Every loop trains the model of lesson 06 on the same images, from the same weights. As in lesson
07 they stay bytes, and the model's first layer scales them. In each round every loop runs one
epoch, beginning with another one each time, so that whatever else the machine does hits all alike.
A pause before each lets the threads of the one before fall asleep: they wait awake for a while, in
case there is more to do. What is compared are medians. What a loop's first epoch takes longer, to
trace and compile, is stated apart, and so is the memory that a loop needs beside the images.

The floor is NumPy doing the five matrix products of a step for each batch, and nothing else: two
forward (the hidden and the last layer), three backward (the slopes of both weight matrices and of
the hidden layer's output). No shuffling, no activation, no loss, no optimizer.

PyTorch takes part where it is installed, in a process of its own; the course does not need it.
"""

from helpers import data, plotting  # first: helpers starts TensorFlow quietly

# isort: split

import argparse
import importlib.metadata
import importlib.util
import json
import multiprocessing
import os
import pickle
import platform
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

ROOT = Path(__file__).resolve().parent.parent
FLOOR = "floor"
SHARE_OF_EAGER = 0.05  # of an epoch: a whole one would take longer than all others together
PAUSE = 0.2  # seconds


@dataclass
class Loop:
    """One way of training, ready to run.

    Attributes
    ----------
    epoch : callable
        Trains on the batches of an order, an int32 array of shape (batches, batch size) that holds
        image numbers; returns the mean loss, or None.
    predict : callable or None
        Takes images, returns a row of scores for each.
    share : float
        How much of an epoch is run; its time is scaled up.
    """

    epoch: Any
    predict: Any = None
    share: float = 1.0


@dataclass
class Images:
    """Fashion-MNIST, cut to whole batches, and the model's first weights."""

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray
    weights: list


def load(count, batch_size):
    (train, train_labels), (test, test_labels) = data.load_fashion_mnist()
    count = count // batch_size * batch_size
    keras.utils.set_random_seed(0)
    return Images(
        train[:count],
        train_labels[:count].astype("int32"),
        test,
        test_labels,
        build_model().get_weights(),
    )


def build_model():
    return keras.Sequential(
        [
            keras.Input((28, 28), dtype="uint8"),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


# --- The loops ------------------------------------------------------------------------------------


def fit_loop(images, batch_size, **options):
    """Make Keras's own loop, which shuffles by itself."""
    model = build_model()
    model.set_weights(images.weights)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **options)

    def epoch(order):
        history = model.fit(images.train, images.train_labels, batch_size=batch_size, verbose=0)
        return history.history["loss"][0]

    return Loop(epoch, model)


def tape_loop(images, batch_size, wrap_step=None, wrap_epoch=None, share=1.0):
    """Make the loop of lesson 07: eager, or its step or its epoch wrapped by `tf.function`."""
    model = build_model()
    model.set_weights(images.weights)
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    train, labels = tf.constant(images.train), tf.constant(images.train_labels)

    def step(x, y):
        with tf.GradientTape() as tape:
            probabilities = model(x)  # forward
            loss = loss_of(y, probabilities)  # loss
        gradients = tape.gradient(loss, model.trainable_variables)  # gradient
        optimizer.apply(gradients, model.trainable_variables)  # update
        return loss

    def epoch(step, order):
        total = 0.0
        for batch in order:
            total += step(tf.gather(train, batch), tf.gather(labels, batch))
        return total / len(order)

    step = wrap_step(step) if wrap_step else step
    epoch = wrap_epoch(epoch) if wrap_epoch else epoch
    return Loop(lambda order: float(epoch(step, tf.constant(order))), model, share)


class TorchProcess:
    """A process that holds the images and runs tools/benchmark_torch.py, and no TensorFlow."""

    def __init__(self, images):
        threads = ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")  # for NumPy, set by helpers
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("benchmark_torch.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name not in threads},
        )
        self.ask((images.train, images.train_labels, images.weights))

    def ask(self, question):
        """Send a question and wait for the answer."""
        try:
            pickle.dump(question, self.process.stdin)
            self.process.stdin.flush()
            return pickle.load(self.process.stdout)
        except (BrokenPipeError, EOFError):
            ending = self.process.wait()
            raise RuntimeError(f"PyTorch's process has ended, with exit code {ending}") from None

    def loop(self, **options):
        """Make a loop that is run over there."""
        self.ask(options)
        return Loop(lambda order: self.ask(("epoch", order)), lambda x: self.ask(("predict", x)))


def torch_loop(images, batch_size, **options):
    """Make the same training in eager PyTorch."""
    return TorchProcess(images).loop(**options)


def floor_loop(images, batch_size):
    """Make the matrix products alone, in NumPy."""
    W1, W2 = images.weights[::2]
    batches = (images.train.astype("float32") / 255).reshape(-1, batch_size, 784)
    dz = np.full((batch_size, 10), 0.1, np.float32)

    def epoch(order):
        for x in batches:
            h = x @ W1  # forward
            _z = h @ W2
            _dW2, dh = h.T @ dz, dz @ W2.T  # backward
            _dW1 = x.T @ dh

    return Loop(epoch)


def xla(function):
    return tf.function(function, jit_compile=True)


LOOPS = {
    "fit": (fit_loop, {}),
    "fit, jit_compile=True": (fit_loop, {"jit_compile": True}),
    "fit, steps_per_execution=32": (fit_loop, {"steps_per_execution": 32}),
    "fit, both": (fit_loop, {"jit_compile": True, "steps_per_execution": 32}),
    "eager tape": (tape_loop, {"share": SHARE_OF_EAGER}),
    "tf.function": (tape_loop, {"wrap_step": tf.function}),
    "XLA step": (tape_loop, {"wrap_step": xla}),
    "XLA epoch": (tape_loop, {"wrap_epoch": xla}),
    "PyTorch": (torch_loop, {}),
    "PyTorch, fused Adam": (torch_loop, {"fused": True}),
    FLOOR: (floor_loop, {}),
}
if importlib.util.find_spec("torch") is None:
    LOOPS = {name: loop for name, loop in LOOPS.items() if loop[0] is not torch_loop}


# --- The race -------------------------------------------------------------------------------------


def timed_epoch(loop, order):
    """Run an epoch; return its seconds, scaled to a whole one, and its loss."""
    order = order[: max(1, round(loop.share * len(order)))]
    time.sleep(PAUSE)
    start = time.perf_counter()
    loss = loop.epoch(order)
    return (time.perf_counter() - start) / loop.share, loss


def race(names, batch_size, rounds, count, report):
    """Time the loops in turns.

    Parameters
    ----------
    names : list of str
        Keys of `LOOPS`.
    batch_size, rounds : int
        `rounds` epochs are timed after the first.
    count : int
        How many training images to use, at most; a last, smaller batch is left out.
    report : callable
        Is told what happens.

    Returns
    -------
    dict of str to dict
        For each loop: ``first`` and ``epochs`` (seconds), ``median``, ``compile`` (first − median),
        ``loss`` of the last epoch and test ``accuracy``; the last two are None where a loop does
        not train to the end.
    """
    images = load(count, batch_size)
    shuffle = np.random.default_rng(0)
    loops = {name: LOOPS[name][0](images, batch_size, **LOOPS[name][1]) for name in names}
    results = {name: {"epochs": []} for name in names}
    for number in range(rounds + 1):
        order = shuffle.permutation(len(images.train)).astype("int32").reshape(-1, batch_size)
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            seconds, loss = timed_epoch(loops[name], order)
            if number == 0:
                results[name]["first"] = seconds * loops[name].share
            else:
                results[name]["epochs"].append(seconds)
            results[name]["loss"] = loss
            report(f"batch size {batch_size}, round {number} of {rounds}: {name} {seconds:.2f} s")
    for name, result in results.items():
        loop = loops[name]
        result["median"] = statistics.median(result["epochs"])
        result["compile"] = result["first"] - result["median"] * loop.share
        result["accuracy"] = None
        if loop.predict and loop.share == 1.0:
            predicted = np.argmax(np.asarray(loop.predict(images.test)), axis=1)
            result["accuracy"] = float(np.mean(predicted == images.test_labels))
    return results


def added_memory(name, batch_size, count):
    """Return how many bytes a loop and its first epoch add to this process at the peak.

    The images, which every loop needs, are held before. None where the system does not tell: only
    Linux lets a process forget its earlier peak.
    """
    images = load(count, batch_size)
    order = np.arange(len(images.train), dtype="int32").reshape(-1, batch_size)
    if not sys.platform.startswith("linux"):
        return None
    make, options = LOOPS[name]
    process = "self"
    if make is torch_loop:
        torch = TorchProcess(images)
        process, make = torch.process.pid, lambda images, batch_size, **given: torch.loop(**given)
    Path(f"/proc/{process}/clear_refs").write_text("5")  # the peak is now what is held now
    before = peak(process)
    timed_epoch(make(images, batch_size, **options), order)
    return peak(process) - before


def peak(process):
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1])


def added_memories(names, batch_size, count, report):
    """Measure `added_memory` of each loop, each in a process of its own."""
    added = {}
    for name in names:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            added[name] = process.submit(added_memory, name, batch_size, count).result()
        report(f"memory: {name} {megabytes(added[name])}")
    return added


# --- What is written ------------------------------------------------------------------------------


def megabytes(count):
    return "unknown" if count is None else f"{count / 1e6:.0f} MB"


def table(results, batch_size):
    """Return a batch size's results as text: medians, and how they compare."""
    fit, floor = (results.get(name, {}).get("median") for name in ("fit", FLOOR))
    lines = [
        f"Batch size {batch_size}: seconds an epoch",
        f"{'':28}{'median':>8}{'fastest':>9}{'slowest':>9}{'fit is':>9}{'floor':>9}"
        f"{'compile':>9}{'accuracy':>10}{'memory':>10}",
    ]
    for name, result in results.items():
        median = result["median"]
        faster = f"{fit / median:.1f} x" if fit else ""
        above = f"{median / floor:.1f} x" if floor else ""
        accuracy = "" if result["accuracy"] is None else f"{result['accuracy']:.4f}"
        memory = megabytes(result["added_memory"]) if "added_memory" in result else ""
        lines.append(
            f"{name:28}{median:8.3f}{min(result['epochs']):9.3f}{max(result['epochs']):9.3f}"
            f"{faster:>9}{above:>9}{result['compile']:9.2f}{accuracy:>10}{memory:>10}"
        )
    return "\n".join(lines)


def machine():
    """Say what was measured on."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "torch": importlib.metadata.version("torch") if "PyTorch" in LOOPS else None,
    }


def draw(results, path):
    """Write the figure of the race, from the floor; it remembers the times that it shows."""
    seconds = {name: result["median"] for name, result in results.items()}
    floor = seconds.pop(FLOOR)
    accuracies = {n: r["accuracy"] for n, r in results.items() if r["accuracy"] is not None}
    figure = plotting.plot_race(seconds, accuracies, floor=floor)
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = json.dumps(seconds | {FLOOR: floor})
    figure.savefig(path, dpi=200, metadata={"seconds": shown})
    plt.close(figure)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[32, 128, 512])
    parser.add_argument("--rounds", type=int, default=4, help="timed epochs (default %(default)s)")
    parser.add_argument("--images", type=int, default=60_000, help="to train on (default: all)")
    parser.add_argument("--loops", nargs="+", choices=list(LOOPS), default=list(LOOPS))
    parser.add_argument("--no-memory", action="store_true", help="do not measure peak memory")
    parser.add_argument("--figure", type=Path, default=ROOT / "build" / "benchmark.png")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "benchmark.json")
    options = parser.parse_args(arguments)

    def report(text):
        print(text, file=sys.stderr, flush=True)

    results = {}
    for batch_size in options.batch_sizes:
        results[batch_size] = race(
            options.loops, batch_size, options.rounds, options.images, report
        )
    first = options.batch_sizes[0]
    if not options.no_memory:
        for name, added in added_memories(options.loops, first, options.images, report).items():
            results[first][name]["added_memory"] = added
    print("\n\n".join(table(result, batch_size) for batch_size, result in results.items()))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(
        json.dumps({"machine": machine(), "batch_sizes": results}, indent=1), encoding="utf-8"
    )
    print(f"\nWritten: {options.json}")
    if FLOOR in options.loops and len(options.loops) > 1:
        draw(results[first], options.figure)
        print(f"Written: {options.figure}")


if __name__ == "__main__":
    main()
