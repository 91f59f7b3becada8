#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vdaf_kat_proof.py PROGRAM VECTORS: vdaf_kat notices every wrong vector.

Each value of a good vector is changed in a copy of its own: a hexadecimal digit at the
front, in the middle and at the end, a number, a true or false; and taken away. Every
copy must fail.
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

# What no operation reads in this version of the format, or reads only once.
UNREAD = {"agg_param", "round"}


def leaves(value, path=()):
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            if key not in UNREAD:
                yield from leaves(inner, path + (key,))
    else:
        yield path, value


def others(value):
    """Values that the one given could be mistaken for, and nothing at all."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 9  # of the reports and aggregators there are fewer
    elif value in {"shard", "verify_init", "verifier_shares_to_message", "verify_next",
                   "aggregate", "unshard"}:
        yield value + "s"
    else:
        for at in {0, len(value) // 2, len(value) - 1}:
            yield value[:at] + "%x" % (int(value[at], 16) ^ 1) + value[at + 1:]
        yield value[:-2]
    yield None


def changed(vector, path, value):
    vector = copy.deepcopy(vector)
    place = vector
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return vector


def run(program, folder):
    result = subprocess.run([program, folder], capture_output=True, text=True, check=False)
    return result.returncode, result.stdout.splitlines()


def main():
    program, vectors = sys.argv[1], pathlib.Path(sys.argv[2])
    vector = json.loads((vectors / "Prio3Linear_1.json").read_text(encoding="utf-8"))
    wrong = [changed(vector, path, value)
             for path, old in leaves(vector) for value in others(old)]
    texts = [json.dumps(one) for one in wrong] + ["", "{}", "[]", json.dumps(vector)[:-1]]
    with tempfile.TemporaryDirectory() as folder:
        for i, text in enumerate(texts):
            (pathlib.Path(folder) / f"Prio3Linear_{i}.json").write_text(text)
        code, lines = run(program, folder)
    for line in lines:
        if line.startswith("passed"):
            i = int(line.split("_")[1].split(".")[0])
            was, now = dict(leaves(vector)), dict(leaves(wrong[i]))
            print("not noticed:", [path for path in was if was[path] != now.get(path)])
    if code != 1 or not lines or lines[-1] != f"0 passed, {len(texts)} failed":
        print(f"exit code {code}, last line {lines[-1:]}, {len(texts)} wrong vectors")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        if run(program, folder) != (1, ["0 passed, 0 failed"]):
            print("an empty folder passes")
            return 1
    print(f"{len(texts)} wrong vectors fail")
    return 0


if __name__ == "__main__":
    sys.exit(main())
