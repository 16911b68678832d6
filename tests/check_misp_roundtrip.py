"""MISP events through Daylight's store and back, beside the same through misp-stix.

    check_misp_roundtrip.py DAYLIGHT EVENT...

Each event goes through `daylight import` and `daylight export --format misp`, and through misp-stix
(MISP to STIX 2.1 to MISP). What misp-stix keeps of an attribute as it was, Daylight has to keep as well:
type, value, category, to_ids, comment and tags. The event as a whole, with its objects, galaxies,
references, sightings and reports, has to come back to the letter, and pymisp has to read it.

Then the STIX that Daylight exports is looked through without the record of the event in it: which
values are in objects that any reader of STIX understands. What misp-stix writes as objects of STIX's
own and Daylight does not has to be explained in misp_roundtrip.json, by type of attribute, and what is
explained there has to be so.
"""

import json
import logging
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from misp_stix_converter import InternalSTIX2toMISPParser, MISPtoSTIX21Parser
from pymisp import MISPEvent
from stix2 import parse

EXPLAINED = json.loads(Path(__file__).with_suffix("").with_name("misp_roundtrip.json").read_text())
FIELDS = ("type", "value", "category", "to_ids", "comment", "tags")
RECORD = "extension-definition--3f1c9a52-6a0e-5d0b-9f6b-0e5d3a6f9c11"


def daylight(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    # 1: something was left out, which is told and checked here.
    if done.returncode > 1:
        sys.exit(f"{program} {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def through_daylight(program, path, folder):
    """What comes back, at once and by way of STIX, that STIX, and what the import says it left out."""
    store = str(folder / "store.db")
    report = json.loads(daylight(program, "import", str(path), "--json", "--store", store))[0]
    export = ["export", "--max-tlp", "red", "--store", store]
    back = json.loads(daylight(program, *export, "--format", "misp"))["response"]
    stix = json.loads(daylight(program, *export))
    # The STIX, taken into another store, gives the event as well.
    (folder / "bundle.json").write_text(json.dumps(stix))
    other = str(folder / "other.db")
    daylight(program, "import", str(folder / "bundle.json"), "--store", other)
    again = json.loads(daylight(program, *export[:-1], other, "--format", "misp"))["response"]
    return back, again, stix, report["left_out_list"]


def through_misp_stix(event):
    """What comes back, and the STIX between."""
    writer = MISPtoSTIX21Parser()
    writer.parse_misp_event(event)
    bundle = writer.bundle
    reader = InternalSTIX2toMISPParser()
    reader.load_stix_bundle(parse(bundle.serialize(), allow_custom=True))
    reader.parse_stix_bundle()
    return reader.misp_event, json.loads(bundle.serialize())


def attributes(event):
    """What is said of each attribute, by its uuid."""
    every = list(event.attributes)
    for one in event.objects:
        every.extend(one.attributes)
    return {
        str(it.uuid): {
            "type": it.type,
            "value": str(it.value),
            "category": it.category,
            "to_ids": bool(it.to_ids),
            "comment": getattr(it, "comment", "") or "",
            "tags": sorted(tag.name for tag in it.tags),
        }
        for it in every
    }


def compared(original, ours, theirs):
    """What misp-stix keeps of attributes as it was and Daylight does not, and how much misp-stix does not."""
    problems, changed = [], Counter()
    for uuid, was in original.items():
        # misp-stix gives attributes of some objects other uuids.
        alike = (it for it in theirs.values() if (it["type"], it["value"]) == (was["type"], was["value"]))
        their = theirs.get(uuid) or next(alike, {})
        for field in FIELDS:
            is_kept = their.get(field) == was[field]
            changed[field] += not is_kept
            if is_kept and ours.get(uuid, {}).get(field) != was[field]:
                problems.append(f"{was['type']} {was['value']!r}: misp-stix keeps its {field}, Daylight does not")
    return problems, changed


LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|= ([0-9]+)")


def texts(value, key=None):
    """All texts and numbers of a STIX object, with the values of patterns one by one."""
    if isinstance(value, dict):
        # The name of an indicator is no more than what people read.
        shown = {"name", "description"} if value.get("type") == "indicator" else set()
        for name, inside in value.items():
            # misp-stix writes the attribute beside the pattern as well.
            if name not in {RECORD, "labels"} | shown:
                yield from texts(inside, name)
    elif isinstance(value, list):
        for inside in value:
            yield from texts(inside, key)
    elif not isinstance(value, bool):
        yield str(value)
        if key == "pattern":
            for text, number in LITERAL.findall(value):
                yield re.sub(r"\\(.)", r"\1", text) or number


def standard(bundle):
    """All that objects of STIX's own types say, as it is compared."""
    of_misp = ("report", "grouping", "note")
    objects = [it for it in bundle["objects"] if not it["type"].startswith(("x-misp", *of_misp))]
    return {plain(text) for it in objects for text in texts(it)}


def plain(text):
    """STIX wants the names of registry hives spelled out; MISP writes AS before its numbers."""
    lower = text.lower().replace("hkey_local_machine", "hklm").replace("hkey_current_user", "hkcu")
    return lower.strip().removeprefix("as") if re.fullmatch("as[0-9]+", lower) else lower.strip()


def said(attribute, found):
    """Whether the values of an attribute are among what was found."""
    is_pair = "|" in attribute["type"] or attribute["type"] == "malware-sample"
    parts = attribute["value"].split("|") if is_pair else [attribute["value"]]
    # A single letter or digit stands anywhere.
    return all(len(part) > 1 and plain(part) in found for part in parts)


def check(program, path):
    original = MISPEvent()
    original.load_file(path)
    # misp-stix writes some values anew where they stand.
    all_of_them = attributes(original)
    event = json.loads(Path(path).read_text())
    with tempfile.TemporaryDirectory() as folder:
        back, again, stix, left_out = through_daylight(program, path, Path(folder))
    problems = []
    if back != [event]:
        problems.append("the event does not come back as it was")
    if again != back:
        problems.append("by way of STIX, another event comes back")
    ours = MISPEvent()
    ours.from_dict(**back[0]["Event"])
    theirs, their_stix = through_misp_stix(original)
    kept, own = attributes(theirs), attributes(ours)
    lost, changed = compared(all_of_them, own, kept)
    problems.extend(lost)
    counts = {name: len(getattr(ours, name)) for name in ("objects", "galaxies", "event_reports")}
    for name, count in counts.items():
        if count != len(getattr(original, name)):
            problems.append(f"{name}: {count} of {len(getattr(original, name))} come back")

    # What the event says where every reader of STIX finds it.
    our_text, their_text = standard(stix), standard(their_stix)
    only_theirs = {
        it["type"] for it in all_of_them.values() if said(it, their_text) and not said(it, our_text)
    }
    only_ours = sorted(
        {it["type"] for it in all_of_them.values() if said(it, our_text) and not said(it, their_text)}
    )
    told = {it["place"].rsplit(" ", 1)[-1] for it in left_out}
    # The port beside an address stays in the record.
    host = lambda it: {**it, "type": "", "value": it["value"].split("|")[0]} if "|port" in it["type"] else it
    silent = [
        it["type"]
        for uuid, it in all_of_them.items()
        if not said(host(it), our_text) and uuid not in told
    ]
    if silent:
        problems.append(f"neither in the STIX nor told to be left out: {sorted(set(silent))}")
    print(f"{path}: {len(all_of_them)} attributes")
    print(f"  not as they were after misp-stix: {', '.join(f'{field} {count}' for field, count in changed.items())}")
    print(
        f"  in STIX's own objects: {sum(said(it, our_text) for it in all_of_them.values())}, by misp-stix "
        f"{sum(said(it, their_text) for it in all_of_them.values())}; in Daylight's alone: {', '.join(only_ours)}"
    )
    print(f"  told to be left out: {len(left_out)}")
    return problems, only_theirs


def main():
    logging.disable(logging.WARNING)
    program, *paths = sys.argv[1:]
    problems, only_theirs = [], set()
    for path in paths:
        of_this, kinds = check(program, path)
        problems.extend(f"{path}: {it}" for it in of_this)
        only_theirs |= kinds
    for kind in sorted(only_theirs - set(EXPLAINED)):
        problems.append(f"in misp-stix's STIX, not in Daylight's, and not explained: {kind}")
    for kind in sorted(set(EXPLAINED) - only_theirs):
        problems.append(f"explained, and not so: {kind}")
    print("\n".join(problems))
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
