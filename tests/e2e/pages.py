#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pages.py BRIDGE HUB BUILD [DIR [PART...]]: the dashboard in a browser.

A hub serves the fixture's edition, which has every kind of cell, or the directory DIR of
another hub; pages/pages.mjs looks at each page with Debian's chromium: four languages, two
widths, two schemes, without JavaScript, by keyboard alone, on paper, and by axe-core.
Exit status 77 where there is no browser.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import npm_packages

HERE = pathlib.Path(__file__).resolve().parent / "pages"


def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return shutil.which(name)
    return None


def fixture(bridge):
    """The bridge, which keeps the directory, and the directory."""
    process = subprocess.Popen([bridge], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    line = {"method": "DIR", "path": "/", "query": [], "accept": "", "accept_language": "",
            "body": ""}
    process.stdin.write(json.dumps(line).encode() + b"\n")
    process.stdin.flush()
    head = json.loads(process.stdout.readline())
    return process, head["type"]


def start_hub(program, folder):
    hub = subprocess.Popen([program, "serve", "--dir", folder, "--http", "127.0.0.1:0",
                            "--listen", "tcp://127.0.0.1:0"],
                           stdout=subprocess.PIPE, text=True)
    base = next((line.split()[-1] for line in hub.stdout
                 if line.startswith("serving HTTP on ")), None)
    if base is None:
        sys.exit("the hub does not serve HTTP")
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{base}/readyz"):
                return hub, base
        except urllib.error.HTTPError:
            time.sleep(0.1)
    hub.terminate()
    sys.exit("the hub does not get ready")


def main(bridge, program, build, directory=None, *parts):
    chromium = browser()
    if not chromium or not shutil.which("npm") or not shutil.which("pdftotext"):
        print("skipped: no chromium, npm or pdftotext here (deploy/install test installs them)")
        return 77
    folder = npm_packages.install(HERE, pathlib.Path(build) / "pages")
    shutil.copy(HERE / "pages.mjs", folder / "pages.mjs")
    keeper = None
    if directory is None:
        keeper, directory = fixture(bridge)
    hub, base = start_hub(program, directory)
    try:
        return subprocess.run(["node", "pages.mjs", base, *parts], cwd=folder, check=False,
                              env={**os.environ, "CHROMIUM": chromium}).returncode
    finally:
        hub.terminate()
        hub.wait()
        if keeper:
            keeper.stdin.close()
            keeper.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
