# SPDX-License-Identifier: Apache-2.0
"""The npm packages that a test's programs need, fetched once a build folder."""
import pathlib
import shutil
import subprocess
import sys


def install(source, folder):
    """What source's package.json and lock name, into folder; again when they change. Ends
    the program with status 77, skipped, where npm cannot fetch them."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        new = (source / name).read_bytes()
        if not (folder / name).exists() or (folder / name).read_bytes() != new:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            (folder / name).write_bytes(new)
    if not (folder / "node_modules").is_dir():
        fetched = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
                                 cwd=folder, check=False, stdout=subprocess.DEVNULL)
        if fetched.returncode != 0:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            print("skipped: npm cannot fetch its packages here (its own lines say why)")
            sys.exit(77)
    return folder
