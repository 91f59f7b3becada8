# SPDX-License-Identifier: Apache-2.0
"""Check lists of differences, as hub/tables/difference.h has them, against both editions
and against what is true.

Of a trend's rows, later - earlier, and of those between two groups: the list has every
pair of means that there is and no other; its means are those of the editions; difference,
error, interval and finding follow from them by the rule; schools in common are those of
the truth. Measured over the statements: the mean of ((difference - true difference) /
se_dp) squared and how many intervals hold the true one, as check.py does of means; and how
many differences found to be higher or lower truly go the other way.
"""

import collections
import csv
import decimal
import math

import truth
from measured import by_chance

COLUMNS = ("campaign", "edition", "other_campaign", "other_edition", "family", "province",
           "level", "network", "group", "other_group", "area", "item", "mean",
           "other_mean", "difference", "se_dp", "ci_low", "ci_high", "n", "other_n",
           "schools", "other_schools", "common_schools", "finding", "status")
PLACE = ("family", "province", "level", "network", "area", "item")
SECTOR = {"basis": (1,), "secundair": (2, 3, 4), "total": (1, 2, 3, 4)}  # levels
RELEVANT = decimal.Decimal("0.25")
CLEAR = decimal.Decimal("1.96")
WRONG_WAY = 0.025  # most that noise alone turns round, of all that have a finding
LEAST_ROWS = 30    # fewer say nothing about errors
ERRORS = 4         # how far a list may be off by chance: there are several of them
BOUNDS = {"open": {"ratio": (0.8, 1.25), "inside": (0.92, 0.98)},
          "sealed": {"ratio": (0.8, 1.2), "inside": (0.93, 0.97)}}


class Edition:
    """The means of one edition and of its truth, by place and group."""

    def __init__(self, published, exact):
        self.rows, self.true = ({self.key(row): row for row in rows
                                 if row["measure"] == "mean"} for rows in (published, exact))

    @staticmethod
    def key(row, group="group"):
        return (*(row[column] for column in PLACE), row[group])


def read_differences(path):
    """As the hub's API gives it, which joins the parts of a folded cohort by '-'."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path}: the header is not {','.join(COLUMNS)}")
        return [{**row, **{column: row[column].replace("-", "+")
                           for column in ("province", "level", "network")}}
                for row in reader]


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_common(path):
    return {tuple(row[column] for column in truth.COHORT): row["common_schools"]
            for row in read_rows(path)}


def name_of(row):
    return "/".join([*(row[column] for column in PLACE), row["group"], row["other_group"]])


def between_sessions(later, earlier):
    """Keys of the rows that a trend must have."""
    return {(*key, key[-1]) for key in later.rows
            if key in earlier.rows and key[0] in truth.ONE_WAY}


def between_groups(edition):
    places = collections.defaultdict(list)
    for *place, group in edition.rows:
        places[tuple(place)].append(group)
    order = {"leader": 0, "teacher": 1, "pupil": 2}
    return {(*place, one, other) for place, groups in places.items()
            for one in groups for other in groups if order[one] < order[other]}


def finding_of(difference, se):
    if abs(difference) <= CLEAR * se:
        return "unclear"
    if abs(difference) < RELEVANT:
        return "small"
    return "higher" if difference > 0 else "lower"


def check_rule(find, row, one, other):
    """What follows from two published means."""
    name = name_of(row)
    find.expect("a difference's means are those of the editions",
                all((row[mine], row["other_" + mine]) == (one[theirs], other[theirs])
                    for mine, theirs in (("mean", "value"), ("n", "n"),
                                         ("schools", "schools"))), name)
    marks = {one["status"], other["status"]}
    status = next((mark for mark in "zcxu" if mark in marks), "")
    find.expect("a difference is marked as its means are", row["status"] == status, name)
    if status in ("c", "z", "x"):
        find.expect("without both means there is no difference", not any(
            row[column] for column in ("difference", "se_dp", "ci_low", "ci_high",
                                       "finding")), name)
        return
    difference, se, low, high, mean, other_mean, se_one, se_other = map(decimal.Decimal, (
        row["difference"], row["se_dp"], row["ci_low"], row["ci_high"], one["value"],
        other["value"], one["se_dp"], other["se_dp"]))
    digit = decimal.Decimal(1).scaleb(difference.as_tuple().exponent)
    least = (se_one ** 2 + se_other ** 2).sqrt()
    find.expect("a difference is one mean less the other", difference == mean - other_mean,
                f"{name}: {difference}, not {mean} - {other_mean}")
    find.expect("its variance is the sum of both", least <= se < least + digit,
                f"{name}: {se}, not {least}")
    find.expect("its interval is 1.96 errors wide on each side",
                all(0 <= CLEAR * se - half < digit
                    for half in (high - difference, difference - low)), name)
    finding = "" if status else finding_of(difference, se)
    find.expect("a finding follows the rule", row["finding"] == finding,
                f"{name}: {row['finding']}, not {finding}")


def measure(entry, row, change):
    """Adds a row with a value to the sums of its list."""
    difference, se = float(row["difference"]), float(row["se_dp"])
    entry["wrong"] += row["finding"] in ("higher", "lower") and difference * change < 0
    entry["found"] += row["finding"] != ""
    if row["item"] != "_T":  # an area's error is made of its statements'
        entry["rows"] += 1
        entry["ratio"] += ((difference - change) / se) ** 2
        entry["inside"] += float(row["ci_low"]) <= change <= float(row["ci_high"])


def check_list(find, sums, what, rows, expected, sides):
    """One list; sides are the editions of the first and of the second mean."""
    one, other = sides
    keys = [(*one.key(row), row["other_group"]) for row in rows]
    find.expect(f"{what} has each pair of means once",
                len(keys) == len(expected) and set(keys) == expected,
                f"{len(keys)} rows for {len(expected)}")
    for row in rows:
        first, second = one.key(row), other.key(row, "other_group")
        if first not in one.rows or second not in other.rows:
            continue
        check_rule(find, row, one.rows[first], other.rows[second])
        if row["difference"]:
            change = float(one.true[first]["value"]) - float(other.true[second]["value"])
            measure(sums[what, row["group"], row["other_group"]], row, change)


def check_common(find, rows, common, summary):
    for row in rows:
        expected = common[tuple(row[column] for column in truth.COHORT)]
        find.expect("schools in common are those of the truth",
                    row["common_schools"] == expected,
                    f"{name_of(row)}: {row['common_schools']}, not {expected}")
    find.expect("the summary says how many schools were in both sessions",
                common["region", "_T", "_T", "_T"] == str(summary["common_schools"]),
                summary["common_schools"])


def check_targets(find, rows, plans):
    """Schools of the target's sector that took part in one of the sessions or in both,
    unless the target's day is over: then they came too late for it."""
    find.expect("the hub reports on its targets", rows != [], "none")
    for row in rows:
        either = {school["school"] for plan in plans for school in plan["schools"]
                  if any(unit["level"] in SECTOR[row["sector"]] for unit in school["units"])}
        if row["state"] == "took_part" and row["counted_until"] < row["by"]:
            find.expect("a target counts the schools of all sessions once",
                        row["reached"] == str(len(either)),
                        f"{row['target']}: {row['reached']}, not {len(either)}")


def check_bounds(find, sums, track, given_ratio, given_inside):
    for (what, group, other), s in sorted(sums.items()):
        name = f"{track} {what} {group}" + (f" - {other}" if other != group else "")
        if s["rows"] >= LEAST_ROWS:
            ratio, inside = s["ratio"] / s["rows"], s["inside"] / s["rows"]
            low, high = by_chance(given_ratio or BOUNDS[track]["ratio"], 1, 2, s["rows"],
                                  ERRORS)
            find.expect("squared errors of differences agree with se_dp",
                        low <= ratio <= high, f"{name}: {ratio:.3f}")
            low, high = by_chance(given_inside or BOUNDS[track]["inside"], 0.95,
                                  0.95 * 0.05, s["rows"], ERRORS)
            find.expect("intervals hold the true differences", low <= inside <= high,
                        f"{name}: {inside:.3f}")
            print(f"{name}: {s['rows']} rows, squared error over se_dp squared "
                  f"{ratio:.3f}, intervals that hold the truth {inside:.3f}, "
                  f"{s['wrong']} of {s['found']} findings the wrong way")
        most = max(2, WRONG_WAY * s["found"]
                   + ERRORS * math.sqrt(WRONG_WAY * s["found"]))
        find.expect("hardly any finding is the wrong way round", s["wrong"] <= most,
                    f"{name}: {s['wrong']} of {s['found']}")
