/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_ingest [--json]: contributions a second that a hub verifies, opens, judges,
 * stores durably and signs a receipt for, over the whole request path, beside the three
 * things it cannot be faster than, measured in the same run with the same messages:
 *   - bare NNG: REQ/REP round trips of the same sizes on the same connections,
 *   - SQLite: rows of the same size in full groups, one fsync a group,
 *   - cryptography: verification and unsealing on the hub's number of workers.
 * Hub and bare REP are processes of their own; this one is the load. Messages are made
 * before any clock starts; every receipt is checked after it stops. Rounds of all four
 * take turns, the first one warms up, and medians are what is told: the ratio is the
 * median of the rounds' own ratios, so that a machine that slows down for a while does
 * so for both of its sides.
 */
#include "hub/service/service.h"
#include "proto/base/alloc.h"
#include "proto/runtime/db.h"
#include "tests/bench/child.h"
#include "tests/bench/crowd.h"
#include "tests/bench/rounds.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SCHOOLS	    1600 /* ten contributions each */
#define ROUNDS	    16
#define CONNECTIONS DRP_HUB_CONTEXTS /* as many as a hub works on at once */
#define WORKERS_MAX 64

/* How often a ceiling's round repeats its messages: as long as a hub's round. */
#define NNG_REPEAT    8
#define SQLITE_REPEAT 4

enum figure { HUB, NNG, SQLITE, CRYPTO, FIGURES };

static const char *const names[FIGURES] = {"hub, whole request path",
	"bare NNG round trips", "group-committed SQLite rows",
	"verification and unsealing"};
static const char *const members[FIGURES] = {"contributions_per_second",
	"nng_round_trips_per_second", "sqlite_rows_per_second",
	"verified_and_unsealed_per_second"};

struct bench {
	struct crowd crowd;
	size_t per_round;
	unsigned workers;
	uint16_t hub_port, rep_port;
	pid_t hub, rep;
	size_t reply_bytes;
	double rate[FIGURES][ROUNDS];
	double hub_cpu_us[ROUNDS]; /* a contribution, all threads of the hub */
};

/* --- processes --------------------------------------------------------------- */

static int serve_hub(void *self)
{
	const struct bench *bench = self;
	struct drp_hub hub;
	struct drp_hub_service *service;
	struct drp_diag diag = {0};
	enum drp_err err = drp_hub_open(bench->crowd.dir, &hub, &diag);
	if (!err) {
		hub.clock = (struct drp_clock){crowd_now_ms, NULL};
		err = drp_hub_service_new(&hub, &service);
	}
	if (!err) {
		struct drp_service hooks = drp_hub_service_hooks(service);
		struct drp_server_config config = {.listen = "tcp://127.0.0.1:0",
			.workers = bench->workers,
			.per_address = CONNECTIONS};
		err = drp_server_run(&config, &hooks, child_tell_port, &diag);
		drp_hub_service_free(service);
		drp_hub_close(&hub);
	}
	if (err) {
		fprintf(stderr, "bench_ingest: %s\n", diag.text);
	}
	return err != DRP_OK;
}

/* The bare REP: every request is answered at once, inside NNG's callback. */
struct echo {
	nng_ctx ctx;
	nng_aio *aio;
	int sending;
	size_t reply_bytes;
};

static void echo_next(void *arg)
{
	struct echo *echo = arg;
	if (nng_aio_result(echo->aio) != 0) {
		_exit(1);
	}
	echo->sending = !echo->sending;
	if (!echo->sending) {
		nng_ctx_recv(echo->ctx, echo->aio);
		return;
	}
	nng_msg_free(nng_aio_get_msg(echo->aio));
	nng_msg *reply;
	if (nng_msg_alloc(&reply, echo->reply_bytes) != 0) {
		_exit(1);
	}
	nng_aio_set_msg(echo->aio, reply);
	nng_ctx_send(echo->ctx, echo->aio);
}

static int serve_rep(void *self)
{
	const struct bench *bench = self;
	static struct echo echoes[DRP_HUB_CONTEXTS];
	nng_socket socket;
	nng_listener listener;
	nng_sockaddr at;
	if (nng_rep0_open(&socket) ||
		nng_listen(socket, "tcp://127.0.0.1:0", &listener, 0) ||
		nng_listener_get_addr(listener, NNG_OPT_LOCADDR, &at)) {
		return 1;
	}
	for (size_t i = 0; i < DRP_HUB_CONTEXTS; i++) {
		echoes[i].reply_bytes = bench->reply_bytes;
		if (nng_ctx_open(&echoes[i].ctx, socket) ||
			nng_aio_alloc(&echoes[i].aio, echo_next, &echoes[i])) {
			return 1;
		}
		nng_ctx_recv(echoes[i].ctx, echoes[i].aio);
	}
	char address[32];
	snprintf(address, sizeof address, "tcp://:%u", be16toh(at.s_in.sa_port));
	child_tell_port(NULL, address);
	pause();
	return 0;
}

/* --- the four figures -------------------------------------------------------- */

static struct load_message *round_messages(struct bench *bench, int round)
{
	return bench->crowd.messages + (size_t)round * bench->per_round;
}

static double cpu_seconds(pid_t pid)
{
	clockid_t clock;
	struct timespec t = {0};
	if (clock_getcpuclockid(pid, &clock) == 0) {
		clock_gettime(clock, &t);
	}
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int run_hub(struct bench *bench, int round)
{
	struct load_message *messages = round_messages(bench, round);
	double cpu = cpu_seconds(bench->hub);
	double seconds =
		load_run(bench->hub_port, CONNECTIONS, messages, bench->per_round, 1);
	if (seconds < 0) {
		fprintf(stderr, "bench_ingest: a connection to the hub failed\n");
		return -1;
	}
	cpu = cpu_seconds(bench->hub) - cpu;
	bench->hub_cpu_us[round] = 1e6 * cpu / (double)bench->per_round;
	for (size_t i = 0; i < bench->per_round; i++) {
		if (!crowd_check(&bench->crowd, (size_t)round * bench->per_round + i)) {
			fprintf(stderr, "bench_ingest: an answer holds no receipt\n");
			return -1;
		}
	}
	bench->reply_bytes = messages[0].reply_n;
	bench->rate[HUB][round] = (double)bench->per_round / seconds;
	return 0;
}

static int run_nng(struct bench *bench, int round)
{
	double seconds = load_run(bench->rep_port, CONNECTIONS,
		round_messages(bench, round), bench->per_round, NNG_REPEAT);
	if (seconds < 0) {
		fprintf(stderr, "bench_ingest: a connection to the bare REP failed\n");
		return -1;
	}
	bench->rate[NNG][round] = (double)(NNG_REPEAT * bench->per_round) / seconds;
	return 0;
}

static enum drp_err write_group(struct drp_db *db, const struct load_message *messages,
	size_t n, int64_t *id, struct drp_diag *diag)
{
	enum drp_err err = drp_db_begin(db, diag);
	for (size_t i = 0; i < n && !err; i++) {
		struct drp_query *q = drp_db_query(db, "INSERT INTO row VALUES (?, ?)");
		drp_q_int(q, ++*id);
		drp_q_blob(q, messages[i].bytes, messages[i].n);
		err = drp_q_run(q, diag);
	}
	return err ? err : drp_db_commit(db, diag);
}

static int run_sqlite(struct bench *bench, struct drp_db *db, int round)
{
	static int64_t id;
	const struct load_message *messages = round_messages(bench, round);
	struct drp_diag diag = {0};
	enum drp_err err = DRP_OK;
	double start_time = load_now();
	for (int k = 0; k < SQLITE_REPEAT; k++) {
		for (size_t i = 0; i < bench->per_round && !err;
			i += DRP_GROUP_COMMIT_MAX) {
			size_t left = bench->per_round - i;
			size_t n =
				left < DRP_GROUP_COMMIT_MAX ? left : DRP_GROUP_COMMIT_MAX;
			err = write_group(db, messages + i, n, &id, &diag);
		}
	}
	if (err) {
		fprintf(stderr, "bench_ingest: %s\n", diag.text);
		return -1;
	}
	bench->rate[SQLITE][round] =
		(double)(SQLITE_REPEAT * bench->per_round) / (load_now() - start_time);
	return 0;
}

struct opener {
	pthread_t thread;
	const struct drp_keys *keys;
	const struct load_message *messages;
	size_t n, opened;
};

static void *open_envelopes(void *arg)
{
	struct opener *opener = arg;
	for (size_t i = 0; i < opener->n; i++) {
		struct drp_envelope envelope;
		struct drp_buf body = {0};
		uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
		opener->opened += drp_envelope_parse(opener->messages[i].bytes,
					  opener->messages[i].n, &envelope) == DRP_OK &&
				  drp_envelope_verify(&envelope) == DRP_OK &&
				  drp_envelope_open(&envelope, opener->keys, &body,
					  message_key) == DRP_OK;
		drp_buf_clear(&body);
	}
	return NULL;
}

static int run_crypto(struct bench *bench, const struct drp_keys *keys, int round)
{
	struct opener openers[WORKERS_MAX];
	const struct load_message *messages = round_messages(bench, round);
	size_t share = bench->per_round / bench->workers, opened = 0;
	double start_time = load_now();
	for (unsigned i = 0; i < bench->workers; i++) {
		openers[i] = (struct opener){
			.keys = keys, .messages = messages + i * share, .n = share};
		if (pthread_create(
			    &openers[i].thread, NULL, open_envelopes, &openers[i])) {
			return -1;
		}
	}
	for (unsigned i = 0; i < bench->workers; i++) {
		pthread_join(openers[i].thread, NULL);
		opened += openers[i].opened;
	}
	bench->rate[CRYPTO][round] = (double)opened / (load_now() - start_time);
	return opened == share * bench->workers ? 0 : -1;
}

/* --- rounds ------------------------------------------------------------------ */

static int run_rounds(struct bench *bench, struct drp_db *db, const struct drp_keys *keys)
{
	for (int round = 0; round < ROUNDS; round++) {
		if (run_hub(bench, round)) {
			return -1;
		}
		if (round == 0) { /* the bare REP answers with as many bytes */
			bench->rep = child_start(serve_rep, bench, &bench->rep_port);
		}
		if (bench->rep < 0 || run_nng(bench, round) ||
			run_sqlite(bench, db, round) || run_crypto(bench, keys, round)) {
			return -1;
		}
	}
	return 0;
}

static int stop_hub(struct bench *bench)
{
	int status;
	size_t stored;
	struct drp_diag diag = {0};
	kill(bench->hub, SIGTERM);
	if (waitpid(bench->hub, &status, 0) != bench->hub || status != 0) {
		fprintf(stderr, "bench_ingest: the hub did not end well\n");
		return -1;
	}
	if (crowd_stored(&bench->crowd, &stored, &diag) || stored != bench->crowd.n) {
		fprintf(stderr, "bench_ingest: receipts for %zu, stored %zu %s\n",
			bench->crowd.n, stored, diag.text);
		return -1;
	}
	return 0;
}

static int measure(struct bench *bench)
{
	static const char *const table[] = {
		"CREATE TABLE row (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT"};
	static const struct drp_db_schema schema = {1, 16384, table, 1};
	char path[DRP_PATH_MAX];
	struct drp_diag diag = {0};
	struct drp_db *db = NULL;
	struct drp_hub hub;
	int rc = -1;
	bench->hub = child_start(serve_hub, bench, &bench->hub_port);
	if (bench->hub < 0) {
		return -1;
	}
	if (drp_path(path, bench->crowd.dir, "bare.db", &diag) ||
		drp_db_open(path, &schema, 1, &db, &diag) ||
		drp_hub_open(bench->crowd.dir, &hub, &diag)) {
		fprintf(stderr, "bench_ingest: %s\n", diag.text);
	} else {
		rc = run_rounds(bench, db, hub.keys);
		drp_hub_close(&hub);
	}
	drp_db_close(db);
	if (bench->rep > 0) {
		kill(bench->rep, SIGKILL);
		waitpid(bench->rep, NULL, 0);
	}
	return stop_hub(bench) || rc;
}

/* --- what is told ------------------------------------------------------------ */

/* Of the rounds after the first. */
static double median(const double *rounds)
{
	return rounds_median(rounds + 1, ROUNDS - 1);
}

static enum figure slowest(const double *rates)
{
	enum figure least = NNG;
	for (enum figure f = SQLITE; f < FIGURES; f++) {
		least = rates[f] < rates[least] ? f : least;
	}
	return least;
}

static double ratio(const struct bench *bench)
{
	double ratios[ROUNDS];
	for (int round = 0; round < ROUNDS; round++) {
		double rates[FIGURES];
		for (int f = 0; f < FIGURES; f++) {
			rates[f] = bench->rate[f][round];
		}
		ratios[round] = rates[HUB] / rates[slowest(rates)];
	}
	return median(ratios);
}

static void print_json(const struct bench *bench, const double *medians)
{
	printf("{\"bench\":\"ingest\",\"ratio\":%.3f", ratio(bench));
	for (int f = 0; f < FIGURES; f++) {
		printf(",\"%s\":%.0f", members[f], medians[f]);
	}
	printf(",\"connections\":%d,\"workers\":%u,\"envelope_bytes\":%zu,"
	       "\"reply_bytes\":%zu,\"contributions\":%zu,\"hub_cpu_us\":%.0f}\n",
		CONNECTIONS, bench->workers, bench->crowd.messages[0].n,
		bench->reply_bytes, bench->crowd.n, median(bench->hub_cpu_us));
}

static void print_table(const struct bench *bench, const double *medians)
{
	enum figure least = slowest(medians);
	printf("durable contributions, %d connections, %u worker%s, medians of %d "
	       "rounds\n"
	       "a contribution is %zu bytes, its envelope %zu, the answer %zu\n\n",
		CONNECTIONS, bench->workers, bench->workers == 1 ? "" : "s", ROUNDS - 1,
		bench->crowd.contribution_bytes, bench->crowd.messages[0].n,
		bench->reply_bytes);
	for (int f = 0; f < FIGURES; f++) {
		printf("%-28s %9.0f/s%s\n", names[f], medians[f],
			f == (int)least ? "  the slowest ceiling" : "");
	}
	printf("\nhub / slowest ceiling        %9.2f\n", ratio(bench));
	printf("hub's processor time         %9.0f us a contribution\n",
		median(bench->hub_cpu_us));
}

static void print(const struct bench *bench, int json)
{
	double medians[FIGURES];
	for (int f = 0; f < FIGURES; f++) {
		medians[f] = median(bench->rate[f]);
	}
	if (json) {
		print_json(bench, medians);
	} else {
		print_table(bench, medians);
	}
}

int main(int argc, char **argv)
{
	static struct bench bench;
	struct drp_diag diag = {0};
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int json = argc == 2 && strcmp(argv[1], "--json") == 0;
	if (argc > 1 && !json) {
		fprintf(stderr, "usage: bench_ingest [--json]\n");
		return 2;
	}
	setenv("DREMPEL_LOG", "error", 0);
	/* Real schools are on other machines: the load that stands in for them must not
	 * put the hub off its processors. */
	const struct sched_param none = {0};
	(void)!sched_setscheduler(0, SCHED_BATCH, &none);
	bench.workers = cores > 2 ? (unsigned)cores - 1 : 1;
	bench.workers = bench.workers < WORKERS_MAX ? bench.workers : WORKERS_MAX;
	int rc = drp_crypto_init() || crowd_make(&bench.crowd, SCHOOLS, &diag);
	if (rc) {
		fprintf(stderr, "bench_ingest: %s\n", diag.text);
	} else {
		bench.per_round = bench.crowd.n / ROUNDS;
		rc = measure(&bench);
	}
	if (!rc) {
		print(&bench, json);
	}
	crowd_clear(&bench.crowd);
	return rc != 0;
}
