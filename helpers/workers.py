"""Processes that work together on this machine: addresses, folders, a time limit, an end for all.

Lesson 14 starts TensorFlow's workers with it. What they do and how they find each other stands in
the lesson; here is what keeps a notebook from hanging and a machine from filling with processes.
"""

import functools
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"  # this machine itself, network or not
# Below the ports that systems hand out on their own, so that nobody else gets one meanwhile.
PORTS = range(20_000, 32_000)


def free_addresses(count: int) -> list[str]:
    """Return addresses, such as 127.0.0.1:20714, at which nobody listens on this machine."""
    addresses = []
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        addresses.append(f"{LOOPBACK}:{port}")
        if len(addresses) == count:
            break
    return addresses


@functools.cache
def _own_folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="workers-")


def empty_folder(name: str) -> str:
    """Return the path of an empty folder; it goes when this process ends.

    What was in it goes at once, so that a cell which is run again finds nothing of its first run.
    """
    folder = Path(_own_folder().name, name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return str(folder)


def run_together(
    command: list[str],
    environments: list[dict[str, str]],
    seconds: float = 600,
    alone_seconds: float = 120,
) -> list[subprocess.CompletedProcess]:
    """Run a command once in each environment, all at the same time; wait for all.

    Parameters
    ----------
    command : list of str
    environments : list of dict
        What each process finds in its environment beside what is in this one.
    seconds : float
        How long they may take. On a machine that does nothing else they need a tenth of it.
    alone_seconds : float
        How long the others may go on when one has failed: they may wait for it forever.

    Returns
    -------
    list of subprocess.CompletedProcess
        In the order of the environments.

    Raises
    ------
    TimeoutError
        If a process had to be ended. None outlives the call, interrupted or not.
    """
    processes, files, late = [], [], None
    # They talk to each other on this machine: not by way of a proxy, which leads elsewhere.
    here = os.environ | {"no_proxy": LOOPBACK, "no_grpc_proxy": LOOPBACK}
    try:
        for environment in environments:
            files.append(
                [tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") for _ in range(2)]
            )
            stdout, stderr = files[-1]  # files: a full pipe would stop a process that writes much
            process = subprocess.Popen(
                command, env=here | environment, stdout=stdout, stderr=stderr
            )
            processes.append(process)
        start, failed = time.monotonic(), None
        while late is None and None in (codes := [process.poll() for process in processes]):
            now = time.monotonic()
            if failed is None and any(codes):
                failed = now
            if failed is not None and now - failed > alone_seconds:
                late = f"{alone_seconds:g} seconds after another had failed"
            elif now - start > seconds:
                late = f"after {seconds:g} seconds. Is the machine very busy?"
            time.sleep(0.05)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    ended = []
    code: Any  # None of a process that was still running
    for code, written in zip(codes, files, strict=True):
        texts = []
        for file in written:
            file.seek(0)
            texts.append(file.read())
            file.close()
        ended.append(subprocess.CompletedProcess(command, code, *texts))
    if late:
        raise TimeoutError(_told(ended, late))
    return ended


def results(processes: list[subprocess.CompletedProcess]) -> list[Any]:
    """Return what each process printed last, read as JSON; of one that failed, raise what it wrote.

    Raises
    ------
    RuntimeError
        With the end of the standard error of the first process that failed.
    """
    for rank, process in enumerate(processes):
        if process.returncode:
            raise RuntimeError(f"worker {rank} failed:\n{process.stderr[-3000:]}")
    return [json.loads(process.stdout.splitlines()[-1]) for process in processes]


def _told(ended, late):
    """Return what to say of processes of which some had to be ended."""
    parts = []
    for rank, process in enumerate(ended):
        if process.returncode is None:
            parts.append(f"worker {rank} was still running {late}")
        elif process.returncode:
            wrote = process.stderr[-1500:].strip()
            parts.append(f"worker {rank} had failed ({process.returncode}), and wrote:\n{wrote}")
    return "\n".join(parts)
