"""What lesson 14 says and no cell of it shows."""

import inspect
import json
import subprocess
import sys

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers.data import load_fashion_mnist
from helpers.workers import free_addresses, results, run_together
from tests.claims import NOTEBOOKS, run, says


def adam_steps(factor):
    w = tf.Variable([1.0, -2.0])
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build([w])
    for step in range(20):
        optimizer.apply([factor * tf.cos(w + step)], [w])
    return w.numpy()


def test_adam_hides_a_factor():
    says("14", "sum-meaning", "Adam hides it: it divides each slope by its usual size")
    np.testing.assert_allclose(adam_steps(5.0), adam_steps(1.0), atol=1e-5)


def test_what_is_not_saved_is_told_only_when_asked(tmp_path):
    says(
        "14",
        "travel-train-function",
        ".assert_existing_objects_matched()",
    )
    path = tf.train.Checkpoint(w=tf.Variable(5.0)).write(str(tmp_path / "saved"))
    misspelled = tf.Variable(0.0)
    status = tf.train.Checkpoint(ww=misspelled).restore(path)
    assert misspelled.numpy() == 0.0
    with pytest.raises(AssertionError):
        status.assert_existing_objects_matched()


def test_a_step_for_all_rides_suits_unequal_shards():
    says("14", "workers-new", "That suits unequal shards, too.")
    x = np.arange(1, 11)
    errors = 4.0 * x + 1.0 - (10 * x + 13)
    parts = [np.sum(2 * errors[rank::3] * x[rank::3]) / 10 for rank in range(3)]
    assert sum(parts) == pytest.approx(-594)


def test_the_names_of_at_work():
    says("14", "at-work", "is our `/ size`")
    per_image = tf.constant([1.0, 3.0])
    mean = tf.nn.compute_average_loss(per_image, global_batch_size=8)
    assert mean.numpy() == tf.reduce_sum(per_image).numpy() / 8
    assert "synchronized" in inspect.signature(keras.layers.BatchNormalization).parameters
    for name in (
        "tf.nn.scale_regularization_loss",
        "tf.train.CheckpointManager",
        "keras.callbacks.BackupAndRestore",
        "tf.distribute.experimental.PreemptionCheckpointHandler",
    ):
        says("14", "at-work", f"`{name}`")
        assert callable(eval(name))


def test_accumulated_gradients_are_those_of_the_large_batch():
    says("14", "at-work", "of a Keras optimizer gives the large batch on one machine")
    x = np.arange(1, 11, dtype=np.float32)
    ends = []
    for steps, batches in ((None, [x]), (2, [x[:5], x[5:]])):
        w = tf.Variable(4.0)
        optimizer = keras.optimizers.SGD(0.01, gradient_accumulation_steps=steps)
        optimizer.build([w])
        for batch in batches:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((w * batch + 1 - (10 * batch + 13)) ** 2)
            optimizer.apply([tape.gradient(loss, w)], [w])
        ends.append(w.numpy())
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-5)
    assert ends[0] > 9  # it moved


def test_the_words_of_tf_data():
    says(
        "14", "beyond", "`tf.data`, with files of its own (`dataset.shard`, `AutoShardPolicy.FILE`)"
    )
    numbers = tf.data.Dataset.range(10).shard(3, 1)
    assert list(numbers.as_numpy_iterator()) == [1, 4, 7]
    assert tf.data.experimental.AutoShardPolicy.FILE


def best_workers(latency, per_byte=2e-9):
    constants = {"per_step": 7e-4, "per_image": 3e-6, "latency": latency, "per_byte": per_byte}
    costs = run("14", "cost-functions", np=np, **constants)["costs"]
    return int(np.argmin(np.sum(costs[100_000], axis=0))) + 1


def test_a_faster_connection_makes_more_workers_pay():
    says("14", "cost-larger-meaning", "So can a faster connection")
    assert best_workers(4e-4) < best_workers(4e-4 / 10)
    assert best_workers(4e-4) <= best_workers(4e-4, 2e-10)


def rides_after(steps, rate, batch):
    w = np.array([4.0, 1.0])
    random = np.random.default_rng(14)
    rides = random.permuted(np.tile(np.arange(1, 11), (4, 1)), axis=1).reshape(-1, batch)
    for x in rides[:steps]:
        errors = w[0] * x + w[1] - (10 * x + 13)
        w = w - rate * 2 * np.array([np.mean(errors * x), np.mean(errors)])
    return w


def test_small_steps_lead_where_a_long_one_does_while_weights_hardly_move():
    says("14", "batch-rule", "As long as the weights hardly move, 64 small steps lead where")
    start = np.array([4.0, 1.0])

    def apart(rate):  # eight small steps against one on all their rides
        small, one = rides_after(8, rate, 5), rides_after(1, 8 * rate, 40)
        return np.linalg.norm(small - one) / np.linalg.norm(one - start)

    assert apart(1e-5) < 0.01
    assert apart(1e-2) > 0.5


@pytest.mark.claims
def test_a_larger_batch_aims_better():
    says("14", "batch-rule", "Each step is better aimed, but not longer.")
    names = {"keras": keras, "np": np, "tf": tf, "load_fashion_mnist": load_fashion_mnist}
    names = run("14", "split-model", "split-images", **names)
    random = np.random.default_rng(14)

    def gradient(count):
        chosen = random.permutation(60_000)[:count]
        images, labels = names["train_images"][chosen], names["train_labels"][chosen]
        return names["gradient_on"](names["model"], images, labels)

    whole = gradient(20_000)

    def aim(gradient):
        return gradient @ whole / np.linalg.norm(gradient) / np.linalg.norm(whole)

    small, large = ([gradient(count) for _ in range(5)] for count in (32, 2048))
    assert max(map(aim, small)) < min(map(aim, large))
    length = np.mean([np.linalg.norm(g) for g in large]) / np.linalg.norm(small, axis=1).mean()
    assert length < 1  # "not longer"


BEGIN = """
import json, os, signal, sys, time
import keras, numpy as np, tensorflow as tf
"""
MIRRORED = """
cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
ends = train_line(strategy, rank=0)
ask = lambda: tf.distribute.get_replica_context().replica_id_in_sync_group
ranks = [int(rank) for rank in strategy.run(ask).values]
print(json.dumps([ends, ranks]))
"""


@pytest.mark.claims
def test_one_rank_gives_all_replicas_of_a_process_one_shard():
    says("14", "beyond", "There our `rank` would give all of them the same shard")
    (path,) = NOTEBOOKS.glob("14_*.ipynb")
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    code = BEGIN + cells["workers-line"] + MIRRORED
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (_, b), ranks = json.loads(ended.stdout.splitlines()[-1])
    assert abs(b - 11.675) > 0.1  # where all ten rides lead
    assert sorted(ranks) == [0, 1]


SCOPE = """
strategy = tf.distribute.MultiWorkerMirroredStrategy()
rank = strategy.cluster_resolver.task_id
with strategy.scope():
    first = tf.Variable(5.0 + rank)
    total = keras.metrics.Mean().variables[0].value
strategy.run(lambda: total.assign_add(0.0))
"""
BEGINS = SCOPE + "print(first.numpy())"
SAVE = (
    SCOPE
    + """
start = time.monotonic()
if rank == 0 or sys.argv[1] == "all":
    held = first if sys.argv[1] == "rank 0 alone, no metric" else total
    tf.train.Checkpoint(held=held).save(os.path.join(sys.argv[2], str(rank), "saved"))
    print(time.monotonic() - start)
else:
    time.sleep(20)
    os._exit(0)
"""
)


def two_workers(code, *given, **limits):
    addresses = free_addresses(2)
    cluster = {"worker": addresses}
    configs = [{"cluster": cluster, "task": {"type": "worker", "index": rank}} for rank in (0, 1)]
    command = [sys.executable, "-c", BEGIN + code, *given]
    configs = [{"TF_CONFIG": json.dumps(config)} for config in configs]
    return run_together(command, configs, **limits)


@pytest.mark.claims
def test_variables_of_a_scope_begin_with_worker_0s_values():
    says("14", "workers-new", "variables made here begin with worker 0's values")
    assert results(two_workers(BEGINS)) == [5.0, 5.0]


@pytest.mark.claims
@pytest.mark.parametrize("who", ["all", "rank 0 alone", "rank 0 alone, no metric"])
def test_a_worker_that_saves_a_metric_alone_waits_for_the_others(who, tmp_path):
    says("14", "travel-train", "all take part, as they must once it holds a metric")
    says("14", "travel-train", "of its total each worker keeps its own")
    says("14", "travel-train", "a worker that saves alone waits for the others")
    ended = two_workers(SAVE, who, str(tmp_path))
    if who != "rank 0 alone":
        assert [process.returncode for process in ended] == [0, 0]
    else:  # until worker 1 leaves: then it fails
        assert ended[0].returncode != 0 and not ended[0].stdout


STOP = (
    SCOPE
    + """
optimizer = keras.optimizers.SGD(0.01)
optimizer.build([first])
for step in range(3):
    if [step, rank] == [1, 1]:  # a machine without power: it says nothing, and closes nothing
        os.kill(os.getpid(), signal.SIGSTOP)
    strategy.run(lambda: optimizer.apply([tf.ones(())], [first]))
"""
)


@pytest.mark.claims
def test_a_worker_without_heartbeats_is_missed():
    says("14", "dies-meaning", "the **heartbeats** that no longer come")
    with pytest.raises(TimeoutError, match=r"(?s)worker 0 had failed.*stopped sending heartbeats"):
        two_workers(STOP, alone_seconds=1)


def test_a_ring_brings_the_sum_to_all_and_each_sends_the_same():
    says("14", "travel-ring-meaning", "Every worker sends the same amount.")
    (path,) = NOTEBOOKS.glob("14_*.ipynb")
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    namespace = {"np": np}
    exec(cells["travel-ring"], namespace)
    gradients = np.random.default_rng(14).normal(size=(5, 100))
    history, moves = namespace["ring_all_reduce"](gradients)
    for chunks in history[-1]:
        np.testing.assert_allclose(np.concatenate(chunks), np.sum(gradients, axis=0))
    assert len(moves) == 8 and all(
        sorted(rank for rank, _ in sent) == list(range(5)) for sent in moves
    )
