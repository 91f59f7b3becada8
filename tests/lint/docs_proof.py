#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs_proof.py: docs.py finds what it is for. Each row changes one file of a copy of the
tree, expects a complaint that was not there before, and puts the file back."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TREE = ("include", "proto", "node", "hub", "deploy", "tests", "README.md")

# File, what is replaced (a regular expression), by what, and words of the complaint.
PLANTED = (
    ("include/drempel/err.h", r'X\(CLOSED, 74, "the', 'X(CLOSED, 74, "a', "error 74"),
    ("include/drempel/err.h", r"X\(CLOSED, 74,", "X(SHUT, 74,", "error 74"),
    ("include/drempel/err.h", r"X\(INTERNAL,", 'X(NEW, 89, "new") X(INTERNAL,', "error 89"),
    ("proto/PROTOCOL.md", r"\| 74 \| `CLOSED` \|", "| 80 | `CLOSED` |", "error 80"),
    ("include/drempel/limits.h", r"(DRP_NESTING_MAX\s+)8", r"\g<1>9",
     "limit DRP_NESTING_MAX"),
    ("include/drempel/limits.h", r"256 \* 1024", "256 * 1023",
     "limit DRP_MESSAGE_MAX_BYTES"),
    ("include/drempel/limits.h", r"/\* Wire \*/", "#define DRP_NEW 1", "limit DRP_NEW"),
    ("proto/PROTOCOL.md", r"\| `DRP_NESTING_MAX` \| 8 \|", "| `DRP_NESTING` | 8 |",
     "limit DRP_NESTING:"),
    ("proto/session/messages.h", r"(DRP_STATUS_MAX\s+)64", r"\g<1>65",
     "bound DRP_STATUS_MAX"),
    ("proto/model/contribution.c", r"INT64_C\(1\) << 53", "INT64_C(1) << 52",
     "bound VALUE_MAX"),
    ("proto/session/chain.c", '"drempel log 1"', '"drempel diary 1"', "'drempel diary 1'"),
    ("proto/session/chain.c", '"drempel log 1"', '"drempel diary 1"', "'drempel log 1'"),
    ("proto/crypto/crypto.c", 'key, "drempel store"', 'key, "drempel shop"', "'drempel shop'"),
    ("proto/crypto/keyfile.c", 'path, "secret"', 'path, "sesame"', "'drempel sesame 1'"),
    ("proto/PROTOCOL.md", r"\| `drempel log 1` \|", "| `drempel tree 1` |",
     "'drempel tree 1'"),
    ("proto/wire/reader.h", '"Canonical form"', '"Canonical forms"',
     'no section "Canonical forms"'),
    ("README.md", r"\(node/IMPORT\.md\)", "(node/EXPORT.md)", "node/EXPORT.md leads nowhere"),
    ("README.md", r"\(node/IMPORT\.md\)", "(proto/PROTOCOL.md#nothing)", "names no heading"),
    ("proto/PROTOCOL.md", r"\(\.\./ARCHITECTURE\.md\)", "(../../elsewhere.md)",
     "elsewhere.md leads nowhere"),
    ("proto/PRIVACY.md", "`attack.averaging`", "`attack.avering`",
     "no test attack.avering"),
    ("proto/PRIVACY.md", r"(?s)attack\.erasure(.*)attack\.erasure", r"lint.docs\1lint.docs",
     "attack.erasure is not named"),
    ("proto/PRIVACY.md", r"\| `attack.averaging` \|", "| |", "has no test"),
    ("tests/e2e/CMakeLists.txt", r"\(name canary", "(name", "no test e2e.canary"),
    ("hub/home/hub.c", "#include", "/* see /wo" "rk/ */\n#include", "speaks of /wo" "rk/"),
)


def complaints(tree):
    ran = subprocess.run([sys.executable, HERE / "docs.py", tree], capture_output=True,
                         text=True, check=False)
    if ran.returncode not in (0, 1) or (ran.returncode == 0) != (ran.stdout == ""):
        sys.exit(f"docs.py ended with {ran.returncode}: {ran.stdout}{ran.stderr}")
    return set(ran.stdout.splitlines())


def copy(tree):
    for name in TREE:
        source = HERE.parents[1] / name
        if source.is_dir():
            shutil.copytree(source, tree / name)
        else:
            shutil.copy(source, tree / name)


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        copy(tree)
        before = complaints(tree)
        for name, old, new, words in PLANTED:
            path = tree / name
            text = path.read_text(encoding="utf-8")
            changed = re.sub(old, new, text, count=1)
            if changed == text:
                print(f"{name} does not hold {old!r}: choose another place")
                failed = 1
                continue
            path.write_text(changed, encoding="utf-8")
            found = complaints(tree) - before
            if not any(words in line for line in found):
                print(f"not found: {name}: {new!r}; only {sorted(found)}")
                failed = 1
            path.write_text(text, encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
