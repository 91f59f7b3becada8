#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sampler of proto/privacy once more, in exact fractions.

    noise_model.py tape PROGRAM [--draws N] [--seed TEXT]
    noise_model.py law

`tape` lets the C sampler (PROGRAM is tests/support/noise_tape.c) and this model read the
same random bytes and demands the same values at the same positions of the tape.
`law` computes the exact law of this model's own control flow, layer by layer, and
compares it with exp(-x), the discrete Laplace and the discrete Gaussian. Together: the C
sampler draws from the right law. Uniform numbers are enumerated by unit.privacy.noise.

Source: Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy"
(2020), algorithms 1-3.
"""
import argparse
import hashlib
import subprocess
import sys
import tempfile
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import isqrt

GAUSSIANS = [(1, 1), (18, 1), (541, 1), (1027, 1), (4106, 1), (100000, 1),
             (2**31 - 1, 1), (1, 3), (205284, 200), (2**31 - 1, 65536)]
LAPLACES = [1, 50]


class Sampler:
    """Reads random bytes from a tape, in the order of noise_internal.h."""

    def __init__(self, tape):
        self.tape, self.position = tape, 0

    def retry(self):
        """Called where a candidate is rejected and drawn again."""

    def uniform(self, m):
        bits = (m - 1).bit_length()
        size = (bits + 7) // 8
        while True:
            taken = self.tape[self.position:self.position + size]
            if len(taken) < size:
                raise EOFError("the tape is too short")
            self.position += size
            value = int.from_bytes(taken, "little") % 2**bits
            if value < m:
                return value

    def bernoulli(self, n, d):
        return self.uniform(d) < n

    def bernoulli_exp_fraction(self, n, d):
        k = 1
        while self.bernoulli(n, d) and self.uniform(k) == 0:
            k += 1
        return k % 2 == 1

    def bernoulli_exp(self, n, d):
        while n > d:
            if not self.bernoulli_exp_fraction(1, 1):
                return False
            n -= d
        return self.bernoulli_exp_fraction(n, d)

    def laplace(self, t):
        while True:
            u = self.uniform(t)
            if not self.bernoulli_exp(u, t):
                self.retry()
                continue
            v = 0
            while self.bernoulli_exp(1, 1):
                v += 1
            negative = self.bernoulli(1, 2)
            if negative and u + t * v == 0:
                self.retry()
                continue
            return -(u + t * v) if negative else u + t * v

    def gaussian(self, p, q):
        sigma2 = Fraction(p, q)
        t = isqrt(int(sigma2)) + 1
        while True:
            y = self.laplace(t)
            x = (abs(y) - sigma2 / t) ** 2 / (2 * sigma2)
            d = 2 * p * q * t * t
            n = x * d
            assert n.denominator == 1
            if self.bernoulli_exp(n.numerator, d):
                return y
            self.retry()


# The law of the model: every choice is a fork, every rejection an end of its own.

PRUNE = Fraction(1, 2**72)


class Rejected(Exception):
    pass


class Fork(Exception):
    pass


class ExpLayer(Sampler):
    """Forks at uniform numbers and at n of d."""

    def __init__(self, path):
        self.path, self.position = path, 0

    def choose(self, options):
        if self.position == len(self.path):
            raise Fork(options)
        self.position += 1
        return self.path[self.position - 1]

    def retry(self):
        raise Rejected

    def uniform(self, m):
        return self.choose([(value, Fraction(1, m)) for value in range(m)])

    def bernoulli(self, n, d):
        return self.choose([(True, Fraction(n, d)), (False, 1 - Fraction(n, d))])


class LaplaceLayer(ExpLayer):
    """Takes exp(-n/d) for n <= d, proved by the layer below, as one fork."""

    def bernoulli_exp_fraction(self, n, d):
        p = exp_minus(Fraction(n, d))
        return self.choose([(True, p), (False, 1 - p)])


class GaussianLayer(LaplaceLayer):
    """Takes any exp(-n/d) and the discrete Laplace, up to its far tails, as one fork."""

    def bernoulli_exp(self, n, d):
        return self.bernoulli_exp_fraction(n, d)

    def laplace(self, t):
        return self.choose(list(laplace_pmf(t, 64 * t).items()))


@cache
def exp_minus(x):
    with localcontext() as context:
        context.prec = 60
        return Fraction((-Decimal(x.numerator) / Decimal(x.denominator)).exp())


@cache
def laplace_pmf(t, reach):
    q = exp_minus(Fraction(1, t))
    at = [exp_minus(Fraction(x, t)) for x in range(reach + 1)]
    return {x: (1 - q) / (1 + q) * at[abs(x)] for x in range(-reach, reach + 1)}


def gaussian_pmf(p, q, reach):
    at = [exp_minus(Fraction(x * x * q, 2 * p)) for x in range(reach + 1)]
    total = 2 * sum(at) - at[0]
    return {x: at[abs(x)] / total for x in range(-reach, reach + 1)}


def law(layer, run):
    """The law of run(layer) given that nothing was rejected, and P(not rejected)."""
    reached, work = {}, [((), Fraction(1))]
    while work:
        path, weight = work.pop()
        try:
            value = run(layer(path))
            reached[value] = reached.get(value, 0) + weight
        except Rejected:
            pass
        except Fork as fork:
            for value, p in fork.args[0]:
                if weight * p > PRUNE:
                    work.append((path + (value,), weight * p))
    accepted = sum(reached.values())
    return {value: p / accepted for value, p in reached.items()}, accepted


def largest_gap(got, want):
    return max(abs(got.get(x, 0) - want.get(x, 0)) for x in got.keys() | want.keys())


def claim(text, gap):
    good = gap <= Fraction(1, 2**60)
    print(f"{'ok' if good else 'not ok'} - {text}: largest gap {float(gap):.1e}")
    return good


def check_law():
    good = True
    for n, d in [(0, 1), (1, 1), (1, 2), (1, 3), (6, 7), (99, 100)]:
        got, _ = law(ExpLayer, lambda s: s.bernoulli_exp_fraction(n, d))
        good &= claim(f"exp(-{n}/{d})", abs(got[True] - exp_minus(Fraction(n, d))))
    for n, d in [(3, 2), (5, 1), (31, 10)]:
        got, _ = law(LaplaceLayer, lambda s: s.bernoulli_exp(n, d))
        good &= claim(f"exp(-{n}/{d})", abs(got[True] - exp_minus(Fraction(n, d))))
    for t in [1, 2, 3, 7, 33]:
        got, accepted = law(LaplaceLayer, lambda s: s.laplace(t))
        gap = largest_gap(got, laplace_pmf(t, 64 * t))
        good &= claim(f"Laplace {t}, {float(accepted):.3f} accepted", gap)
    for p, q in [(1, 4), (1, 3), (1, 1), (18, 1), (205284, 20000)]:
        got, accepted = law(GaussianLayer, lambda s: s.gaussian(p, q))
        gap = largest_gap(got, gaussian_pmf(p, q, 64 * (isqrt(p // q) + 1)))
        good &= claim(f"Gaussian {p}/{q}, {float(accepted):.3f} accepted", gap)
    return good


def check_tape(program, draws, seed):
    runs = [("gaussian", p, q) for p, q in GAUSSIANS] + [("laplace", t) for t in LAPLACES]
    each = -(-draws // len(runs))
    good = True
    for run in runs:
        name = " ".join(str(part) for part in run)
        tape = hashlib.shake_128(f"{seed} {name}".encode()).digest(96 * each + 4096)
        with tempfile.NamedTemporaryFile() as file:
            file.write(tape)
            file.flush()
            printed = subprocess.run(
                [program, file.name, str(each), *(str(part) for part in run)],
                check=True, capture_output=True, text=True).stdout.splitlines()
        sampler = Sampler(tape)
        draw = getattr(sampler, run[0])
        wrong = None if len(printed) == each else f"{len(printed)} lines"
        for i, line in enumerate(printed):
            want = f"{draw(*run[1:])} {sampler.position}"
            if line != want:
                wrong = f"draw {i}: C {line!r}, model {want!r}"
                break
        print(f"{'not ok' if wrong else 'ok'} - {each} draws of {name}" +
              (f": {wrong}" if wrong else f", {sampler.position / each:.1f} bytes each"))
        good &= wrong is None
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("law")
    tape = commands.add_parser("tape")
    tape.add_argument("program")
    tape.add_argument("--draws", type=int, default=100000)
    tape.add_argument("--seed", default="drempel")
    args = parser.parse_args()
    good = check_law() if args.command == "law" else check_tape(
        args.program, args.draws, args.seed)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
