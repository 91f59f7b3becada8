/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of both programs: one table of commands drives parsing, --help and
 * the man pages, which `PROGRAM --man` prints (cli_man.c; the build calls it, --help does
 * not tell). Options follow the subcommand in any order, before or after the arguments.
 * Exit status: 0 done, 1 refused or failed, 2 usage. An error is one line.
 */
#ifndef DRP_RUNTIME_CLI_H
#define DRP_RUNTIME_CLI_H

#include <drempel/err.h>

#include <stddef.h>

#define DRP_CLI_ARGUMENTS_MAX 4
#define DRP_CLI_OPTIONS_MAX   16

struct drp_option {
	const char *name;  /* "--level" */
	const char *value; /* "L"; NULL for a flag */
	const char *help;
};

struct drp_args {
	const char *argument[DRP_CLI_ARGUMENTS_MAX];
	int n_arguments;
	const struct drp_command *command;
	const char
		*given[DRP_CLI_OPTIONS_MAX]; /* value, "" for a flag, NULL when absent */
};

struct drp_command {
	const char *name;      /* "campaign new" */
	const char *arguments; /* "ID FILE", for help; upper-case words are counted */
	const char *help;      /* one sentence */
	const struct drp_option
		*options; /* ends with a NULL name; --dir and --json are common */
	enum drp_err (*run)(const struct drp_args *args, struct drp_diag *diag);
	int optional_arguments; /* how many of the arguments may be left out */
};

/* drp_args_get: the value of an option, NULL when it was not given. Asking for an
 * option that the command does not have is a defect and aborts. */
const char *drp_args_get(const struct drp_args *args, const char *name);
int drp_args_has(const struct drp_args *args, const char *name);

/* drp_args_dir: --dir, else the environment variable DREMPEL_DIR, else ".". */
const char *drp_args_dir(const struct drp_args *args);

/* A file that the program keeps in its directory, for the man page. */
struct drp_program_file {
	const char *path, *help;
};

struct drp_program {
	const char *name;		      /* "drempel-node" */
	const char *summary;		      /* one sentence */
	const struct drp_program_file *files; /* ends with a NULL path */
	const struct drp_command *commands;
	size_t n_commands;
};

/* The options that every command has; ends with a NULL name. */
extern const struct drp_option drp_common_options[];

/* drp_cli_main parses, runs and returns the exit status. */
int drp_cli_main(const struct drp_program *program, int argc, char **argv);

/* drp_man_print writes the program's man page, section 1, in roff to stdout. */
void drp_man_print(const struct drp_program *program);

#endif
