/* SPDX-License-Identifier: Apache-2.0
 *
 * The man page of a program, from the table that also drives parsing and --help, in the
 * macros of man(7).
 */
#include "proto/runtime/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* In roff a backslash begins an escape, a bare hyphen may be broken or dressed up, and a
 * dot or quote that begins a line is a request. */
static void put(const char *text)
{
	printf("\\&");
	for (; *text; text++) {
		if (*text == '\\') {
			printf("\\e");
		} else if (*text == '-') {
			printf("\\-");
		} else {
			putchar(*text);
		}
	}
}

static void bold(const char *text)
{
	printf("\\fB");
	put(text);
	printf("\\fR");
}

static void italic(const char *text)
{
	printf("\\fI");
	put(text);
	printf("\\fR");
}

/* A term and what it means, as an entry of a list. */
static void entry(const char *term, const char *value, const char *help)
{
	printf(".TP\n");
	bold(term);
	if (value) {
		putchar(' ');
		italic(value);
	}
	putchar('\n');
	put(help);
	putchar('\n');
}

static void print_options(const struct drp_option *o)
{
	for (; o && o->name; o++) {
		entry(o->name, o->value, o->help);
	}
}

static void print_head(const struct drp_program *p)
{
	printf(".TH \"");
	for (const char *c = p->name; *c; c++) {
		putchar(toupper((unsigned char)*c));
	}
	printf("\" 1 \"\" \"Drempel %s\" \"Drempel\"\n.SH NAME\n", DRP_VERSION);
	size_t n = strlen(p->summary);
	put(p->name);
	printf(" \\- %c%.*s\n", tolower((unsigned char)p->summary[0]),
		(int)(n - 1 - (p->summary[n - 1] == '.')), p->summary + 1);
	printf(".SH SYNOPSIS\n");
	bold(p->name);
	printf(" \\fICOMMAND\\fR [\\fIarguments\\fR] [\\fIoptions\\fR]\n.br\n");
	bold(p->name);
	printf(" \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR\n");
	printf(".SH DESCRIPTION\n");
	put(p->summary);
	printf("\nOptions follow the command in any order, before or after its arguments;"
	       " after\n\\fB\\-\\-\\fR everything is an argument.\n"
	       "An error is one line on standard error: what, where, what to do.\n");
}

static void print_commands(const struct drp_program *p)
{
	printf(".SH COMMANDS\n");
	for (size_t i = 0; i < p->n_commands; i++) {
		const struct drp_command *c = &p->commands[i];
		printf(".SS \"");
		put(c->name);
		if (*c->arguments) {
			printf(" \\fI");
			put(c->arguments);
			printf("\\fR");
		}
		printf("\"\n");
		put(c->help);
		putchar('\n');
		print_options(c->options);
	}
	printf(".SS \"Options of every command\"\n");
	print_options(drp_common_options);
}

static void print_rest(const struct drp_program *p)
{
	printf(".SH EXIT STATUS\n");
	entry("0", NULL, "done");
	entry("1", NULL, "refused or failed; a refusal for privacy or policy says so");
	entry("2", NULL, "wrong command line");
	printf(".SH ENVIRONMENT\n");
	entry("DREMPEL_DIR", NULL, "the directory, where --dir is not given");
	entry("DREMPEL_LOG", NULL,
		"how much is logged to standard error: error, warn, info (default) or "
		"debug");
	printf(".SH FILES\nIn the directory, which can be moved as a whole:\n");
	for (const struct drp_program_file *f = p->files; f && f->path; f++) {
		entry(f->path, NULL, f->help);
	}
}

void drp_man_print(const struct drp_program *program)
{
	print_head(program);
	print_commands(program);
	print_rest(program);
}
