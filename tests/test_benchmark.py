"""The benchmark runs, and compares loops that do the same training."""

import json

import numpy as np
import pytest
from PIL import Image

from tools import benchmark

benchmark.PAUSE = 0  # since no times are compared here
TINY = ["--images", "320", "--rounds", "1", "--batch-sizes", "32"]


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    files = ["--figure", str(folder / "race.png"), "--json", str(folder / "race.json")]
    benchmark.main([*TINY, "--no-memory", *files])
    return folder


@pytest.fixture
def results(tiny_run):
    return json.loads((tiny_run / "race.json").read_text(encoding="utf-8"))["batch_sizes"]["32"]


def test_times_every_loop(results):
    assert list(results) == list(benchmark.LOOPS)
    for result in results.values():
        assert len(result["epochs"]) == 1 and result["median"] == result["epochs"][0] > 0
        assert result["first"] > 0


def test_loops_over_the_same_order_end_with_the_same_loss(results):
    # fit shuffles by itself, the eager tape stops after a part of the epoch.
    names = [name for name in benchmark.LOOPS if name.startswith(("tf.", "XLA", "PyTorch"))]
    losses = [results[name]["loss"] for name in names]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-3)


def test_every_loop_learns(results):
    for name, result in results.items():
        if result["accuracy"] is not None:
            assert result["accuracy"] > 0.3, name


def test_draws_the_figure(tiny_run):
    assert Image.open(tiny_run / "race.png").size[0] == 1600


def test_eager_time_is_scaled_to_a_whole_epoch():
    batches = []
    loop = benchmark.Loop(batches.extend, share=0.25)
    benchmark.timed_epoch(loop, np.zeros((8, 32), np.int32))
    assert len(batches) == 2


def test_table_compares_with_fit_and_the_floor():
    def result(seconds):
        return {"epochs": [seconds], "median": seconds, "compile": 0.5, "accuracy": 0.8765}

    text = benchmark.table(
        {"fit": result(2.0), "XLA epoch": result(0.25), "floor": result(0.2)}, 32
    )
    row = next(line for line in text.splitlines() if line.startswith("XLA epoch"))
    assert row.split()[2:] == ["0.250", "0.250", "0.250", "8.0", "x", "1.2", "x", "0.50", "0.8765"]


def test_memory_is_that_of_the_loop(capsys):
    added = benchmark.added_memories(["tf.function"], 32, 320, print)["tf.function"]
    if added is None:
        pytest.skip("only Linux lets a process forget its earlier peak")
    assert 1e6 < added < 2e8  # a process that holds TensorFlow holds more
    assert "memory: tf.function" in capsys.readouterr().out


def test_a_pytorch_that_ends_its_process_ends_no_other(tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="PyTorch's process has ended, with exit code 3"):
        benchmark.torch_loop(benchmark.load(64, 32), 32)
