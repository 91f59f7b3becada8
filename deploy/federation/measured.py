# SPDX-License-Identifier: Apache-2.0
"""What checks of a demo folder share: which failed, and what may happen by chance."""

import collections
import math


class Findings:
    """Failed checks by name, with one example each and a count."""

    def __init__(self):
        self.failed = collections.OrderedDict()
        self.checked = collections.Counter()

    def expect(self, name, holds, example):
        self.checked[name] += 1
        if not holds:
            self.failed.setdefault(name, []).append(example)


def number(text):
    return float(text) if text != "" else None


def by_chance(bounds, expected, variance, rows, errors=3):
    """The bounds, or so many standard errors around what is expected where that is more."""
    spread = errors * math.sqrt(variance / rows)
    return min(bounds[0], expected - spread), max(bounds[1], expected + spread)
