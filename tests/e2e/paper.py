#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""paper.py BIN BRIDGE BUILD: the parliamentary sheet of a whole small federation.

A demo of 40 schools in six provinces is run with the programs of BIN; its own figures are
then printed in four languages, each on one sheet of A4 with nothing cut off
(pages/pages.mjs, realPaper). Exit status 77 where there is no browser.
"""
import pathlib
import subprocess
import sys
import tempfile

import pages

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def main(programs, bridge, build):
    with tempfile.TemporaryDirectory() as folder:
        demo = pathlib.Path(folder) / "demo"
        run = subprocess.run([sys.executable, "-B", SOURCE / "deploy/federation/run.py",
                              "--bin", programs, "--out", demo, "--once", "--schools", "40",
                              "--track", "open"], check=False, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        if run.returncode != 0:
            print(run.stdout)
            return 1
        return pages.main(bridge, f"{programs}/drempel-hub", build, demo / "run/hub",
                          "realPaper")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
