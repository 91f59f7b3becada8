#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check finished demo folders: what was published against what was true.

Several folders (other seeds) are pooled, which makes the statistical part sharper. Held
of every folder: both tables have the same keys; exact rows are exact; no row below a
threshold has a value; n and schools are those of the truth; the privacy entries add up
to each group's budget. Measured over all folders, per group and kind of mean: the mean
of ((value - truth) / se_dp) squared, which is 1 when the error is honest, and how many
intervals hold the truth, which is .95 then.
"""

import argparse
import collections
import fractions
import json
import math
import os
import sys

import truth

K_SCHOOLS = 5
K_RESPONDENTS = {"leader": 5, "teacher": 10, "pupil": 20}
BUDGET = {"leader": "185069/1000000", "teacher": "243559/10000000",
          "pupil": "243559/10000000"}
UNRELIABLE = 0.15
EXACT = ("schools", "registered", "eligible", "invited", "questionnaires", "coverage")
COVERAGE_TOLERANCE = 0.0051  # a percentage is printed with two decimals


class Findings:
    """Failed checks by name, with one example each and a count."""

    def __init__(self):
        self.failed = collections.OrderedDict()
        self.checked = collections.Counter()

    def expect(self, name, holds, example):
        self.checked[name] += 1
        if not holds:
            self.failed.setdefault(name, []).append(example)


def key_of(row):
    return tuple(row[column] for column in truth.KEY)


def name_of(row):
    return "/".join(key_of(row)[2:])


def number(text):
    return float(text) if text != "" else None


def check_row(find, row, true):
    """What must hold of one published row, whatever the noise."""
    name = name_of(row)
    value, exact = number(row["value"]), number(true["value"])
    measure = row["measure"]
    find.expect("a suppressed or absent row is empty",
                row["status"] not in ("c", "x", "z") or row["value"] == "", name)
    find.expect("an empty row says why",
                value is not None or row["status"] in ("c", "x", "z"), name)
    find.expect("schools is filled wherever value is",
                value is None or row["schools"] != "", name)
    counted = measure in ("questionnaires", "mean") or measure.startswith("share_")
    find.expect("n is on questionnaires, mean and share rows only",
                counted or row["n"] == "", name)
    if value is None:
        return
    find.expect("a published value has a truth", exact is not None, name)
    if measure in EXACT and exact is not None:
        tolerance = COVERAGE_TOLERANCE if measure == "coverage" else 0
        find.expect("exact rows are exact", abs(value - exact) <= tolerance,
                    f"{name}: {row['value']} for {true['value']}")
    if row["group"] != "_T" or row["family"] == "province_level":
        find.expect("no value below five schools", int(row["schools"]) >= K_SCHOOLS, name)
    find.expect("schools is that of the truth", row["schools"] == true["schools"],
                f"{name}: {row['schools']} for {true['schools']}")
    if counted:
        # n of a mean may be withheld: it could give away that of units without values.
        find.expect("n is that of the truth", row["n"] == true["n"]
                    or (row["n"] == "" and measure != "questionnaires"),
                    f"{name}: {row['n']} for {true['n']}")
        if measure != "questionnaires":
            find.expect("no value below the respondents' threshold",
                        int(true["n"]) >= K_RESPONDENTS[row["group"]], name)
            find.expect("a noised row has its error",
                        "" not in (row["se_dp"], row["ci_low"], row["ci_high"]), name)
    if measure == "mean" and row["se_dp"]:
        find.expect("u marks the means with se_dp over .15",
                    (row["status"] == "u") == (float(row["se_dp"]) > UNRELIABLE), name)


def check_privacy(find, summary):
    """rho adds up to the budget; sigma2 is the smallest whole number for it."""
    spent = collections.Counter()
    for entry in summary["privacy"]:
        rho = fractions.Fraction(entry["rho"])
        spent[entry["group"]] += rho
        least = math.ceil(fractions.Fraction(entry["delta2"]) / (2 * rho))
        find.expect("sigma2 = ceil(delta2 / (2 rho))",
                    fractions.Fraction(entry["sigma2"]) == least,
                    f"{entry['group']} {entry['family']}: {entry['sigma2']}, not {least}")
        find.expect("draws is a number from 0", int(entry["draws"]) >= 0, entry["group"])
    for group, budget in BUDGET.items():
        find.expect("rho of a group adds up to its budget",
                    spent[group] == fractions.Fraction(budget),
                    f"{group}: {spent[group]}, not {budget}")


def measure_row(sums, row, true):
    value, exact, se = number(row["value"]), number(true["value"]), number(row["se_dp"])
    if value is None or exact is None or not se or row["measure"] in EXACT:
        return
    inside = float(row["ci_low"]) <= exact <= float(row["ci_high"])
    kind = "area" if row["item"] == "_T" else row["measure"].split("_")[0]
    for family in (row["family"], "all"):
        entry = sums[row["group"], kind, family]
        entry["rows"] += 1
        entry["ratio"] += ((value - exact) / se) ** 2
        entry["inside"] += inside
        entry["se"] += se
        entry["error"] += (value - exact) ** 2
        entry["reliable"] += row["status"] == ""


def check_folder(find, sums, folder):
    published = truth.read_observations(os.path.join(folder, "tables/observations.csv"))
    exact = truth.read_observations(os.path.join(folder, "truth/observations.csv"))
    truths = {key_of(row): row for row in exact}
    find.expect("keys are unique", len(truths) == len(exact)
                and len({key_of(row) for row in published}) == len(published), folder)
    find.expect("both tables have the same keys",
                {key_of(row) for row in published} == set(truths), folder)
    for row in published:
        true = truths.get(key_of(row))
        if true:
            check_row(find, row, true)
            measure_row(sums, row, true)
    with open(os.path.join(folder, "summary.json"), encoding="utf-8") as file:
        check_privacy(find, json.load(file))


def print_sums(sums):
    print(f"{'group':<8} {'kind':<6} {'family':<15} {'rows':>6} {'ratio':>6} "
          f"{'inside':>7} {'se_dp':>7} {'rmse':>7} {'reliable':>8}")
    for (group, kind, family), s in sorted(sums.items()):
        rows = s["rows"]
        print(f"{group:<8} {kind:<6} {family:<15} {rows:>6} {s['ratio'] / rows:>6.3f} "
              f"{s['inside'] / rows:>7.3f} {s['se'] / rows:>7.4f} "
              f"{math.sqrt(s['error'] / rows):>7.4f} {s['reliable'] / rows:>8.3f}")


def check_bounds(find, sums, ratio, inside):
    """Items only: the areas of one cohort share its items' noise."""
    for (group, kind, family), s in sums.items():
        if kind != "area" and family == "all":
            mean = s["ratio"] / s["rows"]
            find.expect("squared errors agree with se_dp", ratio[0] <= mean <= ratio[1],
                        f"{group} {kind}: {mean:.3f}, not within {ratio[0]}..{ratio[1]}")
            share = s["inside"] / s["rows"]
            find.expect("intervals hold the truth", inside[0] <= share <= inside[1],
                        f"{group} {kind}: {share:.3f}, not within "
                        f"{inside[0]}..{inside[1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folders", nargs="+", metavar="DIR", help="what deploy/demo left")
    parser.add_argument("--ratio", nargs=2, type=float, default=(0.8, 1.25),
                        metavar=("LOW", "HIGH"))
    parser.add_argument("--inside", nargs=2, type=float, default=(0.92, 0.98),
                        metavar=("LOW", "HIGH"))
    options = parser.parse_args()
    find = Findings()
    sums = collections.defaultdict(collections.Counter)
    try:
        for folder in options.folders:
            check_folder(find, sums, folder)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"check.py: {error!r}")
    find.expect("something noised was published", bool(sums),
                "no mean or share has a value")
    check_bounds(find, sums, options.ratio, options.inside)
    print_sums(sums)
    for name, count in find.checked.items():
        failures = find.failed.get(name, [])
        print(f"{'FAIL' if failures else 'ok':<5} {name} ({count} checked"
              + (f", {len(failures)} failed, such as {failures[0]}" if failures else "")
              + ")")
    sys.exit(1 if find.failed else 0)


if __name__ == "__main__":
    main()
