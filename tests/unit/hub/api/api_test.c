/* SPDX-License-Identifier: Apache-2.0
 *
 * The public API's routes: what is answered to what, which errors have which form, and
 * that no answer names a school. That values are right is e2e.clients.
 */
#include "hub/api/api.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "tests/support/api_fixture.h"
#include "tests/support/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#define SDMX "/sdmx/2.1"

static struct api_fixture fixture;
static struct drp_api_reply reply;
static char query_text[4096];

/* Splits "path?a=b&c=d"; texts are decoded already. */
static void set_target(struct drp_api_request *r, const char *target)
{
	snprintf(query_text, sizeof query_text, "%s", target);
	char *at = strchr(query_text, '?');
	r->path = query_text;
	while (at) {
		*at++ = 0;
		char *equals = strchr(at, '=');
		r->parameter[r->n_parameters].name = at;
		CHECK(equals != NULL);
		at = strchr(equals + 1, '&');
		*equals = 0;
		r->parameter[r->n_parameters++].value = equals + 1;
	}
}

static enum drp_err call(const char *method, const char *target, const char *accept,
	const char *language, const char *body)
{
	struct drp_api_request r = {.method = method,
		.accept = accept,
		.accept_language = language,
		.body = body,
		.body_n = strlen(body)};
	drp_buf_clear(&reply.body);
	set_target(&r, target);
	enum drp_err err = drp_api_answer(&fixture.catalogue, &r, &reply);
	drp_buf_string(&reply.body);
	return err;
}

static const char *get(const char *target, int status)
{
	CHECK_OK(call("GET", target, "", "", ""));
	if (reply.status != status) {
		printf("# %s: %s\n", target, (const char *)reply.body.data);
	}
	CHECK_INT(reply.status, status);
	return (const char *)reply.body.data;
}

static json_t *get_json(const char *target)
{
	json_t *value = json_loads(get(target, 200), JSON_REJECT_DUPLICATES, NULL);
	CHECK(value != NULL);
	return value;
}

static void problem(const char *target, int status)
{
	json_t *value = json_loads(get(target, status), 0, NULL);
	CHECK_STR(reply.media_type, "application/problem+json");
	CHECK_INT(json_integer_value(json_object_get(value, "status")), status);
	CHECK(*json_string_value(json_object_get(value, "detail")));
	json_decref(value);
}

static void sdmx_problem(const char *target, int status, const char *code)
{
	const char *body = get(target, status);
	CHECK_STR(reply.media_type, "application/xml");
	CHECK(strstr(body, "<message:Error ") && strstr(body, code));
}

static void set_up(void)
{
	api_fixture_open(&fixture);
}

static void other_paths_are_the_callers(void)
{
	CHECK_ERR(call("GET", "/", "", "", ""), DRP_E_NOTFOUND);
	CHECK_ERR(call("GET", "/index.html", "", "", ""), DRP_E_NOTFOUND);
	CHECK_ERR(call("GET", "/api/v1/x", "", "", ""), DRP_E_NOTFOUND);
	CHECK_ERR(call("GET", "/a/b/c/d/e/f/g/h/i/j", "", "", ""), DRP_E_NOTFOUND);
	CHECK_OK(call("POST", "/t/spring-2026/items.csv", "", "", ""));
	CHECK_INT(reply.status, 405);
	CHECK_OK(call("DELETE", "/api/v2/tables", "", "", ""));
	CHECK_INT(reply.status, 405);
	CHECK_OK(call("POST", "/api/v2/tables", "", "", ""));
	CHECK_INT(reply.status, 405);
}

static void tables_by_suffix(void)
{
	static const struct {
		const char *suffix, *type, *begins;
	} known[] = {{"csv", "text/csv; charset=utf-8; header=present", "campaign,"},
		{"json", "application/json", "{\"version\":\"2.0\""},
		{"xlsx",
			"application/vnd.openxmlformats-officedocument.spreadsheetml."
			"sheet",
			"PK"},
		{"zip", "application/zip", "PK"},
		{"metadata.json", "application/json", "{\"id\":\"spring-2026.areas\""}};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char target[64], file[64];
		snprintf(target, sizeof target, "/t/spring-2026/areas.%s",
			known[i].suffix);
		snprintf(file, sizeof file, "spring-2026-1-areas.%s", known[i].suffix);
		const char *body = get(target, 200);
		CHECK(strncmp(body, known[i].begins, strlen(known[i].begins)) == 0);
		CHECK_STR(reply.media_type, known[i].type);
		CHECK_STR(reply.file_name, file);
		CHECK_STR(reply.vary, "");
	}
}

static void wrong_tables(void)
{
	problem("/t/spring-2026/areas.doc", 404);
	problem("/t/spring-2026/areas", 404);
	problem("/t/spring-2026/school.csv", 404);
	problem("/t/autumn-2026/areas.csv", 404);
	problem("/t/spring-2026/areas.csv/x", 404);
	problem("/t", 404);
	problem("/t/spring-2026/areas.csv?edition=2", 404);
	problem("/t/spring-2026/areas.csv?edition=two", 400);
	problem("/t/spring-2026/areas.csv?lang=it", 400);
	get("/t/spring-2026/areas.csv?edition=1", 200);
}

/* A selection that is not understood is never dropped. */
static void wrong_selections(void)
{
	problem("/t/spring-2026/areas.csv?provinces=BE21", 400);
	problem("/t/spring-2026/areas.csv?province=BE99", 400);
	problem("/t/spring-2026/areas.csv?province=", 400);
	problem("/t/spring-2026/areas.csv?item=A1", 400);
	problem("/t/spring-2026/areas.csv?family=school", 400);
	problem("/t/spring-2026/participation.csv?measure=mean", 400);
	problem("/t/spring-2026/datapackage.zip?province=BE21", 400);
	problem("/t/spring-2026/areas.csv?separator=tab", 400);
	problem("/t/spring-2026/areas.csv?labels=nl", 400);
	problem("/t/spring-2026/areas.csv?indicator=value", 400);
	get("/t/spring-2026/areas.json?indicator=value", 200);
	problem("/t/spring-2026/areas.csv?"
		"012345678901234567890123456789012345678901234567890123456789"
		"\xc3\xa9=1",
		400);
	problem("/t/spring-2026/areas.csv?01234567890123456789012345678901234567890123456"
		"789012345678\xc3\xa9=1",
		400); /* cut within a character */
	get("/t/spring-2026/items.csv?item=A1&measure=mean", 200);
}

static void languages(void)
{
	const char *body = get("/t/spring-2026/areas.json?lang=de", 200);
	CHECK(strstr(body, "Mittelwerte nach Bereich"));
	CHECK_OK(call("GET", "/api/v2/tables", "", "it, fr-BE;q=0.8, nl;q=0.2", ""));
	CHECK(strstr((const char *)reply.body.data, "Moyennes par domaine"));
	CHECK_STR(reply.vary, "Accept-Language");
	CHECK_STR(reply.language, "fr");
	CHECK_OK(call("GET", "/api/v2/tables?lang=en", "", "fr", ""));
	CHECK(strstr((const char *)reply.body.data, "Means by area"));
	CHECK_STR(reply.vary, "");
	CHECK_OK(call("GET", "/api/v2/tables", "", "it", ""));
	CHECK(strstr((const char *)reply.body.data, "Gemiddelden per gebied"));
	problem("/api/v2/tables?lang=it", 400);
}

/* ---- PxWebApi ---- */

static void px_config_and_tables(void)
{
	json_t *config = get_json("/api/v2/config");
	CHECK(json_integer_value(json_object_get(config, "maxDataCells")) > 0);
	CHECK(json_integer_value(json_object_get(config, "maxCallsPerTimeWindow")) > 0);
	json_t *tables = get_json("/api/v2/tables?lang=en");
	CHECK_INT(json_array_size(json_object_get(tables, "tables")), 3);
	CHECK_INT(json_integer_value(json_object_get(
			  json_object_get(tables, "page"), "totalElements")),
		3);
	json_decref(tables);
	tables = get_json("/api/v2/tables?query=AREAS&lang=en");
	CHECK_INT(json_array_size(json_object_get(tables, "tables")), 1);
	json_decref(tables);
	tables = get_json("/api/v2/tables?pageSize=2&pageNumber=2&lang=en");
	CHECK_INT(json_array_size(json_object_get(tables, "tables")), 1);
	json_decref(tables);
	json_decref(config);
	problem("/api/v2/tables?pageSize=0", 400);
	problem("/api/v2/nothing", 404);
	problem("/api/v2/tables/spring-2026", 404);
	problem("/api/v2/tables/spring-2026.areas/x", 404);
}

static size_t n_codes(const json_t *dataset, const char *dimension)
{
	return json_object_size(json_object_get(
		json_object_get(
			json_object_get(json_object_get(dataset, "dimension"), dimension),
			"category"),
		"index"));
}

static void px_selections(void)
{
	static const struct {
		const char *value;
		size_t codes;
	} known[] = {{"BE21,BE22", 2}, {"*", 6}, {"BE2*", 3}, {"BE2?", 3}, {"top(2)", 2},
		{"bottom(1)", 1}, {"from(BE22)", 3}, {"to(BE10)", 2},
		{"range(BE10,BE22)", 3}, {"_T,bottom(1)", 2}, {"top(100)", 6}};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char target[160];
		snprintf(target, sizeof target,
			"/api/v2/tables/spring-2026.areas/data?lang=en&"
			"valuecodes[REF_AREA]=%s",
			known[i].value);
		json_t *data = get_json(target);
		CHECK_INT(n_codes(data, "REF_AREA"), known[i].codes);
		CHECK_INT(n_codes(data, "LEVEL"), 1); /* eliminated */
		CHECK_INT(json_array_size(json_object_get(data, "value")),
			known[i].codes * 3 * 6 * 6);
		json_decref(data);
	}
	problem("/api/v2/tables/spring-2026.areas/data?valuecodes[REF_AREA]=BE99", 400);
	problem("/api/v2/tables/spring-2026.areas/data?valuecodes[REF_AREA]=X*", 400);
	problem("/api/v2/tables/spring-2026.areas/data?valuecodes[REF_AREA]=top(0)", 400);
	problem("/api/v2/tables/spring-2026.areas/data?valuecodes[SCHOOL]=1", 400);
	problem("/api/v2/tables/spring-2026.areas/data?outputFormat=px", 400);
	get("/api/v2/tables/spring-2026.areas/data?outputFormat=csv", 200);
}

static int post(const char *body)
{
	CHECK_OK(call(
		"POST", "/api/v2/tables/spring-2026.areas/data?lang=en", "", "", body));
	return reply.status;
}

static void px_bodies(void)
{
	CHECK_INT(post("{\"selection\":[{\"variableCode\":\"REF_AREA\","
		       "\"valueCodes\":[\"BE21\",\"top(1)\"]}]}"),
		200);
	json_t *data = json_loads((const char *)reply.body.data, 0, NULL);
	CHECK_INT(n_codes(data, "REF_AREA"), 2);
	json_decref(data);
	CHECK_INT(post("{\"selection\":[]}"), 200);
	CHECK_INT(post(""), 200);
	CHECK_INT(post("{"), 400);
	CHECK_INT(post("[]"), 400);
	CHECK_INT(post("{\"selection\":{}}"), 400);
	CHECK_INT(post("{\"selection\":[1]}"), 400);
	CHECK_INT(post("{\"selection\":[{\"variableCode\":\"REF_AREA\",\"valueCodes\":"
		       "[1]}]}"),
		400);
	CHECK_INT(post("{\"selection\":[],\"selection\":[]}"), 400);
}

static void px_bounds_cells(void)
{
	problem("/api/v2/tables/spring-2026.items/data?valuecodes[REF_AREA]=*&"
		"valuecodes[LEVEL]=*&valuecodes[NETWORK]=*",
		403);
	json_t *region = get_json("/api/v2/tables/spring-2026.items/data?lang=en");
	CHECK_INT(n_codes(region, "REF_AREA"), 1);
	json_decref(region);
	json_t *defaults =
		get_json("/api/v2/tables/spring-2026.items/defaultselection?lang=en");
	CHECK_INT(json_array_size(json_object_get(defaults, "selection")), 8);
	json_decref(defaults);
	json_t *metadata = get_json("/api/v2/tables/spring-2026.items/metadata?lang=en");
	CHECK(!json_object_get(metadata, "value"));
	CHECK_INT(n_codes(metadata, "REF_AREA"), 6);
	json_decref(metadata);
}

/* ---- SDMX ---- */

static void sdmx_paths_of_clients(void)
{
	static const char *const known[] = {SDMX "/dataflow/all/all/latest/",
		SDMX "/dataflow/DREMPEL/all/latest",
		SDMX "/dataflow/DREMPEL/AREAS_spring-2026/latest?references=all",
		SDMX "/dataflow/DREMPEL/AREAS_spring-2026/1.0/?detail=full",
		SDMX "/datastructure/all/ITEMS_spring-2026/latest/?references=children",
		SDMX "/codelist/all/CL_LEVEL_spring-2026", SDMX "/codelist/all",
		SDMX "/codelist/DREMPEL/CL_OBS_STATUS/1.0",
		SDMX "/conceptscheme/DREMPEL/CS_DREMPEL/1.0",
		SDMX "/data/AREAS_spring-2026/all/all/",
		SDMX "/data/AREAS_spring-2026/BE21+BE22...teacher../all/"
		     "?startPeriod=2026&endPeriod=2026",
		SDMX "/data/AREAS_spring-2026/.BE21+1....?detail=dataonly",
		SDMX "/data/DREMPEL,AREAS_spring-2026,1.0/all",
		SDMX "/data/all,AREAS_spring-2026,latest/....."
		     "/all?detail=full&includeHistory=false"};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		get(known[i], 200);
	}
}

static void sdmx_errors(void)
{
	sdmx_problem(SDMX "/data/NOTHING_spring-2026/all", 404, "code=\"100\"");
	sdmx_problem(SDMX "/data/OTHER,AREAS_spring-2026/all", 404, "code=\"100\"");
	sdmx_problem(SDMX "/data/DREMPEL,AREAS_spring-2026,2.0/all", 404, "code=\"100\"");
	sdmx_problem(SDMX "/data/AREAS_spring-2026/BE99.....", 404, "code=\"100\"");
	sdmx_problem(SDMX "/data/AREAS_spring-2026/BE21", 400, "code=\"150\"");
	sdmx_problem(SDMX "/data/AREAS_spring-2026/.......", 400, "code=\"150\"");
	sdmx_problem(SDMX "/data/AREAS_spring-2026?format=jsondata", 406, "code=\"150\"");
	sdmx_problem(SDMX "/data/AREAS_spring-2026?detail=some", 400, "code=\"140\"");
	sdmx_problem(SDMX "/data/AREAS_spring-2026?startPeriod=now", 400, "code=\"140\"");
	sdmx_problem(SDMX "/data/AREAS_spring-2026?dimensionAtObservation=AllDimensions",
		501, "code=\"501\"");
	sdmx_problem(SDMX "/data", 400, "code=\"140\"");
	sdmx_problem(SDMX "/provisionagreement/all", 501, "code=\"501\"");
	sdmx_problem(SDMX, 501, "code=\"501\"");
	sdmx_problem(SDMX "/dataflow/OTHER", 404, "code=\"100\"");
	sdmx_problem(SDMX "/dataflow/all/NOTHING", 404, "code=\"100\"");
	sdmx_problem(SDMX "/codelist/all/CL_NOTHING", 404, "code=\"100\"");
	sdmx_problem(SDMX "/dataflow/all/AREAS_spring-2026/0.9", 404, "code=\"100\"");
	sdmx_problem(SDMX "/dataflow?references=friends", 400, "code=\"140\"");
	sdmx_problem(SDMX "/dataflow?format=json", 406, "code=\"150\"");
}

static void sdmx_periods(void)
{
	static const struct {
		const char *query;
		int status;
	} known[] = {{"startPeriod=2026", 200}, {"startPeriod=2026-03", 200},
		{"startPeriod=2026-04", 404}, {"endPeriod=2026-03-31", 200},
		{"endPeriod=2026-02", 404},
		{"startPeriod=2026-Q1&endPeriod=2026-Q1", 200},
		{"startPeriod=2026-Q2", 404}, {"startPeriod=2026-S1", 200},
		{"endPeriod=2026-S1", 200}, {"endPeriod=2025", 404},
		{"startPeriod=2026-13", 400}, {"startPeriod=2026-Q5", 400},
		{"startPeriod=26", 400}, {"startPeriod=2026-", 400}};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char target[160];
		snprintf(target, sizeof target, SDMX "/data/AREAS_spring-2026?%s",
			known[i].query);
		get(target, known[i].status);
	}
}

static void sdmx_accept(void)
{
	static const struct {
		const char *accept, *type;
	} known[] = {{"", "application/vnd.sdmx.genericdata+xml;version=2.1"},
		{"*/*", "application/vnd.sdmx.genericdata+xml;version=2.1"},
		{"application/xml", "application/xml"},
		{"text/html, application/xml;q=0.9, */*;q=0.8", "application/xml"},
		{"application/vnd.sdmx.structurespecificdata+xml;version=2.1",
			"application/vnd.sdmx.structurespecificdata+xml;version=2.1"},
		{"application/vnd.sdmx.data+csv;version=2.0.0, */*;q=0.1",
			"application/vnd.sdmx.data+csv;version=2.0.0"},
		{"text/csv", "text/csv"},
		{"application/vnd.sdmx.data+csv;version=1.0.0", NULL},
		{"application/vnd.sdmx.data+json", NULL}, {"text/html", NULL},
		{"application/xml;q=0, text/xml", "text/xml"}};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		CHECK_OK(call("GET", SDMX "/data/AREAS_spring-2026/BE21.....",
			known[i].accept, "", ""));
		CHECK_INT(reply.status, known[i].type ? 200 : 406);
		CHECK_STR(reply.media_type,
			known[i].type ? known[i].type : "application/xml");
		CHECK_STR(reply.vary, "Accept");
	}
	get(SDMX "/data/AREAS_spring-2026?format=csv", 200);
	CHECK_STR(reply.vary, "");
}

static void suppressed_is_said(void)
{
	const char *body = get(SDMX
		"/data/PARTICIPATION_spring-2026/BE10._T._T.teacher.questionnaires."
		"value?format=structurespecificdata",
		200);
	CHECK(strstr(body, "OBS_VALUE=\"NaN\" OBS_STATUS=\"Q\""));
	CHECK(strstr(body, "CONF_STATUS=\"C\""));
	json_t *data =
		get_json("/t/spring-2026/participation.json?province=BE10&level=_T&"
			 "network=_T&group=teacher&measure=questionnaires");
	CHECK(json_is_null(json_array_get(json_object_get(data, "value"), 0)));
	CHECK_STR(
		json_string_value(json_object_get(json_object_get(data, "status"), "0")),
		"c");
	json_decref(data);
	CHECK(strstr(get("/t/spring-2026/participation.csv", 200),
		"province,BE10,_T,_T,teacher,_T,_T,questionnaires,,,,,,,c\n"));
}

/* ---- what data there are ---- */

#define THERE SDMX "/availableconstraint/"

/* Whether a dimension of the answer has that code. */
static int there(const char *body, const char *dimension, const char *code)
{
	char key[64], value[64];
	snprintf(key, sizeof key, "<common:KeyValue id=\"%s\">", dimension);
	snprintf(value, sizeof value, "<common:Value>%s</common:Value>", code);
	const char *at = strstr(body, key);
	const char *end = at ? strstr(at, "</common:KeyValue>") : NULL;
	const char *found = at ? strstr(at, value) : NULL;
	return found && found < end;
}

static void sdmx_tells_what_is_there(void)
{
	const char *body = get(THERE "AREAS_spring-2026/BE21...teacher../all/all", 200);
	CHECK(strstr(body, "<structure:ContentConstraint id=\"CC_AREAS_spring-2026\""));
	CHECK(strstr(body, "type=\"Actual\"") && strstr(body, "id=\"series_count\""));
	CHECK(there(body, "REF_AREA", "BE21") && !there(body, "REF_AREA", "BE22"));
	CHECK(there(body, "GROUP", "teacher") && !there(body, "GROUP", "pupil"));
	CHECK(there(body, "AREA", "A") && there(body, "INDICATOR", "se"));
	CHECK(strstr(body, "<common:StartPeriod>2026-03</common:StartPeriod>"));
	CHECK(!strstr(body, "structure:Codelist ") &&
		!strstr(body, "structure:Dataflow "));
	/* What may be added to the query: other codes of what it chose. */
	body = get(THERE "AREAS_spring-2026/BE21...teacher..?mode=available", 200);
	CHECK(there(body, "REF_AREA", "BE22") && there(body, "GROUP", "pupil"));
	/* No edition crosses three dimensions: with province and network a level is not
	 * there, and that of networks is the total alone. */
	body = get(THERE "AREAS_spring-2026/BE21.1....?mode=available", 200);
	CHECK(there(body, "NETWORK", "_T") && !there(body, "NETWORK", "GO"));
	CHECK(there(body, "LEVEL", "1") && there(body, "LEVEL", "_T"));
	CHECK(there(get(THERE "AREAS_spring-2026", 200), "NETWORK", "GO"));
	sdmx_problem(THERE "AREAS_spring-2026/BE21.1.GO...", 404, "code=\"100\"");
	/* Nothing is found, and yet something would be. */
	body = get(THERE "AREAS_spring-2026/BE99.....?mode=available", 200);
	CHECK(there(body, "REF_AREA", "BE21") && !there(body, "LEVEL", "_T"));
	body = get(THERE "AREAS_spring-2026/all/all/LEVEL", 200);
	CHECK(there(body, "LEVEL", "_T") && !strstr(body, "id=\"REF_AREA\""));
}

static void sdmx_refers_to_what_is_there(void)
{
	const char *body = get(THERE "AREAS_spring-2026/BE21.....?references=all", 200);
	CHECK(strstr(body, "<structure:DataStructure ") && strstr(body, "CS_DREMPEL"));
	CHECK(strstr(body, "isPartial=\"true\"") && strstr(body, "<structure:Dataflow "));
	CHECK(strstr(body, "<structure:Code id=\"BE21\">"));
	CHECK(!strstr(body, "<structure:Code id=\"BE22\">"));
	body = get(THERE "AREAS_spring-2026/all?references=codelist", 200);
	CHECK(strstr(body, "<structure:Codelist ") && !strstr(body, ":DataStructure "));
	/* Every flow has one of all its data. */
	body = get(SDMX "/dataflow/DREMPEL/AREAS_spring-2026?references=all", 200);
	CHECK(there(body, "REF_AREA", "BE22") && !strstr(body, "isPartial"));
	body = get(SDMX "/dataflow?references=parents", 200);
	CHECK(strstr(body, "CC_AREAS_spring-2026") &&
		strstr(body, "CC_ITEMS_spring-2026"));
	body = get(SDMX "/contentconstraint/DREMPEL/CC_ITEMS_spring-2026/1.0", 200);
	CHECK(there(body, "GROUP", "teacher") && !strstr(body, "CC_AREAS_spring-2026"));
	sdmx_problem(
		SDMX "/contentconstraint/all/ITEMS_spring-2026", 404, "code=\"100\"");
}

static void sdmx_what_is_there_refuses(void)
{
	sdmx_problem(THERE "AREAS_spring-2026/BE99.....", 404, "code=\"100\"");
	sdmx_problem(THERE "AREAS_spring-2026?startPeriod=2027", 404, "code=\"100\"");
	sdmx_problem(THERE "NOTHING_spring-2026", 404, "code=\"100\"");
	sdmx_problem(THERE "DREMPEL,AREAS_spring-2026,9.0", 404, "code=\"100\"");
	sdmx_problem(THERE "AREAS_spring-2026/BE21", 400, "code=\"150\"");
	sdmx_problem(THERE "AREAS_spring-2026?mode=some", 400, "code=\"150\"");
	sdmx_problem(THERE "AREAS_spring-2026/all/all/ITEM", 400, "code=\"150\"");
	sdmx_problem(THERE "AREAS_spring-2026?references=friends", 400, "code=\"140\"");
	sdmx_problem(THERE, 400, "code=\"140\"");
	sdmx_problem(THERE "AREAS_spring-2026?format=json", 406, "code=\"150\"");
}

/* ---- all answers ---- */

static const char *const everything[] = {"/t/spring-2026/participation.csv",
	"/t/spring-2026/items.csv", "/t/spring-2026/areas.csv?labels=yes",
	"/t/spring-2026/items.json", "/t/spring-2026/items.xlsx",
	"/t/spring-2026/items.zip", "/t/spring-2026/datapackage.zip",
	"/t/spring-2026/items.metadata.json", "/api/v2/config", "/api/v2/tables",
	"/api/v2/tables/spring-2026.items/metadata",
	"/api/v2/tables/spring-2026.items/data", SDMX "/dataflow?references=all",
	SDMX "/data/ITEMS_spring-2026", SDMX "/data/ITEMS_spring-2026?format=csv",
	SDMX "/availableconstraint/ITEMS_spring-2026/all/all/all?references=all",
	"/feed.atom", "/catalog.ttl"};

#define N_EVERYTHING (sizeof everything / sizeof everything[0])

static void same_bytes_again(void)
{
	for (size_t i = 0; i < N_EVERYTHING; i++) {
		CHECK_INT(setenv("TZ", "UTC", 1), 0);
		tzset();
		get(everything[i], 200);
		struct drp_buf first = reply.body;
		reply.body = (struct drp_buf){0};
		CHECK_INT(setenv("TZ", "Pacific/Auckland", 1), 0);
		tzset();
		get(everything[i], 200);
		CHECK_INT(first.len, reply.body.len);
		CHECK_MEM(first.data, reply.body.data, first.len);
		drp_buf_clear(&first);
	}
}

/* R48. ZIP members are compressed, so what they are made of is looked at too. */
static void no_school_is_named(void)
{
	const struct drp_manifest *m = fixture.publication.manifest;
	for (size_t i = 0; i < N_EVERYTHING; i++) {
		const char *body = get(everything[i], 200);
		size_t n = reply.body.len;
		CHECK(!memmem(body, n, "sch-0", 5) && !memmem(body, n, "brd-", 4));
		CHECK(!memmem(body, n, "Wegwijzer", 9));
		for (uint32_t u = 0; u < m->n_units; u++) {
			char hex[2 * sizeof m->unit[u].id + 1];
			drp_hex(m->unit[u].id.b, sizeof m->unit[u].id, hex);
			CHECK(!memmem(body, n, hex, strlen(hex)));
		}
	}
}

static void metadata_goes_along(void)
{
	static const char *const where[] = {"/t/spring-2026/areas.json",
		"/t/spring-2026/areas.metadata.json",
		"/api/v2/tables/spring-2026.areas/metadata",
		"/api/v2/tables/spring-2026.areas/data", SDMX "/dataflow"};
	static const char *const facts[] = {"mechanism", "sigma2", "rho", "epsilon",
		"delta", "unit_of_privacy", "thresholds", "subtraction", "registered",
		"took_part", "coverage", "914445", "Full-time equivalents are not people",
		"postprocessing", "CC-BY-4.0"};
	for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
		const char *body = get(where[i], 200);
		for (size_t f = 0; f < sizeof facts / sizeof facts[0]; f++) {
			if (!strstr(body, facts[f])) {
				printf("# %s lacks %s\n", where[i], facts[f]);
			}
			CHECK(strstr(body, facts[f]));
		}
	}
}

static void older_editions_stay(void)
{
	struct drp_publication second = fixture.publication;
	struct drp_edition edition = *fixture.publication.edition;
	const struct drp_publication *list[2] = {&second, &fixture.publication};
	struct drp_catalogue before = fixture.catalogue;
	edition.number = 2;
	second.edition = &edition;
	fixture.catalogue.publication = list;
	fixture.catalogue.n = 2;
	CHECK(strstr(get("/t/spring-2026/areas.csv", 200), "\nspring-2026,2,"));
	CHECK(strstr(get("/t/spring-2026/areas.csv?edition=1", 200), "\nspring-2026,1,"));
	json_t *tables = get_json("/api/v2/tables");
	CHECK_INT(json_array_size(json_object_get(tables, "tables")), 3);
	json_decref(tables);
	CHECK(strstr(get(SDMX "/data/DREMPEL,AREAS_spring-2026,1.0/all", 200),
		"version=\"1.0\""));
	CHECK(strstr(get(SDMX "/data/AREAS_spring-2026", 200), "version=\"2.0\""));
	const char *feed = get("/feed.atom", 200);
	CHECK(strstr(feed, "superseded") && strstr(feed, "current"));
	fixture.catalogue = before;
}

/* Rows beyond the bound of one XML message, as a large region has them. */
static void sdmx_bounds_messages(void)
{
	struct drp_publication large = fixture.publication;
	struct drp_edition edition = *fixture.publication.edition;
	const struct drp_publication *list[1] = {&large};
	struct drp_catalogue before = fixture.catalogue;
	const struct drp_observation *model =
		&edition.observation[edition.n_observations - 1];
	size_t n = 20000;
	edition.observation = drp_alloc(n, sizeof *edition.observation);
	CHECK(edition.observation != NULL);
	for (size_t i = 0; i < n; i++) {
		edition.observation[i] = *model;
		snprintf(edition.observation[i].item, DRP_CODE_MAX, "I%zu", i / 100);
		snprintf(edition.observation[i].level, DRP_CODE_MAX, "L%zu", i % 100);
	}
	edition.n_observations = n;
	large.edition = &edition;
	fixture.catalogue.publication = list;
	sdmx_problem(SDMX "/data/ITEMS_spring-2026", 413, "code=\"510\"");
	get(SDMX "/data/ITEMS_spring-2026?format=csv", 200);
	get(SDMX "/data/ITEMS_spring-2026/....I1..", 200);
	fixture.catalogue = before;
	drp_free(edition.observation);
}

static void nothing_published(void)
{
	struct drp_catalogue before = fixture.catalogue;
	fixture.catalogue.n = 0;
	json_t *tables = get_json("/api/v2/tables");
	CHECK_INT(json_array_size(json_object_get(tables, "tables")), 0);
	json_decref(tables);
	sdmx_problem(SDMX "/dataflow", 404, "code=\"100\"");
	get("/feed.atom", 200);
	get("/catalog.ttl", 200);
	problem("/t/spring-2026/areas.csv", 404);
	fixture.catalogue = before;
}

static void no_memory_is_an_error(void)
{
	static const char *const where[] = {"/t/spring-2026/areas.json",
		"/t/spring-2026/areas.zip", "/api/v2/tables", SDMX "/dataflow",
		SDMX "/data/AREAS_spring-2026", "/catalog.ttl",
		SDMX "/availableconstraint/AREAS_spring-2026", SDMX "/contentconstraint"};
	for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
		for (unsigned long n = 1; n < 120; n += 3) {
			drp_alloc_hook(n, 1);
			enum drp_err err = call("GET", where[i], "", "", "");
			drp_alloc_hook(0, 0);
			CHECK(err == DRP_OK || err == DRP_E_NOMEM);
			CHECK(err != DRP_OK || reply.status == 200);
		}
	}
}

static void tear_down(void)
{
	drp_buf_clear(&reply.body);
	api_fixture_close(&fixture);
}

int main(void)
{
	CASE("an edition is published", set_up);
	CASE("other paths are left to the caller", other_paths_are_the_callers);
	CASE("a table has five suffixes", tables_by_suffix);
	CASE("what is not published is not found", wrong_tables);
	CASE("a selection that is not understood is refused", wrong_selections);
	CASE("four languages, by parameter and by header", languages);
	CASE("PxWebApi tells its bounds and lists tables", px_config_and_tables);
	CASE("PxWebApi reads selections of a query", px_selections);
	CASE("PxWebApi reads selections of a body", px_bodies);
	CASE("PxWebApi bounds the cells of an answer", px_bounds_cells);
	CASE("SDMX answers the paths that clients ask", sdmx_paths_of_clients);
	CASE("SDMX errors have the standard's form", sdmx_errors);
	CASE("SDMX reads periods", sdmx_periods);
	CASE("SDMX tells which codes a query finds", sdmx_tells_what_is_there);
	CASE("SDMX sends along what a constraint refers to",
		sdmx_refers_to_what_is_there);
	CASE("SDMX refuses what is no such question", sdmx_what_is_there_refuses);
	CASE("SDMX bounds what one message holds", sdmx_bounds_messages);
	CASE("SDMX chooses the form by Accept", sdmx_accept);
	CASE("a suppressed cell says so", suppressed_is_said);
	CASE("the same question has the same bytes", same_bytes_again);
	CASE("no answer names a school, a board or a unit", no_school_is_named);
	CASE("privacy metadata go along with every table", metadata_goes_along);
	CASE("an older edition stays reachable", older_editions_stay);
	CASE("an empty catalogue has answers too", nothing_published);
	CASE("want of memory is an error, never half an answer", no_memory_is_an_error);
	CASE("the folder is removed", tear_down);
	return DONE();
}
