"""Looks at pages in a browser: valid HTML, nothing fetched, nothing that keeps anybody out.

Usage: check_page.py AXE.min.js PAGE.html...   (pip install html5lib; Debian's chromium)

Each page is opened as wide as a desk and as narrow as a phone, light and dark. axe-core judges what
it shows; a finding of impact serious or critical fails. The browser's own log of the network tells
whether the page asked for anything.
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


def browse(page: Path, width: int, scheme: str, *more: str) -> str:
    command = [
        "chromium", *FLAGS, f"--window-size={width},2000",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", *more, page.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=True).stdout


def asked_for(page: Path, folder: Path) -> list[str]:
    """Addresses the browser asked for while it showed the page."""
    log = folder / "net.json"
    browse(page, 1280, "light", f"--log-net-log={log}", f"--user-data-dir={folder / 'profile'}", "--dump-dom")
    text = log.read_text(errors="replace")
    urls = set(re.findall(r'"url":"((?:https?|wss?|ftp):[^"]*)"', text))
    return sorted(url for url in urls if not is_the_browsers_own(url))


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
            wrong += [f"asks for {url}" for url in asked_for(page, folder)]
            for width in WIDTHS:
                for scheme in SCHEMES:
                    wrong += barriers(page, axe, width, scheme, folder)
        print(f"{page.parent.name}/{page.name}: {'; '.join(wrong) if wrong else 'valid, asks for nothing, keeps nobody out'}")
        failed += bool(wrong)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
