/* SPDX-License-Identifier: Apache-2.0
 *
 * The public API on standard input and output, for clients that are tested without a
 * server: each line is a request {"method", "path", "query": [[name, value]], "accept",
 * "accept_language", "body"}; each answer a line {"status", "type", "n"} and n bytes.
 * Status 0 is "no such route"; the method DIR answers with the fixture's hub directory as
 * the type; TWO is a GET where a second edition superseded the fixture's. `api_bridge
 * DIR` also exports every format to DIR first.
 */
#include "hub/formats/export.h"
#include "hub/pages/pages.h"
#include "proto/base/buf.h"

#include "tests/support/api_fixture.h"

#include <jansson.h>

static const char *text_of(const json_t *line, const char *member)
{
	const char *text = json_string_value(json_object_get(line, member));
	return text ? text : "";
}

static void tell_directory(const char *dir)
{
	json_t *head = json_pack("{s:i, s:s, s:i}", "status", 200, "type", dir, "n", 0);
	CHECK(json_dumpf(head, stdout, JSON_COMPACT) == 0);
	printf("\n");
	fflush(stdout);
	json_decref(head);
}

static void answer(const struct drp_catalogue *catalogue, const json_t *line)
{
	struct drp_api_request *request = calloc(1, sizeof *request);
	struct drp_api_reply reply;
	const json_t *query = json_object_get(line, "query");
	CHECK(request != NULL);
	request->method = text_of(line, "method");
	request->path = text_of(line, "path");
	request->accept = text_of(line, "accept");
	request->accept_language = text_of(line, "accept_language");
	request->body = text_of(line, "body");
	request->body_n = strlen(request->body);
	for (size_t i = 0; i < json_array_size(query) && i < DRP_HTTP_PARAMETERS_MAX;
		i++) {
		const json_t *pair = json_array_get(query, i);
		request->parameter[i].name = json_string_value(json_array_get(pair, 0));
		request->parameter[i].value = json_string_value(json_array_get(pair, 1));
		request->n_parameters++;
	}
	enum drp_err err = drp_pages_answer(catalogue, request, &reply);
	CHECK(err == DRP_OK || err == DRP_E_NOTFOUND);
	json_t *head = json_pack("{s:i, s:s, s:s, s:I}", "status", reply.status, "type",
		reply.media_type, "file", reply.file_name, "n",
		(json_int_t)reply.body.len);
	CHECK(json_dumpf(head, stdout, JSON_COMPACT) == 0);
	printf("\n");
	fwrite(reply.body.data, 1, reply.body.len, stdout);
	fflush(stdout);
	json_decref(head);
	drp_buf_clear(&reply.body);
	free(request);
}

static void answer_of_two(const struct api_fixture *fixture, json_t *line)
{
	struct drp_publication second = fixture->publication;
	struct drp_edition edition = *fixture->publication.edition;
	const struct drp_publication *list[2] = {&second, &fixture->publication};
	struct drp_catalogue catalogue = fixture->catalogue;
	edition.number++;
	second.edition = &edition;
	catalogue.publication = list;
	catalogue.n = 2;
	json_object_set_new(line, "method", json_string("GET"));
	answer(&catalogue, line);
}

static void answer_of_sample(const struct api_fixture *fixture, json_t *line)
{
	struct drp_manifest *manifest = fixture->publication.manifest;
	manifest->sample = 1;
	json_object_set_new(line, "method", json_string("GET"));
	answer(&fixture->catalogue, line);
	manifest->sample = 0;
}

static char *folder;

static void serve(void)
{
	struct api_fixture fixture;
	char *line = NULL;
	size_t size = 0;
	api_fixture_open(&fixture);
	if (folder) {
		CHECK_OK(drp_export_write(
			&fixture.publication, folder, DRP_EXPORT_ALL, NULL));
	}
	while (getline(&line, &size, stdin) > 0) {
		json_t *request = json_loads(line, 0, NULL);
		CHECK(request != NULL);
		if (strcmp(text_of(request, "method"), "DIR") == 0) {
			tell_directory(fixture.hub.dir);
		} else if (strcmp(text_of(request, "method"), "TWO") == 0) {
			answer_of_two(&fixture, request);
		} else if (strcmp(text_of(request, "method"), "SAMPLE") == 0) {
			answer_of_sample(&fixture, request);
		} else {
			answer(&fixture.catalogue, request);
		}
		json_decref(request);
	}
	free(line);
	api_fixture_close(&fixture);
}

int main(int argc, char **argv)
{
	folder = argc > 1 ? argv[1] : NULL;
	if (setjmp(drp_check_exit) == 0) {
		serve();
		return 0;
	}
	return 1;
}
