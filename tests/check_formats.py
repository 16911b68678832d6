"""Reads what an investigation wrote for other tools with those tools' own readers.

Usage: check_formats.py SARIF_SCHEMA.json FOLDER...   (pip install pymisp mitreattack-python jsonschema)
"""

import json
import sys
from pathlib import Path

import jsonschema
from mitreattack.navlayers import Layer
from pymisp import MISPEvent


def misp(path: Path) -> str:
    event = MISPEvent()
    event.load_file(path)
    written = json.loads(path.read_text())["Event"]
    if len(event.attributes) != len(written["Attribute"]):
        raise ValueError(f"{path}: pymisp keeps {len(event.attributes)} of {len(written['Attribute'])} attributes")
    return f"{len(event.attributes)} attributes"


def layer(path: Path) -> str:
    read = Layer()
    read.from_file(str(path))
    return f"{len(read.layer.techniques)} techniques"


def sarif(path: Path, schema: dict) -> str:
    log = json.loads(path.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    errors = [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(log)]
    if errors:
        raise ValueError(f"{path}: {len(errors)} errors, the first: {errors[0]}")
    return f"{len(log['runs'][0]['results'])} results"


def timesketch(path: Path) -> str:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if not all(line.get(field) for field in ("message", "datetime", "timestamp_desc")):
            raise ValueError(f"{path}: a line lacks what Timesketch asks for: {line}")
    return f"{len(lines)} events"


def main(schema: str, folders: list[str]) -> None:
    sarif_schema = json.loads(Path(schema).read_text())
    for folder in map(Path, folders):
        print(
            f"{folder.name}: MISP {misp(folder / 'misp.json')}, layer {layer(folder / 'attack-layer.json')},"
            f" SARIF {sarif(folder / 'findings.sarif', sarif_schema)}, Timesketch {timesketch(folder / 'timesketch.jsonl')}"
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
