/* SPDX-License-Identifier: Apache-2.0
 *
 * The writers below the formats: escaping, archives that depend on their contents
 * alone. That the formats hold the edition's values is e2e.clients.
 */
#include "hub/formats/formats.h"
#include "hub/formats/xml_out.h"
#include "hub/formats/zip_out.h"
#include "proto/base/alloc.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <time.h>

static void xml_is_escaped(void)
{
	struct drp_buf out = {0};
	struct drp_xml_out x;
	drp_xml_begin(&x, &out);
	drp_xml_open(&x, "a");
	drp_xml_attribute(&x, "b", "<\"&>\n\x01");
	drp_xml_leaf(&x, "c", "x < y & z\xc3\xa9");
	drp_xml_open(&x, "d");
	drp_xml_close(&x);
	drp_xml_close(&x);
	CHECK_STR(drp_buf_string(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
					"<a b=\"&lt;&quot;&amp;&gt; \xef\xbf\xbd\"><c>x "
					"&lt; y &amp; z\xc3\xa9</c>\n"
					"<d/>\n</a>\n");
	drp_buf_clear(&out);
}

static void xml_too_deep_fails(void)
{
	struct drp_buf out = {0};
	struct drp_xml_out x;
	drp_xml_begin(&x, &out);
	for (int i = 0; i <= DRP_XML_DEPTH_MAX; i++) {
		drp_xml_open(&x, "a");
	}
	CHECK(out.failed);
	drp_buf_clear(&out);
}

static void zip_of(int64_t time_s, struct drp_buf *out)
{
	struct drp_zip_out *zip;
	struct drp_buf content = {0};
	drp_buf_text(&content, "content content content content\n");
	CHECK_OK(drp_zip_begin(time_s, &zip));
	CHECK_OK(drp_zip_file(zip, "a.txt", &content));
	content.len = 0;
	CHECK_OK(drp_zip_file(zip, "empty.txt", &content));
	CHECK_OK(drp_zip_end(zip, out));
	drp_buf_clear(&content);
}

static void zip_depends_on_contents_alone(void)
{
	struct drp_buf a = {0}, b = {0}, c = {0};
	zip_of(1782900000, &a);
	CHECK_INT(setenv("TZ", "Asia/Tokyo", 1), 0);
	tzset();
	zip_of(1782900000, &b);
	CHECK_INT(setenv("TZ", "UTC", 1), 0);
	tzset();
	zip_of(1782900002, &c);
	CHECK(a.len > 100 && a.len == b.len && a.len == c.len);
	CHECK_MEM(a.data, b.data, a.len);
	CHECK(memcmp(a.data, c.data, a.len) != 0);
	CHECK_MEM(a.data, "PK\x03\x04", 4);
	drp_buf_clear(&a);
	drp_buf_clear(&b);
	drp_buf_clear(&c);
}

static void zip_thrown_away(void)
{
	struct drp_zip_out *zip;
	CHECK_OK(drp_zip_begin(0, &zip)); /* before the first day of DOS */
	CHECK_OK(drp_zip_end(zip, NULL));
}

int main(void)
{
	CASE("XML is escaped", xml_is_escaped);
	CASE("XML that is too deep fails", xml_too_deep_fails);
	CASE("a ZIP depends on its contents alone", zip_depends_on_contents_alone);
	CASE("a ZIP can be thrown away", zip_thrown_away);
	return DONE();
}
