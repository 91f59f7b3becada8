/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/cli.h"

#include "tests/support/check.h"

#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- a program with a command of each kind ---- */

static char got[512];

static enum drp_err tell(const struct drp_args *args, struct drp_diag *diag)
{
	(void)diag;
	snprintf(got, sizeof got, "%s n=%d [%s|%s] dir=%s json=%d level=%s yes=%d",
		args->command->name, args->n_arguments,
		args->n_arguments > 0 ? args->argument[0] : "",
		args->n_arguments > 1 ? args->argument[1] : "", drp_args_dir(args),
		drp_args_has(args, "--json"),
		drp_args_get(args, "--level") ? drp_args_get(args, "--level") : "-",
		drp_args_has(args, "--yes"));
	return DRP_OK;
}

static enum drp_err plain(const struct drp_args *args, struct drp_diag *diag)
{
	(void)diag;
	snprintf(got, sizeof got, "%s n=%d", args->command->name, args->n_arguments);
	printf("plain output\n");
	return DRP_OK;
}

static enum drp_err refuse(const struct drp_args *args, struct drp_diag *diag)
{
	(void)args;
	return drp_fail(diag, DRP_E_BUDGET, "the year is spent");
}

static enum drp_err fail(const struct drp_args *args, struct drp_diag *diag)
{
	(void)diag;
	return args->n_arguments ? DRP_E_IO : DRP_E_USAGE; /* without a word of its own */
}

static const struct drp_option options[] = {{"--level", "L", "a level.\\ not roff"},
	{"--yes", NULL, "'quoted' and -dashed-"}, {NULL, NULL, NULL}};

static const struct drp_command commands[] = {
	{"set", "ID FILE", ".help that begins with a dot", options, tell, 1},
	{"campaign set", "ID", "two words", options, tell, 0},
	{"campaign", "", "one word that begins another", NULL, plain, 0},
	{"plain", "", "prints", NULL, plain, 0},
	{"refuse", "", "refuses", NULL, refuse, 0},
	{"fail", "WHAT", "fails", NULL, fail, 1},
};

static const struct drp_program_file files[] = {{"some.yaml", "settings"}, {NULL, NULL}};

static const struct drp_program program = {.name = "drempel-test",
	.summary = "Tests a command line.",
	.files = files,
	.commands = commands,
	.n_commands = sizeof commands / sizeof commands[0]};

/* ---- running it ---- */

static char out[65536], errors[4096];

static void slurp(int from, int to_fd, int saved, char *text, size_t size)
{
	fflush(NULL);
	dup2(saved, to_fd);
	close(saved);
	lseek(from, 0, SEEK_SET);
	ssize_t n = read(from, text, size - 1);
	text[n > 0 ? n : 0] = 0;
	close(from);
}

static int temporary(void)
{
	char path[] = "/tmp/drempel-cli-XXXXXX";
	int fd = mkstemp(path);
	CHECK(fd >= 0);
	unlink(path);
	return fd;
}

/* Runs a command line, its words separated by single blanks, with its output going to
 * that file. */
static int run_into(int o, const char *line)
{
	char copy[512], *argv[32] = {0}, *rest = NULL;
	int argc = 0;
	snprintf(copy, sizeof copy, "drempel-test %s", line);
	for (char *word = strtok_r(copy, " ", &rest); word && argc < 31;
		word = strtok_r(NULL, " ", &rest)) {
		argv[argc++] = word;
	}
	got[0] = 0;
	fflush(NULL);
	int e = temporary();
	int saved_out = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
	dup2(o, STDOUT_FILENO);
	dup2(e, STDERR_FILENO);
	int status = drp_cli_main(&program, argc, argv);
	fflush(stdout);
	__fpurge(stdout); /* what could not be written must not come later */
	clearerr(stdout);
	slurp(o, STDOUT_FILENO, saved_out, out, sizeof out);
	slurp(e, STDERR_FILENO, saved_err, errors, sizeof errors);
	return status;
}

static int run(const char *line)
{
	return run_into(temporary(), line);
}

static void expect(const char *line, const char *want)
{
	CHECK_INT(run(line), 0);
	CHECK_STR(got, want);
	CHECK_STR(errors, "");
}

/* A wrong command line is one line that names the fault and the way out. */
static void expect_usage(const char *line, const char *says)
{
	CHECK_INT(run(line), 2);
	CHECK_STR(got, "");
	if (!strstr(errors, says)) {
		CHECK_STR(errors, says);
	}
	CHECK(strncmp(errors, "drempel-test: ", 14) == 0);
	CHECK(strstr(errors, "--help'") != NULL);
	CHECK(strchr(errors, '\n') == errors + strlen(errors) - 1);
	CHECK_STR(out, "");
}

/* ---- the cases ---- */

static void options_stand_anywhere(void)
{
	static const char want[] = "set n=2 [a|b] dir=/d json=1 level=3 yes=1";
	unsetenv("DREMPEL_DIR");
	expect("set a b --dir /d --json --level 3 --yes", want);
	expect("set --yes --level 3 --json --dir /d a b", want);
	expect("set --dir /d a --level 3 b --json --yes", want);
	expect("set a", "set n=1 [a|] dir=. json=0 level=- yes=0");
	expect("set --level 1 --level 2 a", "set n=1 [a|] dir=. json=0 level=2 yes=0");
	expect("set -- --yes -x", "set n=2 [--yes|-x] dir=. json=0 level=- yes=0");
	expect("set a -1", "set n=2 [a|-1] dir=. json=0 level=- yes=0");
}

static void two_words_come_before_one(void)
{
	expect("campaign set c1", "campaign set n=1 [c1|] dir=. json=0 level=- yes=0");
	expect("campaign", "campaign n=0");
}

static void the_directory_comes_from_somewhere(void)
{
	setenv("DREMPEL_DIR", "/from/environment", 1);
	expect("set a", "set n=1 [a|] dir=/from/environment json=0 level=- yes=0");
	expect("set a --dir /mine", "set n=1 [a|] dir=/mine json=0 level=- yes=0");
	setenv("DREMPEL_DIR", "", 1);
	expect("set a", "set n=1 [a|] dir=. json=0 level=- yes=0");
	unsetenv("DREMPEL_DIR");
}

static void wrong_command_lines(void)
{
	expect_usage("nothing", "no command 'nothing'");
	expect_usage("--json", "no command '--json'");
	expect_usage("campaign unknown", "takes: no arguments");
	expect_usage("set", "takes: ID FILE");
	expect_usage("set a b c", "takes: ID FILE");
	expect_usage("set a b c d e f", "too many");
	expect_usage("set a --unknown", "no option --unknown");
	expect_usage("set a --level", "--level needs a value");
	expect_usage("set a --level=3", "no option --level=3");
	expect_usage("plain --yes", "no option --yes");
	expect_usage("plain x", "no arguments");
	CHECK_INT(run(""), 2);
	CHECK(strstr(out, "usage: drempel-test COMMAND") != NULL);
}

static void outcomes(void)
{
	CHECK_INT(run("plain"), 0);
	CHECK_STR(out, "plain output\n");
	CHECK_INT(run("refuse"), 1);
	CHECK_STR(errors, "drempel-test: refused: the year is spent\n");
	CHECK_INT(run("fail x"), 1);
	CHECK_STR(errors, "drempel-test: input or output failed\n");
	CHECK_INT(run("fail"), 2);
	CHECK_STR(errors, "drempel-test: wrong command line; try 'drempel-test fail "
			  "--help'\n");
}

static void output_that_does_not_arrive_is_an_error(void)
{
	static const char *const line[] = {"plain", "--help", "set --help", "--man"};
	for (int i = 0; i < 4; i++) {
		CHECK_INT(run_into(open("/dev/full", O_WRONLY), line[i]), 1);
		CHECK_STR(errors, "drempel-test: the output could not be written\n");
	}
}

/* ---- help and man page ---- */

static void help_shows_every_command(void)
{
	CHECK_INT(run("--help"), 0);
	for (size_t i = 0; i < program.n_commands; i++) {
		CHECK(strstr(out, commands[i].name) != NULL);
		CHECK(strstr(out, commands[i].help) != NULL);
	}
	CHECK(strstr(out, "--man") == NULL); /* the build's own business */
	CHECK_INT(run("help"), 0);
	CHECK_INT(run("set --help"), 0);
	CHECK_STR(got, ""); /* it was not run */
	CHECK(strstr(out, "--level L") && strstr(out, "--yes") && strstr(out, "--dir"));
	CHECK_INT(run("--version"), 0);
	CHECK_STR(out, "drempel-test " DRP_VERSION "\n");
}

/* What roff makes of a name: every hyphen escaped. */
static int page_has(const char *name)
{
	char escaped[128];
	size_t n = 0;
	for (; *name && n + 3 < sizeof escaped; name++) {
		if (*name == '-') {
			escaped[n++] = '\\';
		}
		escaped[n++] = *name;
	}
	escaped[n] = 0;
	return strstr(out, escaped) != NULL;
}

static void the_man_page_has_everything(void)
{
	static const char *const sections[] = {"NAME", "SYNOPSIS", "DESCRIPTION",
		"COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES"};
	CHECK_INT(run("--man"), 0);
	CHECK(strncmp(out, ".TH \"DREMPEL-TEST\" 1 ", 21) == 0);
	const char *at = out;
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		char line[40];
		snprintf(line, sizeof line, "\n.SH %s\n", sections[i]);
		at = strstr(at, line); /* in this order */
		CHECK(at != NULL);
	}
	for (size_t i = 0; i < program.n_commands; i++) {
		CHECK(page_has(commands[i].name));
		for (const struct drp_option *o = commands[i].options; o && o->name;
			o++) {
			CHECK(page_has(o->name));
		}
	}
	for (const struct drp_option *o = drp_common_options; o->name; o++) {
		CHECK(page_has(o->name));
	}
	CHECK(page_has("DREMPEL_DIR") && page_has("DREMPEL_LOG"));
	CHECK(page_has("some.yaml"));
	/* Text stays text: nothing in it is a request or an escape. */
	CHECK(strstr(out, "\n\\&.help that begins") != NULL);
	CHECK(strstr(out, "\n\\&'quoted'") != NULL);
	CHECK(strstr(out, "level.\\e not") != NULL);
}

/* As a reader sees it, where man-db is installed. */
static void man_formats_it_without_a_warning(void)
{
	char path[] = "/tmp/drempel-man-XXXXXX", command[256], formatted[256] = "";
	if (system("command -v man >/dev/null 2>&1") != 0) {
		printf("# skipped: there is no man here\n");
		return;
	}
	CHECK_INT(run("--man"), 0);
	int fd = mkstemp(path);
	CHECK(fd >= 0);
	CHECK_INT(write(fd, out, strlen(out)), (ssize_t)strlen(out));
	close(fd);
	snprintf(command, sizeof command,
		"LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -E UTF-8 -l -Tutf8 -Z %s 2>&1 "
		">/dev/null",
		path);
	FILE *pipe = popen(command, "r");
	CHECK(pipe != NULL);
	char *warned = fgets(formatted, sizeof formatted, pipe);
	int status = pclose(pipe);
	unlink(path);
	CHECK_STR(warned ? warned : "", "");
	CHECK_INT(status, 0);
}

int main(void)
{
	CASE("options stand before, between and after the arguments",
		options_stand_anywhere);
	CASE("a command of two words comes before one of one", two_words_come_before_one);
	CASE("the directory is --dir, else DREMPEL_DIR, else this one",
		the_directory_comes_from_somewhere);
	CASE("a wrong command line is one line and status 2", wrong_command_lines);
	CASE("done is 0, refused and failed are 1, usage is 2", outcomes);
	CASE("output that does not arrive is an error",
		output_that_does_not_arrive_is_an_error);
	CASE("help shows every command", help_shows_every_command);
	CASE("the man page has every command, option and file",
		the_man_page_has_everything);
	CASE("man formats it without a warning", man_formats_it_without_a_warning);
	return DONE();
}
