/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_federation [--schools N] [--json]: a whole campaign of the sealed track through
 * one hub and one notary, the real programs in processes and directories of their own.
 * Every school has one level and sends a report for leaders, teachers and pupils, of the
 * instrument deploy/instruments/selfie.yaml.
 *
 * The reports are made before the clock starts, by the code that nodes use. Then
 *   sign      `drempel-hub campaign sign`: both sides check, charge, draw and sign
 *   publish   all reports to the hub, each answered with a durable receipt, while the hub
 *             forwards them and both verify; until the last one is verified
 *   close     `campaign close`: lists, gates, numbers, openings, the edition
 *   freeze    `campaign freeze`: both sides erase
 * Reports a second are those of `publish`, to the last verified one. Processor time and
 * peak memory are those of the programs alone: the daemons' and, of the hub, its
 * commands'. At the end the edition must count every questionnaire.
 */
#include "hub/campaign/campaign.h"
#include "hub/campaign/forward.h"
#include "hub/campaign/tasks.h"
#include "hub/peer/pairing.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/session/messages.h"
#include "proto/session/sharding.h"
#include "tests/bench/crowd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CAMPAIGN    "bench"
#define SCHOOLS	    3560
#define CONNECTIONS 16
#define LOOK_US	    50000 /* between two looks at what is left */

static const uint32_t eligible[DRP_GROUPS] = {12, 400, 1500};
static const uint64_t questionnaires[DRP_GROUPS] = {2, 21, 98};

enum side { HUB, NOTARY, SIDES };
enum phase { SIGN, PUBLISH, CLOSE, FREEZE, PHASES };

static const char *const roles[SIDES] = {"hub", "notary"};
static const char *const phases[PHASES] = {"sign", "publish", "close", "freeze"};

struct report {
	struct drp_buf envelope;
	struct drp_id id;
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
};

struct bench {
	size_t schools, n; /* n reports */
	char dir[64];
	char at[SIDES][96]; /* directories */
	uint16_t port[SIDES];
	pid_t daemon[SIDES];
	struct crowd_keys keys;
	struct drp_hub hub; /* this process's own look into the hub's directory */
	struct drp_tasks *tasks;
	struct report *reports;
	struct load_message *messages;
	double seconds[PHASES], stored_seconds;
	double cpu[SIDES];
	long peak_kib[SIDES];
	size_t bytes;
};

static int failed(const char *what, const struct drp_diag *diag)
{
	fprintf(stderr, "bench_federation: %s: %s\n", what, diag ? diag->text : "");
	return -1;
}

/* --- two directories --------------------------------------------------------- */

static uint16_t free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
		getsockname(fd, (struct sockaddr *)&at, &n) != 0) {
		at.sin_port = 0;
	}
	close(fd);
	return ntohs(at.sin_port);
}

static enum drp_err make_side(
	struct bench *bench, enum side side, struct drp_hub *hub, struct drp_diag *diag)
{
	struct drp_hub_settings settings = {0};
	bench->port[side] = free_port();
	snprintf(bench->at[side], sizeof bench->at[side], "%s/%s", bench->dir,
		roles[side]);
	snprintf(settings.name, sizeof settings.name, "Bench %s", roles[side]);
	snprintf(settings.role, sizeof settings.role, "%s", roles[side]);
	snprintf(settings.listen, sizeof settings.listen, "tcp://127.0.0.1:%u",
		bench->port[side]);
	enum drp_err err = drp_hub_create(bench->at[side], &settings, diag);
	err = err ? err : drp_hub_open(bench->at[side], hub, diag);
	return err ? err : crowd_register(hub, bench->schools, 0, eligible, diag);
}

static enum drp_err pair(
	struct drp_hub *with, struct drp_hub *whom, struct drp_diag *diag)
{
	struct drp_card card;
	struct drp_buf text = {0};
	enum drp_err err = drp_pairing_card(whom, &card, diag);
	if (!err) {
		drp_card_write(&card, &text);
		const char *string = drp_buf_string(&text);
		err = string ? drp_pairing_accept(with, string, &card, diag)
			     : DRP_E_NOMEM;
	}
	drp_buf_clear(&text);
	return err;
}

static enum drp_err draft(struct bench *bench, struct drp_hub *hub, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX], id[DRP_NAME_MAX], from[DRP_DATE_TEXT], to[DRP_DATE_TEXT],
		yaml[1024];
	struct drp_buf report = {0};
	int32_t today = (int32_t)(drp_hub_now_s(hub) / 86400);
	int n = snprintf(yaml, sizeof yaml,
		"campaign: " CAMPAIGN "\n"
		"title: Bench\n"
		"region: VL\n"
		"instrument: " DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml\n"
		"track: sealed\n"
		"cohort: self-selected\n"
		"period: {from: %s, to: %s}\n"
		"deadline: %s\n",
		drp_date_format(today - 60, from), drp_date_format(today + 14, to), to);
	enum drp_err err = drp_path(path, bench->dir, "bench.yaml", diag);
	err = err ? err : drp_file_write(path, yaml, (size_t)n, 0600, diag);
	err = err ? err : drp_campaign_new(hub, path, id, &report, diag);
	drp_buf_clear(&report);
	return err;
}

static int found(struct bench *bench)
{
	struct drp_hub sides[SIDES] = {0};
	struct drp_diag diag = {0};
	snprintf(bench->dir, sizeof bench->dir, "/var/tmp/drempel-bench-XXXXXX");
	if (!mkdtemp(bench->dir)) {
		return failed("no folder in /var/tmp", NULL);
	}
	enum drp_err err = make_side(bench, HUB, &sides[HUB], &diag);
	err = err ? err : make_side(bench, NOTARY, &sides[NOTARY], &diag);
	err = err ? err : pair(&sides[HUB], &sides[NOTARY], &diag);
	err = err ? err : pair(&sides[NOTARY], &sides[HUB], &diag);
	err = err ? err
		  : crowd_enrol(&sides[HUB], bench->schools, &bench->keys,
			    drp_hub_now_s(&sides[HUB]), &diag);
	err = err ? err : draft(bench, &sides[HUB], &diag);
	for (enum side s = HUB; s < SIDES; s++) {
		if (sides[s].store) {
			drp_hub_close(&sides[s]);
		}
	}
	return err ? failed("set-up", &diag) : 0;
}

/* --- processes --------------------------------------------------------------- */

/* Returns when the process has become its program, which closes the pipe: until then its
 * memory is this one's. */
static pid_t start(char *const arguments[], const char *log)
{
	int pipe_ends[2];
	char none;
	if (pipe2(pipe_ends, O_CLOEXEC) != 0) {
		return -1;
	}
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execv(arguments[0], arguments);
		_exit(127);
	}
	close(pipe_ends[1]);
	while (read(pipe_ends[0], &none, 1) < 0) {
		/* interrupted */
	}
	close(pipe_ends[0]);
	return pid;
}

/* Its peak while it still runs: what the kernel tells of an ended process also counts
 * what it held before it became its program. */
static long peak_of(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, "VmHWM: %ld", &kib) == 1) {
			break;
		}
	}
	if (f) {
		fclose(f);
	}
	return kib;
}

static int finish(struct bench *bench, enum side side, pid_t pid)
{
	struct rusage usage;
	int status;
	if (wait4(pid, &status, 0, &usage) != pid || status != 0) {
		return -1;
	}
	bench->cpu[side] +=
		(double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	return 0;
}

static void note_peak(struct bench *bench, enum side side, pid_t pid)
{
	long kib = peak_of(pid);
	bench->peak_kib[side] = kib > bench->peak_kib[side] ? kib : bench->peak_kib[side];
}

static char program[] = DRP_BINARY_DIR "/bin/drempel-hub";

/* One of the hub's commands, to its end. */
static int command(struct bench *bench, enum phase phase)
{
	char log[128], campaign[] = "campaign", id[] = CAMPAIGN, dir[] = "--dir",
		       verb[16];
	snprintf(log, sizeof log, "%s/%s.log", bench->dir, phases[phase]);
	snprintf(verb, sizeof verb, "%s", phases[phase]);
	char *arguments[] = {program, campaign, verb, id, dir, bench->at[HUB], NULL};
	double begun = load_now();
	pid_t pid = start(arguments, log);
	siginfo_t info = {0};
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		info.si_pid == 0) {
		note_peak(bench, HUB, pid);
		usleep(LOOK_US);
	}
	if (finish(bench, HUB, pid)) {
		fprintf(stderr, "bench_federation: campaign %s failed; see %s\n",
			phases[phase], log);
		return -1;
	}
	bench->seconds[phase] = load_now() - begun;
	return 0;
}

static int listens(uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = connect(fd, (struct sockaddr *)&to, sizeof to);
	close(fd);
	return rc == 0;
}

static int serve(struct bench *bench, enum side side)
{
	char log[128], verb[] = "serve", dir[] = "--dir";
	snprintf(log, sizeof log, "%s/serve-%s.log", bench->dir, roles[side]);
	char *arguments[] = {program, verb, dir, bench->at[side], NULL};
	bench->daemon[side] = start(arguments, log);
	for (int tries = 0; tries < 500; tries++) {
		if (listens(bench->port[side])) {
			return 0;
		}
		usleep(LOOK_US);
	}
	fprintf(stderr, "bench_federation: the %s does not listen; see %s\n", roles[side],
		log);
	return -1;
}

static int stop(struct bench *bench, enum side side)
{
	pid_t pid = bench->daemon[side];
	if (pid <= 0) {
		return -1;
	}
	note_peak(bench, side, pid);
	bench->daemon[side] = 0;
	kill(pid, SIGTERM);
	return finish(bench, side, pid);
}

/* --- reports ----------------------------------------------------------------- */

/* n questionnaires whose answers are spread over each item's counters. */
static void fill(const struct drp_vector *vector, uint64_t n, uint64_t *counts)
{
	memset(counts, 0, vector->length * sizeof *counts);
	counts[0] = n;
	for (size_t i = 0; i < vector->n_items; i++) {
		for (uint64_t k = 0; k < n; k++) {
			counts[vector->offset[i] + (k * k + i) % vector->counters[i]]++;
		}
	}
}

static enum drp_err make_report(struct bench *bench, const struct drp_unit *unit,
	enum drp_group group, struct report *report)
{
	const struct drp_manifest *m = bench->tasks->manifest;
	const struct drp_task *task = &bench->tasks->task[group];
	const struct drp_keys *keys = crowd_keys_of(&bench->keys, &m->key[unit->school]);
	static uint64_t counts[1 + DRP_ITEMS_MAX * (DRP_POINTS_MAX + 2)];
	struct drp_rng rng = drp_system_rng();
	struct drp_request q = {.type = DRP_MSG_REPORT, .at = drp_hub_now_s(&bench->hub)};
	struct drp_buf bytes = {0}, body = {0};
	struct drp_hash name;
	fill(&task->vector, questionnaires[group], counts);
	enum drp_err err = drp_report_make(
		task, counts, &unit->id, keys, m->notary_box, &rng, &bytes, &name);
	if (!err) {
		q.report.bytes = bytes.data;
		q.report.n = bytes.len;
		err = drp_request_encode(&q, &body);
	}
	if (!err) {
		rng.fill(rng.self, &report->id, sizeof report->id);
		err = drp_envelope_seal(keys, m->hub_box, DRP_MSG_REPORT, &report->id,
			body.data, body.len, &report->envelope, report->message_key);
	}
	drp_buf_clear(&bytes);
	drp_buf_clear(&body);
	return err;
}

/* After the signing: what a node does with its counts. */
static int make_reports(struct bench *bench)
{
	struct drp_campaign_row row;
	struct drp_diag diag = {0};
	enum drp_err err = drp_hub_open(bench->at[HUB], &bench->hub, &diag);
	err = err ? err : drp_hub_campaign_get(bench->hub.store, CAMPAIGN, &row, &diag);
	err = err ? err : drp_tasks_load(&bench->hub, &row, &bench->tasks, &diag);
	if (err) {
		return failed("the signed campaign", &diag);
	}
	const struct drp_manifest *m = bench->tasks->manifest;
	bench->n = (size_t)m->n_units * DRP_GROUPS;
	bench->reports = drp_alloc(bench->n, sizeof *bench->reports);
	bench->messages = drp_alloc(bench->n, sizeof *bench->messages);
	if (!bench->reports || !bench->messages) {
		return failed("no memory", NULL);
	}
	for (size_t i = 0; i < bench->n && !err; i++) {
		err = make_report(bench, &m->unit[i / DRP_GROUPS],
			(enum drp_group)(i % DRP_GROUPS), &bench->reports[i]);
		bench->messages[i].bytes = bench->reports[i].envelope.data;
		bench->messages[i].n = bench->reports[i].envelope.len;
		bench->bytes += bench->reports[i].envelope.len;
	}
	if (err) {
		fprintf(stderr, "bench_federation: a report: %s\n", drp_err_text(err));
	}
	return err != DRP_OK;
}

/* An answer that opens, says done and holds a receipt. */
static int answered(const struct bench *bench, size_t i)
{
	static struct drp_reply reply;
	const struct report *report = &bench->reports[i];
	const struct load_message *message = &bench->messages[i];
	struct drp_reply_origin origin;
	struct drp_buf body = {0};
	int holds = drp_reply_decode(report->message_key, DRP_MSG_REPORT, &report->id,
			    message->reply, message->reply_n, &body, &origin) == DRP_OK &&
		    drp_reply_decode_body(DRP_MSG_REPORT, body.data, body.len, &reply) ==
			    DRP_OK &&
		    reply.err == DRP_OK && reply.status.n > 0;
	if (!holds) {
		fprintf(stderr, "bench_federation: report %zu was refused: %s\n", i,
			reply.text);
	}
	drp_buf_clear(&body);
	return holds;
}

static int publish(struct bench *bench)
{
	struct drp_diag diag = {0};
	size_t left = 1;
	double begun = load_now();
	bench->stored_seconds =
		load_run(bench->port[HUB], CONNECTIONS, bench->messages, bench->n, 1);
	if (bench->stored_seconds < 0) {
		return failed("a connection to the hub", NULL);
	}
	while (left > 0) {
		if (drp_forward_left(&bench->hub, CAMPAIGN, &left, &diag)) {
			return failed("what is left", &diag);
		}
		if (waitpid(bench->daemon[HUB], NULL, WNOHANG) ||
			waitpid(bench->daemon[NOTARY], NULL, WNOHANG)) {
			return failed("a daemon ended by itself", NULL);
		}
		usleep(LOOK_US);
	}
	bench->seconds[PUBLISH] = load_now() - begun;
	for (size_t i = 0; i < bench->n; i++) {
		if (!answered(bench, i)) {
			return -1;
		}
	}
	return 0;
}

/* The edition counts every questionnaire. */
static int check_edition(struct bench *bench)
{
	struct drp_edition *e = NULL;
	struct drp_diag diag = {0};
	size_t found_groups = 0;
	if (drp_campaign_edition(&bench->hub, CAMPAIGN, 0, &e, &diag)) {
		return failed("the edition", &diag);
	}
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (strcmp(o->measure, "questionnaires") == 0 &&
			o->family == DRP_FAMILY_REGION && o->group < DRP_GROUPS) {
			uint64_t all = questionnaires[o->group] * bench->schools;
			found_groups += strtoull(o->value, NULL, 10) == all;
		}
	}
	drp_edition_free(e);
	return found_groups == DRP_GROUPS
		       ? 0
		       : failed("the edition does not count every questionnaire", NULL);
}

/* --- the whole --------------------------------------------------------------- */

static int run(struct bench *bench)
{
	int rc = found(bench) || serve(bench, NOTARY) || command(bench, SIGN) ||
		 make_reports(bench) || serve(bench, HUB) || publish(bench) ||
		 command(bench, CLOSE) || command(bench, FREEZE);
	for (enum side s = HUB; s < SIDES; s++) {
		rc = stop(bench, s) || rc;
	}
	return rc || check_edition(bench);
}

static void clear(struct bench *bench, int keep)
{
	for (size_t i = 0; bench->reports && i < bench->n; i++) {
		drp_buf_clear(&bench->reports[i].envelope);
	}
	drp_free(bench->reports);
	drp_free(bench->messages);
	drp_tasks_free(bench->tasks);
	if (bench->hub.store) {
		drp_hub_close(&bench->hub);
	}
	crowd_keys_clear(&bench->keys);
	if (!keep) {
		crowd_remove(bench->dir);
	}
}

static void print_json(const struct bench *bench)
{
	printf("{\"bench\":\"federation\",\"schools\":%zu,\"reports\":%zu,"
	       "\"reports_per_second\":%.0f,\"stored_per_second\":%.0f,"
	       "\"report_bytes\":%zu",
		bench->schools, bench->n, (double)bench->n / bench->seconds[PUBLISH],
		(double)bench->n / bench->stored_seconds, bench->bytes / bench->n);
	for (enum phase p = SIGN; p < PHASES; p++) {
		printf(",\"%s_seconds\":%.2f", phases[p], bench->seconds[p]);
	}
	for (enum side s = HUB; s < SIDES; s++) {
		printf(",\"%s_cpu_seconds\":%.2f,\"%s_peak_kib\":%ld", roles[s],
			bench->cpu[s], roles[s], bench->peak_kib[s]);
	}
	printf("}\n");
}

static void print_table(const struct bench *bench)
{
	printf("a sealed campaign of %zu schools, %zu reports of %zu bytes on "
	       "average\n\n",
		bench->schools, bench->n, bench->bytes / bench->n);
	for (enum phase p = SIGN; p < PHASES; p++) {
		printf("%-8s %8.2f s\n", phases[p], bench->seconds[p]);
	}
	printf("\nstored at the hub      %8.0f reports/s\n"
	       "verified by both       %8.0f reports/s\n\n",
		(double)bench->n / bench->stored_seconds,
		(double)bench->n / bench->seconds[PUBLISH]);
	for (enum side s = HUB; s < SIDES; s++) {
		printf("%-8s %8.2f s of processor, at most %.1f MiB\n", roles[s],
			bench->cpu[s], (double)bench->peak_kib[s] / 1024);
	}
}

int main(int argc, char **argv)
{
	static struct bench bench = {.schools = SCHOOLS};
	int json = 0, usage = 0;
	for (int i = 1; i < argc; i++) {
		uint32_t n;
		if (strcmp(argv[i], "--json") == 0) {
			json = 1;
		} else if (strcmp(argv[i], "--schools") == 0 && i + 1 < argc &&
			   drp_parse_u32(argv[i + 1], 1, DRP_SCHOOLS_MAX, &n) == 0) {
			bench.schools = n;
			i++;
		} else {
			usage = 1;
		}
	}
	if (usage) {
		fprintf(stderr, "usage: bench_federation [--schools N] [--json]\n");
		return 2;
	}
	int rc = drp_crypto_init() || run(&bench);
	if (!rc && json) {
		print_json(&bench);
	} else if (!rc) {
		print_table(&bench);
	} else if (*bench.dir) {
		fprintf(stderr, "bench_federation: directories and logs stay in %s\n",
			bench.dir);
	}
	clear(&bench, rc);
	return rc != 0;
}
