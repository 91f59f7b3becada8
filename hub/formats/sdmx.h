/* SPDX-License-Identifier: Apache-2.0
 *
 * SDMX 2.1 messages of published tables (SDMX-ML 2.1 and SDMX-CSV 2.0). Each table of a
 * campaign is a dataflow TABLE_CAMPAIGN of agency DREMPEL with a data structure of the
 * same id; its version is the edition, "2.0". Series have one observation, the session.
 * A value that is not shown is NaN, with OBS_STATUS and CONF_STATUS. Threads: any.
 */
#ifndef DRP_HUB_SDMX_H
#define DRP_HUB_SDMX_H

#include "hub/formats/formats.h"

#define DRP_SDMX_AGENCY "DREMPEL"
#define DRP_SDMX_ID	(2 * DRP_NAME_MAX + 32)

enum drp_sdmx_data {
	DRP_SDMX_GENERIC,
	DRP_SDMX_STRUCTURE_SPECIFIC,
	DRP_SDMX_CSV,
	DRP_SDMX_DATA_FORMATS
};

/* What the data query's `detail` asks for. */
enum drp_sdmx_detail {
	DRP_SDMX_FULL,
	DRP_SDMX_DATA_ONLY, /* no attributes */
	DRP_SDMX_KEYS_ONLY, /* series without observations */
	DRP_SDMX_NO_DATA    /* series with attributes, which here are keys only */
};

/* Id of a dataflow and of its data structure: ITEMS_spring-2026. A dot, which ids cannot
 * hold, becomes "_-". */
void drp_sdmx_id(const struct drp_publication *publication, enum drp_cube_table table,
	char id[DRP_SDMX_ID]);
/* CC_ITEMS_spring-2026: what of the dataflow is there. */
void drp_sdmx_constraint_id(const struct drp_publication *publication,
	enum drp_cube_table table, char id[DRP_SDMX_ID]);
/* CL_LEVEL_spring-2026; status lists have no campaign. CS_DREMPEL holds the concepts. */
void drp_sdmx_codelist_id(const struct drp_publication *publication, enum drp_dim dim,
	char id[DRP_SDMX_ID]);
void drp_sdmx_version(const struct drp_publication *publication, char version[16]);

/* More observations than this are not answered in one message (generic SDMX-ML has some
 * 600 bytes for each); files of the export command have no such bound. */
#define DRP_SDMX_OBSERVATIONS_MAX 100000

enum drp_err drp_sdmx_data(const struct drp_view *view, enum drp_sdmx_data format,
	enum drp_sdmx_detail detail, struct drp_buf *out) DRP_MUST_CHECK;

/* Which structures a message holds. */
enum drp_sdmx_parts {
	DRP_SDMX_FLOWS = 1,
	DRP_SDMX_STRUCTURES = 2,
	DRP_SDMX_CONCEPTS = 4,
	DRP_SDMX_CODELISTS = 8,
	DRP_SDMX_CONSTRAINTS = 16 /* which codes have data */
};

/* What of a table is there for a query. */
enum drp_sdmx_mode {
	DRP_SDMX_EXACT,	   /* the codes of what the query finds */
	DRP_SDMX_AVAILABLE /* in each dimension, those with which it would find something
			      if the others stayed as they are */
};
struct drp_sdmx_region {
	struct drp_selection there; /* codes; families are not used */
	size_t series;		    /* that the query finds */
	int component;		    /* enum drp_dim of the only one to be told; -1: all */
};

/* drp_sdmx_region_make fills everything but component. */
void drp_sdmx_region_make(const struct drp_cube *cube, const struct drp_selection *asked,
	enum drp_sdmx_mode mode, struct drp_sdmx_region *region);

/* Which objects of each kind: ids are compared with id (NULL: all); a codelist is also
 * taken when one of the structures in the message uses it. */
struct drp_sdmx_wanted {
	unsigned parts;
	const char *flow;     /* dataflow or data structure; NULL: all */
	const char *codelist; /* NULL: those of the flows */
	/* Of the only flow: constraint and code lists hold that alone; NULL: all there
	 * is. */
	const struct drp_sdmx_region *region;
};

/* drp_sdmx_structure: cubes are the tables of the catalogue that may be described.
 * *n is the number of objects written. */
enum drp_err drp_sdmx_structure(const struct drp_cube *const *cubes, size_t n_cubes,
	const struct drp_sdmx_wanted *wanted, struct drp_buf *out,
	size_t *n) DRP_MUST_CHECK;

#endif
