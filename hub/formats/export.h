/* SPDX-License-Identifier: Apache-2.0
 *
 * The export command: an edition as files for researchers (R50):
 *   observations.csv .json .msgpack   the formats asked for; msgpack is the edition's
 *                                     canonical form, whose hash names it
 *   participation, areas, items       the tables of the public API, the same bytes as its
 *     .xlsx .json .sdmx.xml .sdmx.csv answers: xlsx, json-stat, sdmx-ml, sdmx-csv
 *   structures.sdmx.xml               with sdmx-ml: what the data rests on
 *   datapackage.zip                   datapackage: all tables with their code lists
 *   datadictionary.csv .json          every column and code
 *   metadata.json, README.txt         what the figures rest on
 *   CHECKSUMS                         BLAKE2b-256, for `b2sum -l 256 -c CHECKSUMS`
 * The same edition always gives the same bytes. No file names a school (R48). Other files
 * in the folder are left alone. Threads: any.
 */
#ifndef DRP_HUB_EXPORT_H
#define DRP_HUB_EXPORT_H

#include "hub/home/hub.h"
#include "hub/tables/publication.h"

#define DRP_EXPORT_CSV	       1u
#define DRP_EXPORT_JSON	       2u
#define DRP_EXPORT_MSGPACK     4u
#define DRP_EXPORT_XLSX	       8u
#define DRP_EXPORT_JSONSTAT    16u
#define DRP_EXPORT_SDMX_ML     32u
#define DRP_EXPORT_SDMX_CSV    64u
#define DRP_EXPORT_DATAPACKAGE 128u
#define DRP_EXPORT_ALL	       255u
#define DRP_EXPORT_USUAL       (DRP_EXPORT_CSV | DRP_EXPORT_JSON | DRP_EXPORT_MSGPACK)

/* drp_export_formats reads "csv,json,msgpack,xlsx,json-stat,sdmx-ml,sdmx-csv,datapackage"
 * or some of them; NULL is the first three. DRP_E_USAGE. */
enum drp_err drp_export_formats(
	const char *text, unsigned *formats, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_export writes the newest edition of a campaign into dir, which it makes when it is
 * not there. */
enum drp_err drp_export(struct drp_hub *hub, const char *id, const char *dir,
	unsigned formats, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_export_write is the part that needs no hub. */
enum drp_err drp_export_write(const struct drp_publication *publication, const char *dir,
	unsigned formats, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
