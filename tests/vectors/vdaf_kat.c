/* SPDX-License-Identifier: Apache-2.0
 *
 * vdaf_kat DIR: runs the test vectors of draft-irtf-cfrg-vdaf, and those of Drempel's own
 * circuit in the same format, against proto/vdaf. Every .json of the folder is one test:
 * it passes when each of its operations gives the bytes that stand there, or is refused
 * where it says so. Files of schemes that are not here are named and not counted.
 * The last line is "N passed, N failed"; exits 1 when one failed or none passed.
 */
#include "proto/base/arena.h"
#include "proto/base/text.h"
#include "proto/vdaf/prio3.h"
#include "proto/vdaf/xof.h"

#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_BYTES 4096

/* One file: what it says, and what its operations have left behind so far. */
struct run {
	const json_t *file;
	struct drp_arena arena;
	struct drp_prio3 prio3;
	struct drp_bytes *state;  /* report by report, aggregator by aggregator */
	struct drp_bytes nowhere; /* the state of an aggregator that is none */
	char reason[160];	  /* why the file fails, "" for not */
};

__attribute__((format(printf, 2, 3))) static void fail(
	struct run *run, const char *format, ...)
{
	if (run->reason[0] == '\0') {
		va_list arguments;
		va_start(arguments, format);
		vsnprintf(run->reason, sizeof run->reason, format, arguments);
		va_end(arguments);
	}
}

static void *room(struct run *run, size_t n, size_t size)
{
	void *memory = drp_arena_alloc(&run->arena, n ? n : 1, size);

	if (!memory) {
		fprintf(stderr, "vdaf_kat: out of memory\n");
		exit(1);
	}
	return memory;
}

/* Reading. What is missing or of another kind fails the file and reads as nothing. */

static uint64_t number(struct run *run, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0) {
		fail(run, "%s is no number", key);
		return 0;
	}
	return (uint64_t)json_integer_value(value);
}

static struct drp_bytes unhex(struct run *run, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t n = text ? strlen(text) / 2 : 0;
	uint8_t *bytes = room(run, n, 1);

	if (!text || drp_unhex(text, bytes, n) != 0) {
		fail(run, "a hexadecimal text is missing");
	}
	return (struct drp_bytes){bytes, n};
}

static struct drp_bytes field(struct run *run, const json_t *object, const char *key)
{
	return unhex(run, json_object_get(object, key));
}

static struct drp_bytes sized_field(
	struct run *run, const json_t *object, const char *key, size_t n)
{
	struct drp_bytes bytes = field(run, object, key);

	if (bytes.n != n) {
		fail(run, "%s has not %zu bytes", key, n);
		return (struct drp_bytes){room(run, n, 1), n};
	}
	return bytes;
}

static const json_t *element(const json_t *object, const char *key, size_t i)
{
	return json_array_get(json_object_get(object, key), i);
}

static struct drp_bytes *list(struct run *run, const json_t *array, size_t *n)
{
	struct drp_bytes *bytes = room(run, json_array_size(array), sizeof *bytes);

	*n = json_array_size(array);
	for (size_t i = 0; i < *n; i++) {
		bytes[i] = unhex(run, json_array_get(array, i));
	}
	return bytes;
}

static const json_t *report_of(struct run *run, const json_t *operation)
{
	size_t i = number(run, operation, "report_index");
	const json_t *report = element(run->file, "reports", i);

	if (!report) {
		fail(run, "there is no report %zu", i);
	}
	return report;
}

/* The aggregator that the operation names, and the state it holds of the report. */
static struct drp_bytes *state_of(
	struct run *run, const json_t *operation, unsigned *aggregator)
{
	uint64_t id = number(run, operation, "aggregator_id");

	*aggregator = (unsigned)id;
	if (!report_of(run, operation) || id >= run->prio3.shares) {
		fail(run, "there is no aggregator %" PRIu64, id);
		*aggregator = 0;
		return &run->nowhere;
	}
	return &run->state[number(run, operation, "report_index") * run->prio3.shares +
			   id];
}

/* Comparing */

static void same(struct run *run, const char *what, const uint8_t *got, size_t n,
	const json_t *want)
{
	struct drp_bytes bytes = unhex(run, want);

	if (bytes.n != n || memcmp(bytes.data, got, n) != 0) {
		fail(run, "another %s", what);
	}
}

/* Tells whether the operation's bytes are to be compared. */
static int succeeded(struct run *run, const json_t *operation, enum drp_err err)
{
	const json_t *wanted = json_object_get(operation, "success");
	int success = json_is_true(wanted);
	const char *name = json_string_value(json_object_get(operation, "operation"));

	if (!json_is_boolean(wanted)) {
		fail(run, "%s: success is neither true nor false", name);
	} else if (success && err) {
		fail(run, "%s: %s", name, drp_err_text(err));
	} else if (!success && err != DRP_E_PROOF && err != DRP_E_MALFORMED &&
		   err != DRP_E_RANGE) {
		fail(run, "%s is not refused: %s", name, drp_err_text(err));
	}
	return success && !err;
}

/* Operations */

/* A measurement is a number, or a list of numbers or of true and false. */
static uint64_t *measurement(struct run *run, const json_t *value)
{
	size_t n = run->prio3.circuit.measurement_len;
	uint64_t *numbers = room(run, n, sizeof *numbers);

	if (json_is_array(value) && json_array_size(value) != n) {
		fail(run, "the measurement has not %zu elements", n);
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *one =
			json_is_array(value) ? json_array_get(value, i) : value;
		if (!json_is_boolean(one) && !json_is_integer(one)) {
			fail(run, "the measurement is no number");
		}
		numbers[i] = json_is_true(one) ? 1 : (uint64_t)json_integer_value(one);
	}
	return numbers;
}

static void shard(struct run *run, const json_t *operation)
{
	const struct drp_prio3 *p = &run->prio3;
	const json_t *report = report_of(run, operation);
	uint64_t *numbers = measurement(run, json_object_get(report, "measurement"));
	struct drp_bytes nonce = sized_field(run, report, "nonce", DRP_PRIO3_NONCE_BYTES);
	struct drp_bytes rand = sized_field(run, report, "rand", p->sizes.rand);
	uint8_t *public_share = room(run, p->sizes.public_share, 1);
	uint8_t **share = room(run, p->shares, sizeof *share);

	for (unsigned i = 0; i < p->shares; i++) {
		share[i] = room(run, drp_prio3_input_share_size(p, i), 1);
	}
	enum drp_err err =
		drp_prio3_shard(p, numbers, nonce.data, rand.data, public_share, share);
	if (!succeeded(run, operation, err)) {
		return;
	}
	same(run, "public share", public_share, p->sizes.public_share,
		json_object_get(report, "public_share"));
	for (unsigned i = 0; i < p->shares; i++) {
		same(run, "input share", share[i], drp_prio3_input_share_size(p, i),
			element(report, "input_shares", i));
	}
}

static void verify_init(struct run *run, const json_t *operation)
{
	const struct drp_prio3 *p = &run->prio3;
	const json_t *report = report_of(run, operation);
	unsigned aggregator;
	struct drp_bytes *state = state_of(run, operation, &aggregator);
	struct drp_bytes key =
		sized_field(run, run->file, "verify_key", DRP_PRIO3_VERIFY_KEY_BYTES);
	struct drp_bytes nonce = sized_field(run, report, "nonce", DRP_PRIO3_NONCE_BYTES);
	struct drp_bytes public_share = field(run, report, "public_share");
	struct drp_bytes input_share =
		unhex(run, element(report, "input_shares", aggregator));
	uint8_t *state_bytes = room(run, p->sizes.state, 1);
	uint8_t *verifier_share = room(run, p->sizes.verifier_share, 1);

	enum drp_err err = drp_prio3_verify_init(p, key.data, aggregator, nonce.data,
		public_share, input_share, state_bytes, verifier_share);
	if (succeeded(run, operation, err)) {
		*state = (struct drp_bytes){state_bytes, p->sizes.state};
		same(run, "verifier share", verifier_share, p->sizes.verifier_share,
			json_array_get(
				element(report, "verifier_shares", 0), aggregator));
	}
}

static void message(struct run *run, const json_t *operation)
{
	const struct drp_prio3 *p = &run->prio3;
	const json_t *report = report_of(run, operation);
	size_t n;
	struct drp_bytes *shares = list(run, element(report, "verifier_shares", 0), &n);
	uint8_t *bytes = room(run, p->sizes.message, 1);
	enum drp_err err = drp_prio3_message(p, shares, n, bytes);

	if (succeeded(run, operation, err)) {
		same(run, "verifier message", bytes, p->sizes.message,
			element(report, "verifier_messages", 0));
	}
}

static void verify_next(struct run *run, const json_t *operation)
{
	const struct drp_prio3 *p = &run->prio3;
	const json_t *report = report_of(run, operation);
	unsigned aggregator;
	struct drp_bytes *state = state_of(run, operation, &aggregator);
	struct drp_bytes bytes = unhex(run, element(report, "verifier_messages", 0));
	uint8_t *out_share = room(run, p->sizes.out_share, 1);
	enum drp_err err = drp_prio3_verify_next(p, *state, bytes, out_share);

	if (!state->data) {
		fail(run, "verify_next comes before verify_init");
	}
	if (succeeded(run, operation, err)) {
		same(run, "output share", out_share, p->sizes.out_share,
			element(report, "out_shares", aggregator));
	}
}

static void aggregate(struct run *run, const json_t *operation)
{
	const struct drp_prio3 *p = &run->prio3;
	const json_t *reports = json_object_get(run->file, "reports");
	size_t aggregator = number(run, operation, "aggregator_id");
	uint8_t *agg_share = room(run, p->sizes.out_share, 1);
	enum drp_err err = DRP_OK;

	for (size_t i = 0; i < json_array_size(reports) && !err; i++) {
		const json_t *report = json_array_get(reports, i);
		err = drp_prio3_aggregate(p, agg_share,
			unhex(run, element(report, "out_shares", aggregator)));
	}
	if (succeeded(run, operation, err)) {
		same(run, "aggregate share", agg_share, p->sizes.out_share,
			element(run->file, "agg_shares", aggregator));
	}
}

static void unshard(struct run *run, const json_t *operation)
{
	const struct drp_prio3 *p = &run->prio3;
	const json_t *want = json_object_get(run->file, "agg_result");
	int64_t *sums = room(run, p->circuit.length, sizeof *sums);
	size_t n;
	struct drp_bytes *shares =
		list(run, json_object_get(run->file, "agg_shares"), &n);

	if (!succeeded(run, operation, drp_prio3_unshard(p, shares, n, sums))) {
		return;
	}
	for (size_t i = 0; i < p->circuit.length; i++) {
		const json_t *one = json_is_array(want) ? json_array_get(want, i) : want;
		if (!json_is_integer(one) || json_integer_value(one) != sums[i]) {
			fail(run, "another aggregate result");
		}
	}
}

static const struct {
	const char *name;
	void (*run)(struct run *run, const json_t *operation);
} operations[] = {
	{"shard", shard},
	{"verify_init", verify_init},
	{"verifier_shares_to_message", message},
	{"verify_next", verify_next},
	{"aggregate", aggregate},
	{"unshard", unshard},
};

static void run_operation(struct run *run, const json_t *operation)
{
	const char *name = json_string_value(json_object_get(operation, "operation"));

	for (size_t i = 0; i < sizeof operations / sizeof *operations && name; i++) {
		if (strcmp(name, operations[i].name) == 0) {
			operations[i].run(run, operation);
			return;
		}
	}
	fail(run, "an operation is unknown");
}

/* Files */

static enum drp_err count_circuit(struct run *run, struct drp_circuit *c)
{
	(void)run;
	return drp_circuit_count(c);
}

static enum drp_err sum_circuit(struct run *run, struct drp_circuit *c)
{
	return drp_circuit_sum(c, number(run, run->file, "max_measurement"));
}

static enum drp_err sumvec_circuit(struct run *run, struct drp_circuit *c)
{
	return drp_circuit_sumvec(c, number(run, run->file, "length"),
		number(run, run->file, "max_measurement"),
		number(run, run->file, "chunk_length"));
}

static enum drp_err histogram_circuit(struct run *run, struct drp_circuit *c)
{
	return drp_circuit_histogram(c, number(run, run->file, "length"),
		number(run, run->file, "chunk_length"));
}

static enum drp_err multihot_circuit(struct run *run, struct drp_circuit *c)
{
	return drp_circuit_multihot(c, number(run, run->file, "length"),
		number(run, run->file, "max_weight"),
		number(run, run->file, "chunk_length"));
}

static enum drp_err linear_circuit(struct run *run, struct drp_circuit *c)
{
	const json_t *array = json_object_get(run->file, "counters");
	size_t items = json_array_size(array);
	uint8_t *counters = room(run, items, 1);

	for (size_t i = 0; i < items; i++) {
		counters[i] = (uint8_t)json_integer_value(json_array_get(array, i));
	}
	return drp_circuit_linear(c, items, counters,
		(unsigned)number(run, run->file, "bits"),
		number(run, run->file, "chunk_length"));
}

static void run_prio3(
	struct run *run, enum drp_err (*circuit)(struct run *run, struct drp_circuit *c))
{
	const json_t *list_of = json_object_get(run->file, "operations");
	size_t reports = json_array_size(json_object_get(run->file, "reports"));
	struct drp_bytes context = field(run, run->file, "ctx");
	unsigned shares = (unsigned)number(run, run->file, "shares");
	struct drp_circuit c;
	enum drp_err err = circuit(run, &c);

	if (!err) {
		err = drp_prio3_init(&run->prio3, &c, shares, context.data, context.n);
	}
	if (err || json_array_size(list_of) == 0) {
		fail(run, "no instance, or nothing to do with it: %s", drp_err_text(err));
		return;
	}
	run->state = room(run, reports * shares, sizeof *run->state);
	for (size_t i = 0; i < json_array_size(list_of) && !run->reason[0]; i++) {
		run_operation(run, json_array_get(list_of, i));
	}
}

static void run_xof(struct run *run)
{
	struct drp_bytes seed = sized_field(run, run->file, "seed", DRP_XOF_SEED_BYTES);
	struct drp_bytes tag = field(run, run->file, "dst");
	struct drp_bytes binder = field(run, run->file, "binder");
	struct drp_bytes vector = field(run, run->file, "expanded_vec_field128");
	struct drp_fe *v = room(run, vector.n / 16, sizeof *v);
	uint8_t *bytes = room(run, vector.n, 1), derived[DRP_XOF_SEED_BYTES];
	struct drp_xof xof;

	drp_xof_begin(&xof, seed.data, tag.data, (uint16_t)tag.n);
	drp_xof_absorb(&xof, binder.data, binder.n);
	drp_xof_seed(&xof, derived);
	same(run, "derived seed", derived, sizeof derived,
		json_object_get(run->file, "derived_seed"));

	drp_xof_begin(&xof, seed.data, tag.data, (uint16_t)tag.n);
	drp_xof_absorb(&xof, binder.data, binder.n);
	drp_xof_fields(&xof, &drp_field128, v, vector.n / 16);
	drp_field_encode(&drp_field128, v, vector.n / 16, bytes);
	same(run, "vector", bytes, vector.n / 16 * 16,
		json_object_get(run->file, "expanded_vec_field128"));
}

static const struct {
	const char *scheme;
	enum drp_err (*circuit)(struct run *run, struct drp_circuit *c);
} schemes[] = {
	{"Prio3Count", count_circuit},
	{"Prio3Sum", sum_circuit},
	{"Prio3SumVec", sumvec_circuit},
	{"Prio3Histogram", histogram_circuit},
	{"Prio3MultihotCountVec", multihot_circuit},
	{"Prio3Linear", linear_circuit},
	{"XofTurboShake128", NULL},
};
#define SCHEMES (sizeof schemes / sizeof *schemes)

/* The scheme is the file's name before its first '_' or '.'. */
static size_t scheme_of(const char *name)
{
	size_t n = strcspn(name, "_."), i = 0;

	while (i < SCHEMES && (strlen(schemes[i].scheme) != n ||
				      strncmp(schemes[i].scheme, name, n) != 0)) {
		i++;
	}
	return i;
}

/* 1 passed, 0 failed, -1 of a scheme that is not here. */
static int run_file(const char *folder, const char *name)
{
	static char path[PATH_MAX_BYTES];
	struct run run = {0};
	json_error_t where;
	size_t scheme = scheme_of(name);

	if (scheme == SCHEMES) {
		printf("skipped %s: not a scheme of this program\n", name);
		return -1;
	}
	snprintf(path, sizeof path, "%s/%s", folder, name);
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
	run.file = file;
	if (!file) {
		fail(&run, "line %d: %s", where.line, where.text);
	} else if (schemes[scheme].circuit) {
		run_prio3(&run, schemes[scheme].circuit);
	} else {
		run_xof(&run);
	}
	if (run.reason[0]) {
		printf("failed %s: %s\n", name, run.reason);
	} else {
		printf("passed %s\n", name);
	}
	drp_arena_clear(&run.arena);
	json_decref(file);
	return run.reason[0] == '\0';
}

static int is_json(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	int passed = 0, failed = 0;

	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: vdaf_kat DIR\n");
		return 2;
	}
	int n = scandir(argv[1], &entries, is_json, alphasort);
	if (n < 0) {
		fprintf(stderr, "vdaf_kat: %s cannot be read; name a folder\n", argv[1]);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		int result = run_file(argv[1], entries[i]->d_name);
		passed += result == 1;
		failed += result == 0;
		free(entries[i]);
	}
	free(entries);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0 || passed == 0;
}
