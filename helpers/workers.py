"""Processes that work together on this machine: free addresses, a time limit, and an end for all.

Lesson 14 starts TensorFlow's workers with it. What they do and how they find each other stands in
the lesson; here is what keeps a notebook from hanging and a machine from filling with processes.
"""

import os
import random
import socket
import subprocess
import tempfile
import time

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


def run_together(
    command: list[str],
    environments: list[dict[str, str]],
    seconds: float = 100,
    alone_seconds: float = 20,
) -> list[subprocess.CompletedProcess]:
    """Run a command once in each environment, all at the same time; wait for all.

    Parameters
    ----------
    command : list of str
    environments : list of dict
        What each process finds in its environment beside what is in this one.
    seconds : float
        After which every process is ended.
    alone_seconds : float
        After which the others are ended once one has failed: they may wait for it forever.

    Returns
    -------
    list of subprocess.CompletedProcess
        In the order of the environments; no process outlives the call, interrupted or not.
    """
    processes, files = [], []
    try:
        for environment in environments:
            files.append(
                [tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") for _ in range(2)]
            )
            stdout, stderr = files[-1]  # files: a full pipe would stop a process that writes much
            everything = os.environ | environment
            process = subprocess.Popen(command, env=everything, stdout=stdout, stderr=stderr)
            processes.append(process)
        end = time.monotonic() + seconds
        while None in (codes := [process.poll() for process in processes]):
            if any(codes):
                end = min(end, time.monotonic() + alone_seconds)
            if time.monotonic() > end:
                break
            time.sleep(0.05)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    ended = []
    for process, written in zip(processes, files, strict=True):
        texts = []
        for file in written:
            file.seek(0)
            texts.append(file.read())
            file.close()
        ended.append(subprocess.CompletedProcess(command, process.returncode, *texts))
    return ended
