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
from helpers.workers import free_addresses, run_together
from tests.claims import NOTEBOOKS, says


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
    assert "gradient_accumulation_steps" in inspect.signature(keras.optimizers.Adam).parameters
    for name in (
        "tf.nn.scale_regularization_loss",
        "tf.train.CheckpointManager",
        "keras.callbacks.BackupAndRestore",
        "tf.distribute.experimental.PreemptionCheckpointHandler",
        "tf.distribute.MirroredStrategy",
    ):
        says("14", "beyond" if "Mirrored" in name else "at-work", f"`{name}`")
        assert callable(eval(name))


BEGIN = """
import json, os, sys, time
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


SAVE = """
strategy = tf.distribute.MultiWorkerMirroredStrategy()
rank = strategy.cluster_resolver.task_id
with strategy.scope():
    total = tf.Variable(
        1.0,
        trainable=False,
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.SUM,
    )
strategy.run(lambda: total.assign_add(0.0))
start = time.monotonic()
if rank == 0 or sys.argv[1] == "all":
    tf.train.Checkpoint(total=total).save(os.path.join(sys.argv[2], str(rank), "saved"))
    print(time.monotonic() - start)
else:
    time.sleep(20)
    os._exit(0)
"""


@pytest.mark.claims
@pytest.mark.parametrize("who", ["all", "rank 0 alone"])
def test_a_worker_that_saves_alone_waits_for_the_others(who, tmp_path):
    says("14", "travel-train", "a worker that saves alone waits for the others")
    addresses = free_addresses(2)
    configs = [
        {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": rank}}
        for rank in range(2)
    ]
    command = [sys.executable, "-c", BEGIN + SAVE, who, str(tmp_path)]
    ended = run_together(command, [{"TF_CONFIG": json.dumps(config)} for config in configs])
    if who == "all":
        assert [process.returncode for process in ended] == [0, 0]
    else:  # until worker 1 leaves: then it fails
        assert ended[0].returncode != 0 and not ended[0].stdout


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
