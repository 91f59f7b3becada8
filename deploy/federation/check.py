#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check finished demo folders: what was published against what was true.

Several folders (other seeds) of a track are pooled, which makes the statistical part
sharper. Held of every folder: both tables have the same keys; exact rows are exact; no
row below a threshold has a value; n and schools are those of the truth; the privacy
entries add up to each group's budget. Measured over a track's folders, per group and kind
of mean: the mean of ((value - truth) / se_dp) squared, which is 1 when the error is
honest, and how many intervals hold the truth, which is .95 then. With --accuracy also
that the sealed track is as accurate as 143 schools allow, and, with folders of the open
track beside it, by how much it is better. Of a folder with two sessions the one before is
held to the same, and the differences between them and between groups are checked as
comparisons.py says.
"""

import argparse
import collections
import fractions
import json
import math
import os
import sys

import comparisons
import truth
from measured import Findings, by_chance, number

K_SCHOOLS = 5
K_RESPONDENTS = {"leader": 5, "teacher": 10, "pupil": 20}
BUDGET = {"leader": "185069/1000000", "teacher": "243559/10000000",
          "pupil": "243559/10000000"}
UNRELIABLE = 0.15
BOUNDS = {  # of the squared error over se_dp squared, and of the intervals' hits,
            # wider where so few rows may miss them by chance
    "open": {"ratio": {group: (0.8, 1.25) for group in K_RESPONDENTS},
             "inside": (0.92, 0.98)},
    "sealed": {"ratio": {"leader": (0.7, 1.35), "teacher": (0.85, 1.15),
                         "pupil": (0.85, 1.15)},
               "inside": (0.93, 0.97)},
}
ACCURACY = (  # sealed: group, kind, family, largest root mean square error of rows not u
    ("teacher", "mean", "region", 0.08),
    ("teacher", "area", "province", 0.13),
    ("pupil", "area", "province", 0.04),
    ("leader", "area", "region", 0.07),
)
RELIABLE = ("teacher", "area", "province", 0.75)  # sealed: share of such rows not u
GAIN = ("teacher", "mean", "region", 3.5)         # open track's error over the sealed's
EXACT = ("schools", "registered", "eligible", "invited", "questionnaires", "coverage")
COVERAGE_TOLERANCE = 0.0051  # a percentage is printed with two decimals


def key_of(row):
    return tuple(row[column] for column in truth.KEY)


def name_of(row):
    return "/".join(key_of(row)[2:])


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
    draws = 2 if summary["track"] == "sealed" else None
    for entry in summary["privacy"]:
        rho = fractions.Fraction(entry["rho"])
        name = f"{entry['group']} {entry['family']} {entry['map']}"
        spent[entry["group"]] += rho
        least = math.ceil(fractions.Fraction(entry["delta2"]) / (2 * rho)) if rho else 0
        find.expect("sigma2 = ceil(delta2 / (2 rho))",
                    fractions.Fraction(entry["sigma2"]) == least,
                    f"{name}: {entry['sigma2']}, not {least}")
        find.expect("draws is a number from 0", int(entry["draws"]) >= 0, name)
        if draws is not None:
            find.expect("hub and notary drew for every release with values",
                        int(entry["draws"]) in ((draws, 0) if rho else (0,)), name)
    for group, budget in BUDGET.items():
        find.expect("rho of a group adds up to its budget",
                    spent[group] == fractions.Fraction(budget),
                    f"{group}: {spent[group]}, not {budget}")


def check_sealed(find, folder, summary):
    """Two programs in two directories, and what they took."""
    directories = [os.path.join(folder, "run", side) for side in ("hub", "notary")]
    find.expect("hub and notary have directories of their own",
                all(os.path.exists(os.path.join(directory, "hub.db"))
                    for directory in directories), folder)
    for side in ("hub", "notary"):
        find.expect("verification took time at both sides",
                    summary["verify_ms_per_report"][side] > 0, f"{folder} {side}")
    find.expect("bytes left the schools", summary["bytes_per_school"] > 0, folder)


def measure_row(sums, track, row, true):
    value, exact, se = number(row["value"]), number(true["value"]), number(row["se_dp"])
    if value is None or exact is None or not se or row["measure"] in EXACT:
        return
    inside = float(row["ci_low"]) <= exact <= float(row["ci_high"])
    kind = "area" if row["item"] == "_T" else row["measure"].split("_")[0]
    reliable = row["status"] == ""
    for family in (row["family"], "all"):
        entry = sums[track, row["group"], kind, family]
        entry["rows"] += 1
        entry["ratio"] += ((value - exact) / se) ** 2
        entry["inside"] += inside
        entry["se"] += se
        entry["error"] += (value - exact) ** 2
        entry["reliable"] += reliable
        entry["reliable_error"] += reliable * (value - exact) ** 2


def check_tables(find, sums, folder, track):
    """The edition whose tables/ and truth/ are there."""
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
            measure_row(sums, track, row, true)
    return comparisons.Edition(published, exact)


def check_comparisons(find, sums, folder, summary, now, then):
    """Of two sessions: what was published of their difference, and of groups'."""
    lists = [comparisons.read_differences(os.path.join(folder, "sessions", name))
             for name in ("trend.csv", "differences.csv")]
    comparisons.check_list(find, sums, "trend", lists[0],
                           comparisons.between_sessions(now, then), (now, then))
    comparisons.check_list(find, sums, "groups", lists[1],
                           comparisons.between_groups(now), (now, now))
    comparisons.check_common(
        find, lists[0], comparisons.read_common(
            os.path.join(folder, "truth/common_schools.csv")), summary)
    comparisons.check_targets(
        find, comparisons.read_rows(os.path.join(folder, "sessions/targets.csv")),
        [truth.read_plan(os.path.join(folder, "run/generated", part))
         for part in ("", "earlier")])


def check_folder(find, sums, compared, folder):
    with open(os.path.join(folder, "summary.json"), encoding="utf-8") as file:
        summary = json.load(file)
    track = summary["track"]
    now = check_tables(find, sums, folder, track)
    for session in summary.get("sessions", [])[:-1]:
        then = check_tables(find, sums,
                            os.path.join(folder, "sessions", session["campaign"]), track)
        check_comparisons(find, compared[track], folder, summary, now, then)
    check_privacy(find, summary)
    if track == "sealed":
        check_sealed(find, folder, summary)


def rmse(entry, kind=""):
    """Over all rows, or with kind "reliable_" over those that are not marked u."""
    rows = entry["reliable" if kind else "rows"]
    return math.sqrt(entry[kind + "error"] / rows) if rows else None


def print_sums(sums):
    print(f"{'track':<7} {'group':<8} {'kind':<6} {'family':<15} {'rows':>6} {'ratio':>6} "
          f"{'inside':>7} {'se_dp':>7} {'rmse':>7} {'reliable':>8} {'rmse':>7}")
    for (track, group, kind, family), s in sorted(sums.items()):
        rows = s["rows"]
        reliable = rmse(s, "reliable_")
        print(f"{track:<7} {group:<8} {kind:<6} {family:<15} {rows:>6} "
              f"{s['ratio'] / rows:>6.3f} {s['inside'] / rows:>7.3f} "
              f"{s['se'] / rows:>7.4f} {rmse(s):>7.4f} {s['reliable'] / rows:>8.3f} "
              + (f"{reliable:>7.4f}" if reliable is not None else f"{'-':>7}"))


def check_bounds(find, sums, given_ratio, given_inside):
    """Items only, means and shares together: the areas of one cohort share its items'
    noise."""
    groups = collections.defaultdict(collections.Counter)
    for (track, group, kind, family), s in sums.items():
        if kind != "area" and family == "all":
            groups[track, group].update(s)
    for (track, group), s in groups.items():
        ratio = given_ratio or by_chance(
            BOUNDS[track]["ratio"][group], 1, 2, s["rows"])
        inside = given_inside or by_chance(
            BOUNDS[track]["inside"], 0.95, 0.95 * 0.05, s["rows"])
        mean = s["ratio"] / s["rows"]
        find.expect("squared errors agree with se_dp", ratio[0] <= mean <= ratio[1],
                    f"{track} {group}: {mean:.3f}, not within {ratio[0]:.3f}..{ratio[1]:.3f}")
        share = s["inside"] / s["rows"]
        find.expect("intervals hold the truth", inside[0] <= share <= inside[1],
                    f"{track} {group}: {share:.3f}, not within {inside[0]:.3f}..{inside[1]:.3f}")
        print(f"{track} {group}: squared error over se_dp squared {mean:.3f}, intervals "
              f"that hold the truth {share:.3f}")


def check_accuracy(find, sums):
    """What 143 schools allow on the sealed track, and how much worse the open one is."""
    for group, kind, family, largest in ACCURACY:
        error = rmse(sums["sealed", group, kind, family], "reliable_")
        find.expect("the sealed track is as accurate as it can be",
                    error is not None and error <= largest,
                    f"{group} {kind} {family}: {error}, more than {largest}")
    group, kind, family, least = RELIABLE
    entry = sums["sealed", group, kind, family]
    share = entry["reliable"] / max(1, entry["rows"])
    find.expect("most areas of teachers by province are reliable", share >= least,
                f"{share:.3f}, less than {least}")
    group, kind, family, least = GAIN
    if ("open", group, kind, family) in sums:
        gain = (rmse(sums["open", group, kind, family])
                / rmse(sums["sealed", group, kind, family]))
        find.expect("the sealed track gains over the open one", gain >= least,
                    f"{gain:.2f}, less than {least}")
        print(f"{group} {kind} {family}: the open track's error is {gain:.2f} times the "
              "sealed one's")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folders", nargs="+", metavar="DIR", help="what deploy/demo left")
    parser.add_argument("--ratio", nargs=2, type=float, metavar=("LOW", "HIGH"))
    parser.add_argument("--inside", nargs=2, type=float, metavar=("LOW", "HIGH"))
    parser.add_argument("--accuracy", action="store_true",
                        help="folders of 143 schools: hold the sealed track's errors "
                             "against what is possible")
    options = parser.parse_args()
    find = Findings()
    sums = collections.defaultdict(collections.Counter)
    compared = {track: collections.defaultdict(collections.Counter) for track in BOUNDS}
    try:
        for folder in options.folders:
            check_folder(find, sums, compared, folder)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"check.py: {error!r}")
    find.expect("something noised was published", bool(sums),
                "no mean or share has a value")
    print_sums(sums)
    check_bounds(find, sums, options.ratio, options.inside)
    for track, lists in compared.items():
        comparisons.check_bounds(find, lists, track, options.ratio, options.inside)
    if options.accuracy:
        check_accuracy(find, sums)
    for name, count in find.checked.items():
        failures = find.failed.get(name, [])
        print(f"{'FAIL' if failures else 'ok':<5} {name} ({count} checked"
              + (f", {len(failures)} failed, such as {failures[0]}" if failures else "")
              + ")")
    sys.exit(1 if find.failed else 0)


if __name__ == "__main__":
    main()
