#!/usr/bin/env python3
"""Indicators a second: Daylight beside iocsearcher (PyPI), on the same texts, in one run.

    python3 benches/indicators.py [--rounds N] [--target FOLDER]

The texts are the shared ones that `cargo bench -p daylight-extract --bench reading` reads, and
of that benchmark the row "indicators" is taken. iocsearcher is installed into a virtual
environment below target/peers when it is not there yet. Both use one core; of all rounds the
quickest counts, and texts are in memory before the clock starts.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DAYLIGHT_SHARED", ROOT.parent / "shared"))
SETS = ["casie/train", "casie/dev", "tram/docs.train", "tram/docs.dev", "indicators/dev"]


def texts():
    for name in SETS:
        path = SHARED / "eval" / f"{name}.jsonl"
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                yield from (json.loads(line)["text"] for line in lines)
    for path in sorted((SHARED / "reports").glob("*.txt")):
        yield path.read_text(encoding="utf-8")


def peer(rounds):
    """Run inside the virtual environment: prints bytes a second."""
    from iocsearcher.searcher import Searcher

    searcher = Searcher()
    all_texts = list(texts())
    size = sum(len(text.encode()) for text in all_texts)
    searcher.search_data(all_texts[0])
    best = min(timed(lambda: [searcher.search_data(text) for text in all_texts]) for _ in range(rounds))
    print(json.dumps({"bytes": size, "seconds": best}))


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def python_of(folder):
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    installed = subprocess.run([python, "-c", "import iocsearcher"], capture_output=True)
    if installed.returncode != 0:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "iocsearcher"], check=True)
    return python


def daylight(rounds):
    command = ["cargo", "bench", "--quiet", "-p", "daylight-extract", "--bench", "reading"]
    environment = {**os.environ, "DAYLIGHT_SHARED": str(SHARED)}
    ran = subprocess.run(
        [*command, "--", str(rounds)],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )
    row = re.search(r"^indicators\s+([0-9.]+) MB/s", ran.stdout, re.MULTILINE)
    if row is None:
        sys.exit(f"the benchmark printed no row for indicators:\n{ran.stdout}")
    return float(row[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--target", type=Path, default=ROOT / "target" / "peers" / "iocsearcher")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options.rounds)
    if next(texts(), None) is None:
        sys.exit(f"no texts in {SHARED}; DAYLIGHT_SHARED says where the shared folder is")
    python = python_of(options.target)
    ours = daylight(options.rounds)
    ran = subprocess.run(
        [python, __file__, "--peer", "--rounds", str(options.rounds)],
        env={**os.environ, "DAYLIGHT_SHARED": str(SHARED)}, check=True, stdout=subprocess.PIPE, text=True,
    )
    measured = json.loads(ran.stdout.splitlines()[-1])
    theirs = measured["bytes"] / 1e6 / measured["seconds"]
    print(f"{measured['bytes'] / 1e6:.1f} MB, best of {options.rounds} rounds, one core")
    print(f"daylight    {ours:>10.2f} MB/s")
    print(f"iocsearcher {theirs:>10.2f} MB/s")
    print(f"ratio       {ours / theirs:>10.0f}")


if __name__ == "__main__":
    main()
