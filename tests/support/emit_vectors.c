/* SPDX-License-Identifier: Apache-2.0
 *
 * The C side of vectors.second_implementation: reads one command a line, answers each
 * with one line of JSON, where binaries are texts "hex:...". It plays a hub and a node
 * with fresh keys; nothing is stored.
 *
 *	objects			one of each object: bytes, hash, and the fields they hold
 *	walk HEX		is it canonical
 *	object KIND HEX		decode what the other side made
 *	open HEX CODE		as a hub: a request, and the reply (a refusal unless 0)
 *	ask TYPE BOX		as a node: a request for the holder of that X25519 key
 *	answer HEX		as a node: the reply to the last ask
 *	invite HEX		read an invite
 */
#include "tests/support/emit.h"

struct emit emit;

struct drp_buf emit_unhex(const char *text)
{
	struct drp_buf out = {0};
	size_t n = strlen(text) / 2;
	uint8_t *bytes = malloc(n + 1);
	sample_need(bytes && drp_unhex(text, bytes, n) == 0, "not hex");
	drp_buf_append(&out, bytes, n);
	free(bytes);
	return out;
}

static json_t *run(char *line)
{
	char *rest = NULL;
	const char *command = strtok_r(line, " \n", &rest);
	const char *first = strtok_r(NULL, " \n", &rest);
	const char *second = strtok_r(NULL, " \n", &rest);
	if (!command) {
		return NULL;
	}
	if (strcmp(command, "objects") == 0) {
		return emit_objects();
	}
	if (strcmp(command, "walk") == 0) {
		return emit_walk(first ? first : "");
	}
	if (strcmp(command, "invite") == 0 && first) {
		return emit_invite(first);
	}
	if (strcmp(command, "answer") == 0 && first) {
		return emit_answer(first);
	}
	if (strcmp(command, "object") == 0 && second) {
		return emit_decode(first, second);
	}
	if (strcmp(command, "open") == 0 && second) {
		return emit_open(first, atoi(second));
	}
	if (strcmp(command, "ask") == 0 && second) {
		return emit_ask(atoi(first), second);
	}
	return NULL;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	sample_need(drp_crypto_init() == DRP_OK && drp_keys_new(&emit.keys) == DRP_OK,
		"keys");
	drp_keys_public(emit.keys, &emit.sign, emit.box);
	while (getline(&line, &size, stdin) > 0) {
		json_t *json = run(line);
		sample_need(json != NULL, "unknown command, see emit_vectors.c");
		json_dumpf(json, stdout, JSON_COMPACT);
		printf("\n");
		fflush(stdout);
		json_decref(json);
	}
	free(line);
	drp_keys_free(emit.keys);
	return 0;
}
