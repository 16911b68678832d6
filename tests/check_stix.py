"""Checks STIX 2.1 bundles with OASIS's validator and parses every object with python-stix2.

Usage: check_stix.py BUNDLE.json...   (pip install stix2-validator stix2)
"""

import json
import sys

import stix2
from stix2validator import ValidationOptions, validate_file


def main(paths: list[str]) -> int:
    failed = 0
    for path in paths:
        result = validate_file(path, ValidationOptions(version="2.1"))
        errors = [error for item in result.object_results for error in item.errors] if result.object_results else []
        if not result.is_valid:
            failed += 1
            print(f"{path}: not valid STIX 2.1")
            for error in errors[:20]:
                print(f"  {error}")
        with open(path, encoding="utf-8") as file:
            objects = json.load(file)["objects"]
        for value in objects:
            stix2.parse(value, allow_custom=False, version="2.1")
        print(f"{path}: {len(objects)} objects, valid: {result.is_valid}")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
