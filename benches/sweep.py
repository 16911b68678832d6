#!/usr/bin/env python3
"""The indicator sweep: a thousand, a hundred thousand and a million indicators over mixed text logs,
beside `rg -F -f` (ripgrep from the distribution) where it is there, in one run.

    cargo build --release && python3 benches/sweep.py [--bytes N] [--rounds N] [--dir FOLDER]

The logs and the lists are made from fixed numbers: the same bytes everywhere. One line in ten thousand
holds an indicator. Half of the indicators are hashes; --older makes a third of these MD5 and SHA-1,
which then have to be taken of every file. Of all rounds the quickest counts; peak memory is that of the
resident set.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNIQUE_BYTES = 16 << 20
COUNTS = [1_000, 100_000, 1_000_000]
FILES = 4


def indicators(count, older):
    numbers = random.Random(11)
    word = lambda size: "".join(numbers.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=size))
    widths = [64, 32, 40] if older else [64]
    for number in range(count):
        kind = number % 10
        if kind < 5:
            yield f"{numbers.getrandbits(256):064x}"[: widths[number // 10 % len(widths)]]
        elif kind < 7:
            yield f"{word(9)}.{word(5)}-bad.example"
        elif kind == 7:
            yield ".".join(str(numbers.randrange(1, 224 if at == 0 else 255)) for at in range(4))
        elif kind == 8:
            yield f"http://{word(8)}.example/{word(6)}/{word(4)}.php?id={number}"
        elif number % 20 == 9:
            yield f"{word(7)}@{word(6)}.example"
        else:
            yield f"{word(8)}.exe"


def line(numbers):
    address = ".".join(str(numbers.randrange(1, 255)) for _ in range(4))
    clock = f"{numbers.randrange(24):02}:{numbers.randrange(60):02}:{numbers.randrange(60):02}"
    name = numbers.choice(["alpha", "bravo", "charlie", "delta"])
    match numbers.randrange(6):
        case 0:
            return f"worker {name} took job {numbers.getrandbits(32):08x} at {clock} and ended with status {numbers.randrange(9)}"
        case 1:
            return f"[{clock}.{numbers.randrange(1000):03}] proxy: {address} GET http://www.{name}{numbers.randrange(9999)}.example/assets/app.{numbers.getrandbits(24):06x}.js 200 {numbers.randrange(99999)}"
        case 2:
            return f"{clock} scan of /srv/{name}/file{numbers.randrange(99999)}.bin sha256={numbers.getrandbits(256):064x} clean"
        case 3:
            return f"mail from <user{numbers.randrange(9999)}@{name}.example> to <team@corp.example> via {address} accepted, queue id {numbers.getrandbits(40):010X}"
        case 4:
            return f"{name}: session opened for user svc_{name} by (uid={numbers.randrange(2000)}), tty=pts/{numbers.randrange(9)}, host {name}-{numbers.randrange(99)}.corp.example"
        case _:
            return f"level=info ts={clock} component=scheduler msg=\"pass finished\" items={numbers.randrange(9999)} took={numbers.random():.6f}s peer={address}:{numbers.randrange(65535)}"


def write_logs(folder, size, hits):
    numbers = random.Random(5)
    lines, total = [], 0
    while total < UNIQUE_BYTES:
        text = line(numbers)
        if numbers.randrange(10_000) == 0:
            text += f" seen {numbers.choice(hits)}"
        lines.append(text)
        total += len(text) + 1
    block = ("\n".join(lines) + "\n").encode()
    for number in range(FILES):
        with open(folder / f"log{number}", "wb") as out:
            for _ in range(max(1, size // FILES // len(block))):
                out.write(block)
    return sum(path.stat().st_size for path in folder.iterdir())


def run(command, rounds):
    """The quickest of the rounds: seconds, seconds of processors, and the peak of memory in MB."""
    best = None
    for _ in range(rounds):
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        output = child.stdout.read()
        _, _, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        measured = (seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.count(b"\n"))
        best = min(best or measured, measured)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bytes", type=int, default=200_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", type=Path)
    parser.add_argument("--older", action="store_true")
    parser.add_argument("--binary", type=Path, default=ROOT / "target" / "release" / "daylight")
    options = parser.parse_args()
    if not options.binary.exists():
        sys.exit(f"{options.binary} is not there: cargo build --release")
    with tempfile.TemporaryDirectory(dir=options.dir) as temporary:
        folder = Path(temporary)
        logs = folder / "logs"
        logs.mkdir()
        size = write_logs(logs, options.bytes, list(indicators(COUNTS[0], options.older)))
        print(f"{size / 1e6:.0f} MB in {FILES} files, best of {options.rounds} rounds, all threads")
        empty = folder / "empty"
        empty.write_text("nothing\n")
        for count in COUNTS:
            feed = folder / f"{count}.txt"
            feed.write_text("".join(f"{value}\n" for value in indicators(count, options.older)))
            command = [options.binary, "hunt", "--jsonl", "--quiet", "--indicators", feed]
            start, *_ = run([*command, empty], options.rounds)
            seconds, processor, memory, found = run([*command, logs], options.rounds)
            speed = size / 1e6 / (seconds - start)
            print(f"daylight {count:>9} {seconds:>7.2f} s, {start:.2f} s of it start-up; {speed:>7.0f} MB/s;"
                  f" {processor:.2f} s of processors; {memory:.0f} MB; {found} findings")
            if count == 100_000 and shutil.which("rg"):
                peer, processor, memory, found = run(["rg", "-c", "-F", "-f", feed, logs], 1)
                print(f"rg -F -f {count:>9} {peer:>7.2f} s; {processor:.2f} s of processors; {memory:.0f} MB;"
                      f" {peer / seconds:.1f} times as long")


if __name__ == "__main__":
    main()
