/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct drp_option drp_common_options[] = {
	{"--dir", "DIR",
		"the directory that holds keys, settings and database (default .)"},
	{"--json", NULL, "print JSON for machines"},
	{"--help", NULL, "print this help"},
	{NULL, NULL, NULL},
};
#define COMMON ((int)(sizeof drp_common_options / sizeof drp_common_options[0]) - 1)

/* Options are numbered: the common ones first, then the command's own. */
static const struct drp_option *option_at(const struct drp_command *command, int i)
{
	if (i < COMMON) {
		return &drp_common_options[i];
	}
	if (!command->options) {
		return NULL;
	}
	const struct drp_option *o = command->options;
	for (int k = COMMON; o->name && k < i; k++) {
		o++;
	}
	return o->name ? o : NULL;
}

static int option_index(const struct drp_command *command, const char *name)
{
	const struct drp_option *o;
	for (int i = 0; (o = option_at(command, i)) != NULL; i++) {
		if (strcmp(o->name, name) == 0) {
			return i;
		}
	}
	return -1;
}

const char *drp_args_get(const struct drp_args *args, const char *name)
{
	int i = option_index(args->command, name);
	if (i < 0 || i >= DRP_CLI_OPTIONS_MAX) {
		fprintf(stderr, "defect: command %s has no option %s\n",
			args->command->name, name);
		abort();
	}
	return args->given[i];
}

int drp_args_has(const struct drp_args *args, const char *name)
{
	return drp_args_get(args, name) != NULL;
}

const char *drp_args_dir(const struct drp_args *args)
{
	const char *dir = drp_args_get(args, "--dir");
	if (!dir) {
		dir = getenv("DREMPEL_DIR");
	}
	return dir && *dir ? dir : ".";
}

static int count_words(const char *s)
{
	int n = 0;
	for (int inside = 0; *s; s++) {
		int space = *s == ' ';
		n += !space && !inside;
		inside = !space;
	}
	return n;
}

static void print_command(const char *program, const struct drp_command *c)
{
	printf("usage: %s %s%s%s [options]\n\n%s\n\noptions:\n", program, c->name,
		*c->arguments ? " " : "", c->arguments, c->help);
	const struct drp_option *o;
	for (int i = 0; (o = option_at(c, i)) != NULL; i++) {
		char left[64];
		snprintf(left, sizeof left, "%s%s%s", o->name, o->value ? " " : "",
			o->value ? o->value : "");
		printf("  %-24s %s\n", left, o->help);
	}
}

static void print_program(const struct drp_program *p)
{
	printf("usage: %s COMMAND [arguments] [options]\n\n%s\n\ncommands:\n", p->name,
		p->summary);
	for (size_t i = 0; i < p->n_commands; i++) {
		const struct drp_command *c = &p->commands[i];
		char left[64];
		snprintf(left, sizeof left, "%s %s", c->name, c->arguments);
		printf("  %-34s %s\n", left, c->help);
	}
	printf("\n'%s COMMAND --help' tells more. Exit status: 0 done, 1 refused or "
	       "failed, 2 usage.\n",
		p->name);
}

/* The command whose one or two words begin argv; *used is how many words. */
static const struct drp_command *find_command(
	const struct drp_program *p, int argc, char **argv, int *used)
{
	for (int words = 2; words >= 1; words--) {
		char name[64];
		if (argc <= words) {
			continue;
		}
		snprintf(name, sizeof name, "%s%s%s", argv[1], words == 2 ? " " : "",
			words == 2 ? argv[2] : "");
		for (size_t i = 0; i < p->n_commands; i++) {
			if (strcmp(p->commands[i].name, name) == 0) {
				*used = words;
				return &p->commands[i];
			}
		}
	}
	return NULL;
}

static enum drp_err parse(const struct drp_command *command, int argc, char **argv,
	struct drp_args *args, struct drp_diag *diag)
{
	int only_arguments = 0;
	for (int i = 0; i < argc; i++) {
		if (!only_arguments && strcmp(argv[i], "--") == 0) {
			only_arguments = 1;
		} else if (!only_arguments && strncmp(argv[i], "--", 2) == 0) {
			int k = option_index(command, argv[i]);
			if (k < 0 || k >= DRP_CLI_OPTIONS_MAX) {
				return drp_fail(diag, DRP_E_USAGE, "%s has no option %s",
					command->name, argv[i]);
			}
			int flag = option_at(command, k)->value == NULL;
			if (!flag && i + 1 >= argc) {
				return drp_fail(
					diag, DRP_E_USAGE, "%s needs a value", argv[i]);
			}
			args->given[k] = flag ? "" : argv[++i];
		} else if (args->n_arguments < DRP_CLI_ARGUMENTS_MAX) {
			args->argument[args->n_arguments++] = argv[i];
		} else {
			return drp_fail(diag, DRP_E_USAGE, "too many arguments");
		}
	}
	int most = count_words(command->arguments);
	int least = most - command->optional_arguments;
	if (!drp_args_has(args, "--help") &&
		(args->n_arguments < least || args->n_arguments > most)) {
		return drp_fail(diag, DRP_E_USAGE, "%s takes: %s", command->name,
			most ? command->arguments : "no arguments");
	}
	return DRP_OK;
}

static int report(const char *program, const char *command, enum drp_err err,
	const struct drp_diag *diag)
{
	if (err == DRP_OK) {
		return 0;
	}
	const char *text = diag->code ? diag->text : drp_err_text(err);
	if (err == DRP_E_USAGE) {
		fprintf(stderr, "%s: %s; try '%s%s%s --help'\n", program, text, program,
			command ? " " : "", command ? command : "");
		return 2;
	}
	fprintf(stderr, "%s: %s%s\n", program, drp_err_is_refusal(err) ? "refused: " : "",
		text);
	return 1;
}

/* What was printed must have arrived; a full disk shows here at the latest. */
static int end(
	const char *program, const char *command, enum drp_err err, struct drp_diag *diag)
{
	if ((fflush(stdout) != 0 || ferror(stdout)) && err == DRP_OK) {
		err = drp_fail(diag, DRP_E_IO, "the output could not be written");
	}
	return report(program, command, err, diag);
}

/* Words in place of a command: 1 when argv[1] was one of them. */
static int answer_word(const struct drp_program *p, const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "help") == 0) {
		print_program(p);
	} else if (strcmp(word, "--version") == 0) {
		printf("%s %s\n", p->name, DRP_VERSION);
	} else if (strcmp(word, "--man") == 0) {
		drp_man_print(p);
	} else {
		return 0;
	}
	return 1;
}

int drp_cli_main(const struct drp_program *program, int argc, char **argv)
{
	const char *name = program->name;
	struct drp_diag diag = {0};
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error to be told */
	if (argc < 2) {
		print_program(program);
		return 2;
	}
	if (answer_word(program, argv[1])) {
		return end(name, NULL, DRP_OK, &diag);
	}
	int used = 0;
	struct drp_args args = {0};
	args.command = find_command(program, argc, argv, &used);
	if (!args.command) {
		enum drp_err err =
			drp_fail(&diag, DRP_E_USAGE, "there is no command '%s'", argv[1]);
		return end(name, NULL, err, &diag);
	}
	enum drp_err err =
		parse(args.command, argc - 1 - used, argv + 1 + used, &args, &diag);
	if (err == DRP_OK && drp_args_has(&args, "--help")) {
		print_command(name, args.command);
	} else if (err == DRP_OK) {
		err = args.command->run(&args, &diag);
	}
	return end(name, args.command->name, err, &diag);
}
