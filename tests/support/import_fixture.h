/* SPDX-License-Identifier: Apache-2.0
 *
 * One import after another, for the tests of its formats: what a text is read as, and how
 * it is refused. Its instrument is node_fixture.h's.
 */
#ifndef DRP_TESTS_IMPORT_FIXTURE_H
#define DRP_TESTS_IMPORT_FIXTURE_H

#include "node/import/import.h"
#include "tests/support/check.h"
#include "tests/support/node_fixture.h"

#define CANARY "canary7Q" /* planted in cells; no text that is printed may hold it */

static struct drp_instrument instrument;
static struct drp_import_options options;
static struct drp_import_result result;
static struct drp_mapping *mapping;
static struct drp_own_items *own;
static struct drp_diag diag;

/* Frees what the last case left. */
static void start(enum drp_format format, int group, int level)
{
	drp_import_free(&result);
	drp_mapping_free(mapping);
	drp_own_items_free(own);
	mapping = NULL;
	own = NULL;
	options = (struct drp_import_options){
		.format = format, .group = group, .level = level};
	diag = (struct drp_diag){0};
}

static void map(const char *yaml)
{
	CHECK_OK(drp_mapping_load(
		yaml, strlen(yaml), "map.yaml", &instrument, &mapping, &diag));
	options.mapping = mapping;
}

static void reads(const char *text)
{
	drp_import_free(&result);
	enum drp_err err =
		drp_import(&instrument, &options, text, strlen(text), &result, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
}

/* The import fails, says this in one line, holds nothing and names no cell. */
static void refuses_bytes(const char *text, size_t n, const char *says)
{
	drp_import_free(&result);
	diag = (struct drp_diag){0};
	CHECK_ERR(
		drp_import(&instrument, &options, text, n, &result, &diag), DRP_E_INPUT);
	if (!strstr(diag.text, says)) {
		printf("# %s\n", diag.text);
	}
	CHECK(strstr(diag.text, says));
	CHECK(!strstr(diag.text, CANARY));
	CHECK(!strchr(diag.text, '\n'));
	CHECK(!result.row && !result.unknown && result.rows_read == 0);
}

static void refuses(const char *text, const char *says)
{
	refuses_bytes(text, strlen(text), says);
}

static uint32_t count(int item, int answer)
{
	return result.tabulation[DRP_TEACHER].count[item][answer];
}

#endif
