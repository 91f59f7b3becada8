/* SPDX-License-Identifier: Apache-2.0
 *
 * An attacker who writes down every published exact number as an equation over the
 * schools' own numbers and solves for whatever the system determines. Arithmetic modulo
 * a prime: what it finds it finds with its value.
 */
#ifndef DRP_ATTACK_SOLVER_H
#define DRP_ATTACK_SOLVER_H

#include <stdint.h>
#include <string.h>

#define SOLVER_PRIME	2147483647u
#define SOLVER_UNKNOWNS 700
#define SOLVER_RANK_MAX 500

/* Coefficients of the unknowns, then the number. */
struct equation {
	uint64_t at[SOLVER_UNKNOWNS + 1];
};

struct solver {
	size_t rank;
	int contradiction;
	struct equation basis[SOLVER_RANK_MAX];
	size_t pivot[SOLVER_RANK_MAX];
};

static inline uint64_t solver_inverse(uint64_t a)
{
	uint64_t result = 1;
	for (uint64_t e = SOLVER_PRIME - 2; e; e >>= 1) {
		result = e & 1 ? result * a % SOLVER_PRIME : result;
		a = a * a % SOLVER_PRIME;
	}
	return result;
}

static inline size_t solver_first(const struct equation *x)
{
	size_t i = 0;
	while (i < SOLVER_UNKNOWNS && x->at[i] == 0) {
		i++;
	}
	return i;
}

/* Subtracts what is known. */
static inline void solver_reduce(const struct solver *s, struct equation *x)
{
	for (size_t i = 0; i < s->rank; i++) {
		uint64_t times = x->at[s->pivot[i]];
		for (size_t u = 0; times && u <= SOLVER_UNKNOWNS; u++) {
			x->at[u] =
				(x->at[u] + (SOLVER_PRIME - times) * s->basis[i].at[u]) %
				SOLVER_PRIME;
		}
	}
}

/* Notes that the unknowns of the set add up to the number. */
static inline void solver_learn(
	struct solver *s, const uint8_t set[SOLVER_UNKNOWNS], uint64_t number)
{
	struct equation x = {{0}};
	for (size_t u = 0; u < SOLVER_UNKNOWNS; u++) {
		x.at[u] = set[u] != 0;
	}
	x.at[SOLVER_UNKNOWNS] = number;
	solver_reduce(s, &x);
	size_t pivot = solver_first(&x);
	if (pivot == SOLVER_UNKNOWNS) {
		s->contradiction |= x.at[SOLVER_UNKNOWNS] != 0;
		return;
	}
	uint64_t times = solver_inverse(x.at[pivot]);
	for (size_t u = 0; u <= SOLVER_UNKNOWNS; u++) {
		x.at[u] = x.at[u] * times % SOLVER_PRIME;
	}
	s->pivot[s->rank] = pivot;
	s->basis[s->rank++] = x;
}

/* The sum over a set when the system determines it, else -1. */
static inline int64_t solver_ask(
	const struct solver *s, const uint8_t set[SOLVER_UNKNOWNS])
{
	struct equation x = {{0}};
	for (size_t u = 0; u < SOLVER_UNKNOWNS; u++) {
		x.at[u] = set[u] != 0;
	}
	solver_reduce(s, &x);
	if (solver_first(&x) < SOLVER_UNKNOWNS) {
		return -1;
	}
	return (int64_t)((SOLVER_PRIME - x.at[SOLVER_UNKNOWNS]) % SOLVER_PRIME);
}

#endif
