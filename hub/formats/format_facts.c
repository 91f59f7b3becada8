/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/formats.h"
#include "proto/base/alloc.h"

#include <stdio.h>
#include <string.h>

#define PATH_MAX_BYTES 160

struct facts {
	drp_each_fact *each;
	void *self;
};

static void walk(const struct facts *f, const char *path, const json_t *value);

static void walk_member(
	const struct facts *f, const char *path, const char *name, const json_t *value)
{
	char longer[PATH_MAX_BYTES];
	snprintf(longer, sizeof longer, "%s%s%s", path, *path ? "." : "", name);
	walk(f, longer, value);
}

static void walk(const struct facts *f, const char *path, const json_t *value)
{
	const char *key;
	json_t *member;
	char text[40], index[24];
	size_t i;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		json_object_foreach((json_t *)(uintptr_t)value, key, member)
		{
			walk_member(f, path, key, member);
		}
		return;
	case JSON_ARRAY:
		json_array_foreach(value, i, member)
		{
			snprintf(index, sizeof index, "%zu", i + 1);
			walk_member(f, path, index, member);
		}
		return;
	case JSON_STRING:
		f->each(f->self, path, json_string_value(value));
		return;
	case JSON_INTEGER:
		snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		snprintf(text, sizeof text, "%.12g", json_real_value(value));
		break;
	default:
		snprintf(text, sizeof text, "%s", json_is_true(value) ? "yes" : "no");
	}
	f->each(f->self, path, text);
}

enum drp_err drp_metadata_facts(
	const struct drp_publication *publication, drp_each_fact *each, void *self)
{
	json_t *metadata = drp_publication_metadata(publication);
	if (!metadata) {
		return DRP_E_NOMEM;
	}
	walk(&(struct facts){each, self}, "", metadata);
	json_decref(metadata);
	return DRP_OK;
}

enum drp_err drp_all_tables_make(const struct drp_publication *publication,
	enum drp_language language, struct drp_all_tables **out)
{
	struct drp_all_tables *all = drp_alloc(1, sizeof *all);
	enum drp_err err = all ? DRP_OK : DRP_E_NOMEM;
	for (int t = 0; err == DRP_OK && t < DRP_CUBES; t++) {
		err = drp_cube_make(publication, (enum drp_cube_table)t, &all->cube[t]);
		if (err == DRP_OK) {
			drp_select_all(all->cube[t], &all->selection[t]);
			all->view[t] = (struct drp_view){
				all->cube[t], &all->selection[t], language};
		}
	}
	if (err) {
		drp_all_tables_free(all);
		return err;
	}
	*out = all;
	return DRP_OK;
}

void drp_all_tables_free(struct drp_all_tables *all)
{
	for (int t = 0; all && t < DRP_CUBES; t++) {
		drp_cube_free(all->cube[t]);
	}
	drp_free(all);
}
