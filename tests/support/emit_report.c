/* SPDX-License-Identifier: Apache-2.0
 *
 * The C side of vectors.second_report: emit_report DIR. It makes a sealed campaign with
 * fresh keys, whose secret ones it saves in DIR (school, notary), and answers on stdout
 *	one line	a leader's report, and everything that both aggregators make of it
 *	then, for each line of hex, a report of unit 2 that the other side made: the
 *counts that both output shares add up to, or why it is refused
 */
#include "tests/support/json_fields.h"
#include "tests/support/sealed_fixture.h"

#include <stdio.h>

#define G    DRP_LEADER
#define UNIT 2

static struct sealed_fixture fixture;

static void save(const struct drp_keys *keys, const char *folder, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	sample_need(drp_keys_save(keys, path, NULL) == DRP_OK, path);
}

static json_t *numbers(const int64_t *values)
{
	return json_ints(values, fixture.task[G].vector.length);
}

static json_t *items(void)
{
	const struct drp_vector *v = &fixture.task[G].vector;
	json_t *list = json_array();
	for (size_t i = 0; i < v->n_items; i++) {
		json_array_append_new(
			list, json_pack("[i,i]", v->points[i], v->has_na[i]));
	}
	return list;
}

static json_t *a_report(void)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 77);
	uint64_t counts[SEALED_COUNTS_MAX];
	int64_t plain[SEALED_COUNTS_MAX];
	struct drp_buf manifest = {0}, bytes = {0}, kept = {0}, initialize = {0};
	struct drp_buf finish = {0}, share[2] = {{0}, {0}};
	struct drp_report report;
	struct drp_hash name;
	const struct drp_task *task = &fixture.task[G];
	CHECK_OK(drp_manifest_encode(&fixture.manifest, &manifest));
	sealed_counts(&fixture, G, &rng, 8, counts);
	for (size_t i = 0; i < task->vector.length; i++) {
		plain[i] = (int64_t)counts[i];
	}
	sealed_report(&fixture, G, UNIT, counts, &rng, &bytes, &report, &name);
	CHECK_OK(drp_verification_start(
		task, fixture.verify_key[G], &report, &kept, &initialize));
	CHECK_OK(drp_verification_answer(task, fixture.verify_key[G], fixture.notary,
		&report, sealed_whole(&initialize), &share[1], &finish));
	CHECK_OK(drp_verification_finish(
		task, sealed_whole(&kept), sealed_whole(&finish), &share[0]));
	drp_buf_clear(&kept);
	return json_pack("{s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"manifest", json_buf(&manifest), "seed",
		json_bin(fixture.seed, sizeof fixture.seed), "group", G, "items", items(),
		"counts", numbers(plain), "report", json_buf(&bytes), "name",
		json_bin(name.b, 32), "initialize", json_buf(&initialize), "finish",
		json_buf(&finish), "hub", json_buf(&share[0]), "notary",
		json_buf(&share[1]));
}

/* What the other side made; hex is cut where the line ends. */
static json_t *judged(char *hex)
{
	struct drp_buf share[2] = {{0}, {0}};
	int64_t sums[SEALED_COUNTS_MAX];
	struct drp_report report;
	struct drp_hash name;
	hex[strcspn(hex, "\n")] = 0;
	size_t n = strlen(hex) / 2;
	uint8_t *bytes = malloc(n + 1);
	sample_need(bytes && drp_unhex(hex, bytes, n) == 0, "hex");
	enum drp_err err = drp_report_decode(bytes, n, &report, &name);
	err = err ? err : sealed_verify(&fixture, G, &report, share);
	struct drp_bytes shares[2] = {sealed_whole(&share[0]), sealed_whole(&share[1])};
	err = err ? err : drp_prio3_unshard(&fixture.task[G].prio3, shares, 2, sums);
	drp_buf_clear(&share[0]);
	drp_buf_clear(&share[1]);
	free(bytes);
	return err ? json_pack("{s:s}", "refused", drp_err_name(err))
		   : json_pack("{s:o, s:o}", "counts", numbers(sums), "name",
			     json_bin(name.b, 32));
}

static void say(json_t *json)
{
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(json);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t cap = 0;
	sample_need(argc == 2 && drp_crypto_init() == DRP_OK, "emit_report DIR");
	sealed_fixture_make(&fixture);
	save(fixture.school[UNIT], argv[1], "school");
	save(fixture.notary, argv[1], "notary");
	say(a_report());
	while (getline(&line, &cap, stdin) > 0) {
		say(judged(line));
	}
	free(line);
	sealed_fixture_free(&fixture);
	return 0;
}
