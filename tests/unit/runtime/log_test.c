/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/log.h"
#include "tests/support/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static FILE *captured;
static int real_stderr;

/* The level is read once a process, so every case runs under DREMPEL_LOG=warn. */
static void capture(void)
{
	captured = tmpfile();
	CHECK(captured != NULL);
	real_stderr = dup(STDERR_FILENO);
	CHECK(dup2(fileno(captured), STDERR_FILENO) >= 0);
}

static size_t release(char *text, size_t size)
{
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	rewind(captured);
	size_t n = fread(text, 1, size - 1, captured);
	text[n] = 0;
	fclose(captured);
	return n;
}

static void one_line_an_event(void)
{
	char text[4096];
	capture();
	drp_log(DRP_LOG_INFO, "doorman", "listening", "quiet=%d", 1);
	drp_log(DRP_LOG_WARN, "doorman", "refused", "reason=%s n=%d", "header", 7);
	release(text, sizeof text);
	CHECK(strlen(text) > 21);
	CHECK(text[4] == '-' && text[10] == 'T' && text[19] == 'Z');
	CHECK_STR(text + 21, "warn doorman refused reason=header n=7\n");
}

static void peer_text_cannot_forge_a_line(void)
{
	char text[4096];
	capture();
	drp_log(DRP_LOG_ERROR, "link", "failed", "text=%s",
		"a\n2026-01-01 error x\x1b[2J\r\x7f");
	release(text, sizeof text);
	CHECK(strchr(text, '\n') == text + strlen(text) - 1);
	CHECK(strstr(text, "text=a?2026-01-01 error x?[2J??\n"));
}

static void long_line_is_cut(void)
{
	static char long_text[5000];
	char text[8192];
	memset(long_text, 'z', sizeof long_text - 1);
	capture();
	drp_log(DRP_LOG_ERROR, "link", "failed", "%s", long_text);
	drp_log(DRP_LOG_ERROR, long_text, "failed", "%s", "x");
	size_t n = release(text, sizeof text);
	CHECK(n < 2 * 1024);
	CHECK(text[n - 1] == '\n');
	char *first_end = strchr(text, '\n');
	CHECK(first_end && strchr(first_end + 1, '\n') == text + n - 1);
}

static void *write_lines(void *arg)
{
	for (int i = 0; i < 200; i++) {
		drp_log(DRP_LOG_WARN, "test", "line", "%s", (const char *)arg);
	}
	return NULL;
}

static void threads_do_not_mix_lines(void)
{
	static char a[400], b[400], text[400000];
	memset(a, 'a', sizeof a - 1);
	memset(b, 'b', sizeof b - 1);
	capture();
	pthread_t other;
	CHECK_INT(pthread_create(&other, NULL, write_lines, a), 0);
	write_lines(b);
	pthread_join(other, NULL);
	release(text, sizeof text);
	int lines = 0;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const char *body = strstr(line, "line ");
		CHECK(body && (strcmp(body + 5, a) == 0 || strcmp(body + 5, b) == 0));
		lines++;
	}
	CHECK_INT(lines, 400);
}

int main(void)
{
	setenv("DREMPEL_LOG", "warn", 1);
	CASE("one line an event, with level, group and pairs", one_line_an_event);
	CASE("text from a peer cannot forge a line", peer_text_cannot_forge_a_line);
	CASE("a long line is cut and still ends", long_line_is_cut);
	CASE("lines of two threads do not mix", threads_do_not_mix_lines);
	return DONE();
}
