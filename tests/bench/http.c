/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_http [--json]: requests a second that a hub's HTTP side answers, with a published
 * edition, for a table of it and for a page of about 30 kB, beside a bare libmicrohttpd
 * that sends the same bytes from memory and knows nothing else. Both are processes of
 * their own; wrk is the load. Rounds of all four take turns and medians are what is told:
 * a ratio is the median of the rounds' own ratios, so that a machine that slows down for
 * a while does so for both sides.
 */
#include "hub/http/http.h"
#include "hub/campaign/campaign.h"
#include "hub/service/service.h"
#include "tests/bench/child.h"
#include "tests/bench/rounds.h"
#include "tests/support/http_client.h"
#include "tests/support/hub_fixture.h"

#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS	    9
#define SECONDS	    "2s"
#define CONNECTIONS "64"
#define PAGE_BYTES  30000
#define TABLE_PATH  "/t/" FIXTURE_CAMPAIGN "/participation.csv"
#define PAGE_PATH   "/page.html"

enum side { HUB, BARE, SIDES };
enum what { TABLE, PAGE, WHATS };

static const char *const paths[WHATS] = {TABLE_PATH, PAGE_PATH};
static const char *const names[WHATS] = {"table", "page"};

struct bench {
	struct hub_fixture fixture;
	struct http_answer bytes[WHATS];
	uint16_t port[SIDES];
	pid_t process[SIDES];
	double rate[SIDES][WHATS][ROUNDS], p99_ms[SIDES][WHATS][ROUNDS];
	double cpu_us[SIDES][WHATS][ROUNDS]; /* of the server, a request */
};

static char page[PAGE_BYTES];

/* --- processes --------------------------------------------------------------- */

static int serve_hub(void *self)
{
	struct bench *bench = self;
	struct drp_hub hub;
	struct drp_hub_service *service = NULL;
	struct drp_hub_http *http = NULL;
	struct drp_diag diag = {0};
	const struct drp_hub_file file = {.path = PAGE_PATH,
		.media_type = "text/html; charset=utf-8",
		.bytes = page,
		.n = sizeof page};
	enum drp_err err = drp_hub_open(bench->fixture.dir, &hub, &diag);
	struct drp_hub_http_config config = {.dir = bench->fixture.dir,
		.clock = hub.clock,
		.api = drp_api_answer,
		.files = &file,
		.n_files = 1,
		.ready = child_tell_port};
	err = err ? err : drp_hub_service_new(&hub, &service);
	err = err ? err : drp_hub_http_new(&config, &http, &diag);
	if (!err) {
		struct drp_service hooks = drp_hub_service_hooks(service);
		struct drp_server_config server = {.listen = "tcp://127.0.0.1:0",
			.http_listen = "127.0.0.1:0",
			.http = drp_hub_http_handler(http)};
		err = drp_server_run(&server, &hooks, NULL, &diag);
	}
	if (err) {
		fprintf(stderr, "bench_http: %s\n", diag.text);
	}
	return err != DRP_OK;
}

static struct MHD_Response *bare_response[WHATS];

static enum MHD_Result bare_answer(void *self, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *data,
	size_t *n, void **context)
{
	static int seen;
	(void)self;
	(void)method;
	(void)version;
	(void)data;
	(void)n;
	if (!*context) {
		*context = &seen;
		return MHD_YES;
	}
	int what = strcmp(url, PAGE_PATH) == 0 ? PAGE : TABLE;
	return MHD_queue_response(connection, 200, bare_response[what]);
}

static int serve_bare(void *self)
{
	struct bench *bench = self;
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char address[32];
	for (int w = 0; w < WHATS; w++) {
		bare_response[w] = MHD_create_response_from_buffer(
			bench->bytes[w].n, bench->bytes[w].body, MHD_RESPMEM_PERSISTENT);
		MHD_add_response_header(bare_response[w], "Content-Type", "text/plain");
	}
	struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0,
		NULL, NULL, bare_answer, NULL, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_END);
	if (!daemon) {
		return 1;
	}
	snprintf(address, sizeof address, "x:%u",
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	child_tell_port(NULL, address);
	pause();
	return 0;
}

static int start(struct bench *bench, enum side side, int (*serve)(void *self))
{
	bench->process[side] = child_start(serve, bench, &bench->port[side]);
	return bench->process[side] > 0 ? 0 : -1;
}

static void stop(struct bench *bench)
{
	for (int s = 0; s < SIDES; s++) {
		if (bench->process[s] > 0) {
			kill(bench->process[s], SIGKILL);
			waitpid(bench->process[s], NULL, 0);
		}
	}
}

/* --- the load ----------------------------------------------------------------- */

static double milliseconds(const char *text)
{
	char *unit;
	double value = strtod(text, &unit);
	return strncmp(unit, "us", 2) == 0   ? value / 1000
	       : strncmp(unit, "ms", 2) == 0 ? value
					     : value * 1000;
}

static double cpu_seconds(pid_t pid)
{
	clockid_t clock;
	struct timespec t = {0};
	if (clock_getcpuclockid(pid, &clock) == 0) {
		clock_gettime(clock, &t);
	}
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 0 when wrk ran and every answer was a good one. */
static int load(uint16_t port, const char *path, double *rate, double *p99_ms, double *n)
{
	char command[256], line[256], *at;
	int bad = 0;
	snprintf(command, sizeof command,
		"wrk -t1 -c" CONNECTIONS " -d" SECONDS
		" --latency http://127.0.0.1:%u%s 2>&1",
		port, path);
	FILE *wrk = popen(command, "r");
	*rate = *n = 0;
	while (wrk && fgets(line, sizeof line, wrk)) {
		if ((at = strstr(line, "Requests/sec:")) != NULL) {
			*rate = strtod(at + 13, NULL);
		} else if (strstr(line, " requests in ")) {
			*n = strtod(line, NULL);
		} else if ((at = strstr(line, "99%")) != NULL) {
			*p99_ms = milliseconds(at + 3);
		}
		bad |= strstr(line, "Non-2xx") || strstr(line, "Socket errors");
	}
	return wrk && pclose(wrk) == 0 && *rate > 0 && !bad ? 0 : -1;
}

static int run_rounds(struct bench *bench)
{
	for (int round = -1; round < ROUNDS; round++) { /* the first one warms up */
		for (int w = 0; w < WHATS; w++) {
			for (int s = 0; s < SIDES; s++) {
				double rate, n, p99 = 0,
						before = cpu_seconds(bench->process[s]);
				if (load(bench->port[s], paths[w], &rate, &p99, &n)) {
					fprintf(stderr, "bench_http: wrk failed\n");
					return -1;
				}
				if (round >= 0) {
					bench->rate[s][w][round] = rate;
					bench->p99_ms[s][w][round] = p99;
					bench->cpu_us[s][w][round] =
						1e6 *
						(cpu_seconds(bench->process[s]) -
							before) /
						n;
				}
			}
		}
	}
	return 0;
}

/* --- telling ------------------------------------------------------------------- */

static double median(const double values[ROUNDS])
{
	return rounds_median(values, ROUNDS);
}

static double ratio_of(const struct bench *bench, int what)
{
	double ratio[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		ratio[i] = bench->rate[HUB][what][i] / bench->rate[BARE][what][i];
	}
	return median(ratio);
}

static void tell_row(const struct bench *bench, int what, int as_json)
{
	double hub = median(bench->rate[HUB][what]),
	       bare = median(bench->rate[BARE][what]);
	double hub_p99 = median(bench->p99_ms[HUB][what]);
	double bare_p99 = median(bench->p99_ms[BARE][what]);
	double hub_us = median(bench->cpu_us[HUB][what]);
	double bare_us = median(bench->cpu_us[BARE][what]);
	if (!as_json) {
		printf("%-6s %6zu %10.0f %11.0f %7.3f %11.2f %12.2f %11.1f %12.1f\n",
			names[what], bench->bytes[what].n, hub, bare,
			ratio_of(bench, what), hub_p99, bare_p99, hub_us, bare_us);
		return;
	}
	printf("\"%s\":{\"bytes\":%zu,\"requests_per_second\":%.0f,"
	       "\"bare_requests_per_second\":%.0f,\"ratio\":%.4f,\"p99_ms\":%.3f,"
	       "\"bare_p99_ms\":%.3f,\"cpu_us\":%.2f,\"bare_cpu_us\":%.2f},",
		names[what], bench->bytes[what].n, hub, bare, ratio_of(bench, what),
		hub_p99, bare_p99, hub_us, bare_us);
}

static void tell(const struct bench *bench, int as_json)
{
	double table = ratio_of(bench, TABLE), least = ratio_of(bench, PAGE);
	least = table < least ? table : least;
	if (as_json) {
		printf("{");
	} else {
		printf("%-6s %6s %10s %11s %7s %11s %12s %11s %12s\n", "what", "bytes",
			"hub req/s", "bare req/s", "ratio", "hub p99 ms", "bare p99 ms",
			"hub cpu us", "bare cpu us");
	}
	for (int w = 0; w < WHATS; w++) {
		tell_row(bench, w, as_json);
	}
	if (as_json) {
		printf("\"connections\":%s,\"rounds\":%d,\"ratio\":%.4f}\n", CONNECTIONS,
			ROUNDS, least);
	} else {
		printf("%s connections, %d rounds; ratio %.3f\n", CONNECTIONS, ROUNDS,
			least);
	}
}

/* --- all of it ------------------------------------------------------------------- */

static void prepare(struct bench *bench)
{
	for (size_t i = 0; i < sizeof page; i++) {
		page[i] = i % 64 == 63 ? '\n' : (char)('a' + i * 7 % 26);
	}
	hub_fixture_open(&bench->fixture);
	CHECK_OK(drp_campaign_close(&bench->fixture.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_INT(start(bench, HUB, serve_hub), 0);
	while (http_get(bench->port[HUB], "/readyz", "", &bench->bytes[TABLE]) != 200) {
		usleep(20000);
	}
	for (int w = 0; w < WHATS; w++) {
		CHECK_INT(
			http_get(bench->port[HUB], paths[w], "", &bench->bytes[w]), 200);
	}
	CHECK_INT(start(bench, BARE, serve_bare), 0);
}

int main(int argc, char **argv)
{
	static struct bench bench;
	int as_json = argc == 2 && strcmp(argv[1], "--json") == 0;
	volatile int failed = 1;
	if (argc > 1 && !as_json) {
		fprintf(stderr, "usage: bench_http [--json]\n");
		return 2;
	}
	setenv("DREMPEL_LOG", "error", 1);
	if (setjmp(drp_check_exit) == 0) {
		prepare(&bench);
		failed = run_rounds(&bench) != 0;
	}
	if (!failed) {
		tell(&bench, as_json);
	}
	stop(&bench);
	if (*bench.fixture.dir && setjmp(drp_check_exit) == 0) {
		hub_fixture_close(&bench.fixture);
	}
	return failed;
}
