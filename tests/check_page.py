"""Looks at pages in a browser: valid HTML, nothing run or fetched, soon there, nothing that keeps anybody out.

Usage: check_page.py AXE.min.js PAGE.html...   (pip install html5lib; Debian's chromium)

Each page is opened as wide as a desk and as narrow as a phone, light and dark. axe-core judges what
it shows; a finding of impact serious or critical fails. The page is also opened without its content
security policy, so that only its own words keep it quiet: the browser's own log of the network tells
whether it asked for anything, and what became of it whether anything in it ran or was made of its text.
"""

import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import html5lib

WIDTHS = (1280, 390)
# Blink's numbers for prefers-color-scheme.
SCHEMES = {"dark": 0, "light": 1}
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--disable-features=OptimizationHints,MediaRouter",
]
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# Milliseconds until a page is laid out.
OPEN_MAX = 2_000
TIMER = "<script>document.body.offsetHeight; document.body.dataset.laidOut = performance.now()</script>"
# What the page itself never has; a script is the timer.
STRANGERS = {"img", "iframe", "object", "embed", "base", "link", "form", "input", "button", "audio", "video", "use", "foreignObject"}
# Characters that hide, turn round or act.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


def browse(page: Path, width: int, scheme: str, *more: str) -> str:
    command = [
        "chromium", *FLAGS, f"--window-size={width},2000",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", *more, page.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=True).stdout


def quiet(page: Path, folder: Path) -> tuple[list[str], float]:
    """What the page, without its policy, did or let be done when it was opened, and the milliseconds that took."""
    text = POLICY.sub("", page.read_text(encoding="utf-8"), count=1)
    copy = folder / "bare.html"
    copy.write_text(text.replace("</body>", f"{TIMER}</body>"), encoding="utf-8")
    log = folder / "net.json"
    shown = browse(copy, 1280, "light", f"--log-net-log={log}", f"--user-data-dir={folder / 'profile'}", "--dump-dom")
    urls = set(re.findall(r'"url":"((?:https?|wss?|ftp):[^"]*)"', log.read_text(errors="replace")))
    wrong = [f"asks for {url}" for url in sorted(urls) if not is_the_browsers_own(url)]
    tree = html5lib.parse(shown, namespaceHTMLElements=False)
    wrong += strangers(tree)
    if tree.find(".//title").text != html5lib.parse(text, namespaceHTMLElements=False).find(".//title").text:
        wrong.append("something in it changed its title")
    if found := HIDDEN.search(text):
        wrong.append(f"shows U+{ord(found[0]):04X}")
    took = float(tree.find(".//body").get("data-laid-out"))
    if took > OPEN_MAX:
        wrong.append(f"took {took:.0f} ms to open")
    return wrong, took


def strangers(tree) -> list[str]:
    """Elements and attributes that only text of others could have brought into the page."""
    wrong = []
    scripts = 0
    for element in tree.iter():
        name = str(element.tag).rpartition("}")[2]
        scripts += name == "script"
        if name in STRANGERS or name == "meta" and element.get("http-equiv"):
            wrong.append(f"has <{name}>")
        for key, value in element.items():
            if key.startswith("on") or key in ("href", "src", "srcdoc") and not value.startswith("#"):
                wrong.append(f"has {name} {key}={value[:60]}")
    return [*wrong, *(["has a script"] if scripts != 1 else [])]


def is_the_browsers_own(url: str) -> bool:
    return re.match(r"https?://([\w.-]+\.)?(google|googleapis|gstatic|gvt1)\.com[:/]", url) is not None


def barriers(page: Path, axe: str, width: int, scheme: str, folder: Path) -> list[str]:
    """What axe-core finds serious, in a copy of the page that may run it."""
    run = """
    axe.run(document, {resultTypes: ['violations']}).then(found => {
      const out = document.createElement('pre');
      out.id = 'axe-found';
      out.textContent = JSON.stringify(found.violations.map(it => [it.impact, it.id, it.nodes.length, it.nodes[0].html.slice(0, 160)]));
      document.body.append(out);
    });
    """
    text = POLICY.sub("", page.read_text(encoding="utf-8"), count=1)
    copy = folder / f"{page.stem}-{width}-{scheme}.html"
    copy.write_text(text.replace("</body>", f"<script>{axe}</script><script>{run}</script></body>"), encoding="utf-8")
    shown = browse(copy, width, scheme, "--virtual-time-budget=30000", "--dump-dom")
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', shown, re.DOTALL)
    if not found:
        raise ValueError(f"{page}: axe-core did not end")
    violations = json.loads(html.unescape(found[1]))
    return [f"{width} {scheme} {impact}: {rule} ({count}, {where})"
            for impact, rule, count, where in violations if impact in ("serious", "critical")]


def main(axe_path: str, pages: list[str]) -> int:
    axe = Path(axe_path).read_text(encoding="utf-8")
    failed = 0
    for page in (Path(page).resolve() for page in pages):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            wrong = []
            try:
                html5lib.HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))
            except html5lib.html5parser.ParseError as error:
                wrong.append(f"not valid HTML: {error}")
            strange, took = quiet(page, folder)
            wrong += strange
            for width in WIDTHS:
                for scheme in SCHEMES:
                    wrong += barriers(page, axe, width, scheme, folder)
        good = f"valid, runs and asks for nothing, keeps nobody out, laid out in {took:.0f} ms"
        print(f"{page.parent.name}/{page.name}: {'; '.join(wrong) or good}")
        failed += bool(wrong)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
