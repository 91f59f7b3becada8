/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON that is built and JSON that is written in order; neither is ever half there.
 */
#include "proto/runtime/json.h"

#include "proto/base/alloc.h"
#include "proto/runtime/json_out.h"
#include "tests/support/check.h"

static json_t *sample(void)
{
	json_t *list = json_array(), *root = json_object();
	drp_json_add(&list, json_string("a\"b"));
	drp_json_add(&list, json_null());
	drp_json_set(&root, "z", json_real(3.1));
	drp_json_set(&root, "a", list);
	return root;
}

static void members_keep_their_order(void)
{
	struct drp_buf out = {0};
	CHECK_OK(drp_json_print(sample(), DRP_JSON_LINE, &out));
	CHECK_STR(drp_buf_string(&out), "{\"z\":3.1,\"a\":[\"a\\\"b\",null]}\n");
	out.len = 0;
	CHECK_OK(drp_json_print(sample(), DRP_JSON_LINES, &out));
	CHECK_STR(drp_buf_string(&out),
		"{\n \"z\": 3.1,\n \"a\": [\n  \"a\\\"b\",\n  null\n ]\n}\n");
	drp_buf_clear(&out);
}

static void a_part_that_is_missing_sticks(void)
{
	struct drp_buf out = {0};
	json_t *list = json_array(), *root = json_object();
	drp_json_add(&list, NULL);
	CHECK(list == NULL);
	drp_json_add(&list, json_true());
	CHECK(list == NULL);
	drp_json_set(&root, "list", list);
	CHECK(root == NULL);
	drp_json_set(&root, "more", json_true());
	CHECK_ERR(drp_json_print(root, DRP_JSON_LINE, &out), DRP_E_NOMEM);
	drp_buf_clear(&out);
}

static void without_memory_nothing_is_printed(void)
{
	enum drp_err err = DRP_E_NOMEM;
	for (unsigned long n = 1; err == DRP_E_NOMEM; n++) {
		struct drp_buf out = {0};
		drp_alloc_hook(n, 0);
		err = drp_json_print(sample(), DRP_JSON_LINE, &out);
		drp_alloc_hook(0, 0);
		CHECK(err == DRP_OK || err == DRP_E_NOMEM);
		CHECK(n > 1 || err == DRP_E_NOMEM); /* jansson's memory is ours */
		CHECK_INT(drp_json_ran_out(), err != DRP_OK && !out.failed);
		drp_buf_clear(&out);
	}
}

static void written_in_order_digits_stay(void)
{
	struct drp_buf out = {0};
	struct drp_json_out j = {&out, 0};
	drp_json_open(&j, NULL, '{');
	drp_json_string(&j, "a\"", "\\ \n \xe2\x82\xac");
	drp_json_raw(&j, "b", "3.1000");
	drp_json_open(&j, "c", '[');
	drp_json_number(&j, NULL, -7);
	drp_json_raw(&j, NULL, "null");
	drp_json_value(&j, NULL, json_real(0.1));
	drp_json_close(&j, ']');
	drp_json_close(&j, '}');
	CHECK_STR(drp_buf_string(&out), "{\"a\\\"\":\"\\\\ \\u000a \xe2\x82\xac\","
					"\"b\":3.1000,\"c\":[-7,null,0.1]}");
	drp_json_value(&j, NULL, NULL);
	CHECK(out.failed);
	drp_buf_clear(&out);
}

int main(void)
{
	drp_json_begin();
	CASE("members stand in the order in which they were set",
		members_keep_their_order);
	CASE("a part that is missing is missed by the whole",
		a_part_that_is_missing_sticks);
	CASE("without memory nothing is printed", without_memory_nothing_is_printed);
	CASE("what is written in order keeps its digits", written_in_order_digits_stay);
	return DONE();
}
