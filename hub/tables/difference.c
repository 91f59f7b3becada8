/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/difference.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- decimals ---- */

/* A decimal as a whole number of its last digit's units. Nine digits: the square of an
 * error stays within 64 bits. */
#define UNITS_MAX    INT64_C(999999999)
#define DECIMALS_MAX 9

struct decimal {
	int64_t units;
	int decimals;
};

static int read_decimal(const char *text, struct decimal *d)
{
	int negative = *text == '-', digits = 0, point = 0;
	*d = (struct decimal){0, 0};
	for (text += negative; *text; text++) {
		if (*text == '.' && !point) {
			point = 1;
			continue;
		}
		if (*text < '0' || *text > '9' ||
			d->units > (UNITS_MAX - (*text - '0')) / 10) {
			return -1;
		}
		d->units = d->units * 10 + (*text - '0');
		d->decimals += point;
		digits++;
	}
	d->units = negative ? -d->units : d->units;
	return digits && d->decimals <= DECIMALS_MAX ? 0 : -1;
}

/* To so many decimals, of which it has no more. */
static int widen(struct decimal *d, int decimals)
{
	for (; d->decimals < decimals; d->decimals++) {
		if (llabs(d->units) > UNITS_MAX / 10) {
			return -1;
		}
		d->units *= 10;
	}
	return 0;
}

static void write_decimal(int64_t units, int decimals, char text[DRP_VALUE_TEXT])
{
	int64_t one = 1, size = llabs(units);
	for (int i = 0; i < decimals; i++) {
		one *= 10;
	}
	int n = snprintf(
		text, DRP_VALUE_TEXT, "%s%" PRId64, units < 0 ? "-" : "", size / one);
	if (decimals) {
		snprintf(text + n, DRP_VALUE_TEXT - (size_t)n, ".%0*" PRId64, decimals,
			size % one);
	}
}

/* The root, rounded up. */
static int64_t root(uint64_t square)
{
	uint64_t low = 0, high = UINT64_C(1) << 32;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (middle * middle < square) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return (int64_t)low;
}

/* ---- the rule ---- */

static enum drp_finding judge(int64_t d, int64_t s, int64_t unit)
{
	if (100 * llabs(d) <= DRP_DIFFERENCE_CLEAR * s) {
		return DRP_FINDING_UNCLEAR;
	}
	if (100 * llabs(d) < DRP_DIFFERENCE_RELEVANT * unit) {
		return DRP_FINDING_SMALL;
	}
	return d < 0 ? DRP_FINDING_LOWER : DRP_FINDING_HIGHER;
}

/* What keeps a mean from being shown, or its mark beside a value. */
static char common_status(
	const struct drp_observation *one, const struct drp_observation *other)
{
	static const char order[] = {
		DRP_NOT_APPLICABLE, DRP_SUPPRESSED, DRP_NOT_AVAILABLE, DRP_UNRELIABLE};
	for (size_t i = 0; i < sizeof order; i++) {
		if (one->status == order[i] || other->status == order[i]) {
			return order[i];
		}
	}
	return *one->value && *other->value ? DRP_SHOWN : DRP_NOT_AVAILABLE;
}

static int compute(const struct drp_observation *one, const struct drp_observation *other,
	struct drp_difference *d)
{
	const char *const text[] = {one->value, other->value, one->se, other->se};
	struct decimal part[4];
	int decimals = 0;
	int64_t unit = 1;
	for (int i = 0; i < 4; i++) {
		if (read_decimal(text[i], &part[i]) != 0) {
			return -1;
		}
		decimals = part[i].decimals > decimals ? part[i].decimals : decimals;
	}
	for (int i = 0; i < 4; i++) {
		if (widen(&part[i], decimals) != 0) {
			return -1;
		}
	}
	for (int i = 0; i < decimals; i++) {
		unit *= 10;
	}
	int64_t value = part[0].units - part[1].units;
	int64_t s = root((uint64_t)(part[2].units * part[2].units) +
			 (uint64_t)(part[3].units * part[3].units));
	int64_t half = DRP_DIFFERENCE_CLEAR * s / 100;
	write_decimal(value, decimals, d->value);
	write_decimal(s, decimals, d->se);
	write_decimal(value - half, decimals, d->low);
	write_decimal(value + half, decimals, d->high);
	d->finding = judge(value, s, unit);
	return 0;
}

void drp_difference_of(const struct drp_observation *one,
	const struct drp_observation *other, struct drp_difference *difference)
{
	memset(difference, 0, sizeof *difference);
	difference->one = one;
	difference->other = other;
	difference->common = -1;
	difference->status = common_status(one, other);
	if (difference->status != DRP_SHOWN && difference->status != DRP_UNRELIABLE) {
		return;
	}
	if (compute(one, other, difference) != 0) {
		difference->status = DRP_NOT_AVAILABLE;
	}
	if (difference->status != DRP_SHOWN) {
		difference->finding = DRP_FINDING_NONE;
	}
}

/* ---- in words ---- */

const char *drp_finding_code(enum drp_finding finding)
{
	static const char *const code[DRP_FINDINGS] = {
		"", "unclear", "small", "lower", "higher"};
	return code[finding];
}

const char *drp_difference_words(
	const struct drp_difference *difference, enum drp_language language)
{
	static const char *const words[][DRP_API_LANGUAGES] = {
		{"niet van ruis te onderscheiden", "indiscernable du bruit",
			"vom Rauschen nicht zu unterscheiden",
			"cannot be told from noise"},
		{"iets lager", "un peu plus bas", "etwas niedriger", "slightly lower"},
		{"iets hoger", "un peu plus haut", "etwas höher", "slightly higher"},
		{"duidelijk lager", "nettement plus bas", "deutlich niedriger",
			"clearly lower"},
		{"duidelijk hoger", "nettement plus haut", "deutlich höher",
			"clearly higher"},
	};
	switch (difference->finding) {
	case DRP_FINDING_UNCLEAR:
		return words[0][language];
	case DRP_FINDING_SMALL:
		return words[difference->value[0] == '-' ? 1 : 2][language];
	case DRP_FINDING_LOWER:
		return words[3][language];
	case DRP_FINDING_HIGHER:
		return words[4][language];
	default:
		return NULL;
	}
}

const char *drp_difference_rule(enum drp_language language)
{
	static const char *const rule[DRP_API_LANGUAGES] = {
		"Regel: is een verschil niet groter dan 1,96 keer zijn standaardfout, "
		"dan kan de ruis op zich het verklaren; is het groter maar kleiner dan "
		"0,25 punt, dan heet het iets hoger of iets lager; vanaf 0,25 punt "
		"duidelijk hoger of duidelijk lager.",
		"Règle : un écart qui ne dépasse pas 1,96 fois son erreur type peut "
		"s'expliquer par le bruit seul ; au-delà mais sous 0,25 point, on dit un "
		"peu plus haut ou un peu plus bas ; à partir de 0,25 point, nettement "
		"plus haut ou nettement plus bas.",
		"Regel: Übersteigt ein Unterschied das 1,96-Fache seines Standardfehlers "
		"nicht, so kann ihn das Rauschen allein erklären; ist er größer, aber "
		"unter 0,25 Punkten, heißt er etwas höher oder etwas niedriger; ab 0,25 "
		"Punkten deutlich höher oder deutlich niedriger.",
		"Rule: a difference of no more than 1.96 times its standard error can be "
		"noise alone; a larger one below 0.25 points is called slightly higher "
		"or slightly lower; from 0.25 points on, clearly higher or clearly "
		"lower.",
	};
	return rule[language];
}

const char *drp_difference_caveat(int sessions, enum drp_language language)
{
	static const char *const caveat[2][DRP_API_LANGUAGES] = {
		{"Elke groep kreeg haar eigen stellingen: het gemiddelde van een gebied "
		 "gaat bij elke groep over andere vragen, in andere bewoordingen.",
			"Chaque groupe a reçu ses propres énoncés : la moyenne d'un "
			"domaine porte, d'un groupe à l'autre, sur des questions et des "
			"formulations différentes.",
			"Jede Gruppe bekam ihre eigenen Aussagen: Der Mittelwert eines "
			"Bereichs beruht bei jeder Gruppe auf anderen Fragen in anderem "
			"Wortlaut.",
			"Each group got its own statements: for each group the mean of "
			"an area is over different questions, worded differently."},
		{"Een verandering kan komen doordat andere scholen of andere mensen "
		 "deelnamen, en niet doordat er op school iets veranderde. De "
		 "foutmarge omvat alleen de ruis.",
			"Un changement peut venir de ce que d'autres écoles ou d'autres "
			"personnes ont participé, sans que rien n'ait changé à l'école. "
			"L'erreur ne couvre que le bruit.",
			"Eine Veränderung kann daran liegen, dass andere Schulen oder "
			"andere Menschen teilnahmen, ohne dass sich an den Schulen etwas "
			"geändert hätte. Der Fehler erfasst nur das Rauschen.",
			"A change may come from other schools or other people taking "
			"part, and not from anything that changed at school. The error "
			"covers the noise alone."},
	};
	return caveat[sessions != 0][language];
}
