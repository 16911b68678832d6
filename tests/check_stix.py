"""Checks STIX 2.1 bundles with OASIS's validator and parses every object with python-stix2.

Usage: check_stix.py [--strict] BUNDLE.json...   (pip install stix2-validator stix2)

With --strict, what STIX only recommends must hold too, but for three things: ids that are random
(103; ours follow from what they name, so that the same input gives the same output), hashes of
pages that are referred to (302; nobody has fetched them) and kinds of accounts that STIX lists
(244; the list is open, and MISP knows others).
"""

import json
import sys
import uuid

import stix2
from stix2validator import ValidationOptions, validate_file


def differs(parsed, value: dict) -> bool:
    """Whether python-stix2 makes another id for an observable; ids that follow from nothing it skips."""
    if "created" in value or uuid.UUID(value["id"].split("--")[1]).version != 5:
        return False
    given = {name: parsed[name] for name in value if name not in ("id", "type", "spec_version")}
    return type(parsed)(**given).id != value["id"]


def main(paths: list[str]) -> int:
    strict = "--strict" in paths
    paths = [path for path in paths if path != "--strict"]
    failed = 0
    for path in paths:
        result = validate_file(path, ValidationOptions(version="2.1", strict=strict, disabled="103,244,302"))
        errors = [error for item in result.object_results for error in item.errors] if result.object_results else []
        if not result.is_valid:
            failed += 1
            print(f"{path}: not valid STIX 2.1")
            for error in errors[:20]:
                print(f"  {error}")
        with open(path, encoding="utf-8") as file:
            objects = json.load(file)["objects"]
        for value in objects:
            parsed = stix2.parse(value, allow_custom=False, version="2.1")
            if differs(parsed, value):
                failed += 1
                print(f"{path}: python-stix2 gives {value['id']} another id")
        print(f"{path}: {len(objects)} objects, valid: {result.is_valid}")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
