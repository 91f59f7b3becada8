/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/xml_out.h"

#include <stddef.h>

const char *drp_xml_entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

static void escape(struct drp_buf *out, const char *text)
{
	while (*text) {
		size_t n = 0;
		while ((unsigned char)text[n] >= ' ' && !drp_xml_entity(text[n])) {
			n++;
		}
		drp_buf_append(out, text, n);
		text += n;
		if (*text) {
			const char *entity = drp_xml_entity(*text);
			int blank = *text == '\n' || *text == '\t';
			drp_buf_text(out, entity ? entity : blank ? " " : "\xef\xbf\xbd");
			text++;
		}
	}
}

static void end_tag(struct drp_xml_out *xml)
{
	if (xml->tag_open) {
		drp_buf_text(xml->out, ">");
		xml->tag_open = 0;
	}
}

void drp_xml_begin(struct drp_xml_out *xml, struct drp_buf *out)
{
	*xml = (struct drp_xml_out){.out = out};
	drp_buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void drp_xml_open(struct drp_xml_out *xml, const char *name)
{
	end_tag(xml);
	if (xml->depth == DRP_XML_DEPTH_MAX) {
		xml->out->failed = 1;
		return;
	}
	xml->name[xml->depth++] = name;
	drp_buf_text(xml->out, "<");
	drp_buf_text(xml->out, name);
	xml->tag_open = 1;
}

void drp_xml_attribute(struct drp_xml_out *xml, const char *name, const char *value)
{
	drp_buf_text(xml->out, " ");
	drp_buf_text(xml->out, name);
	drp_buf_text(xml->out, "=\"");
	escape(xml->out, value);
	drp_buf_text(xml->out, "\"");
}

void drp_xml_text(struct drp_xml_out *xml, const char *text)
{
	end_tag(xml);
	escape(xml->out, text);
}

void drp_xml_close(struct drp_xml_out *xml)
{
	const char *name = xml->depth ? xml->name[--xml->depth] : "";
	if (xml->tag_open) {
		drp_buf_text(xml->out, "/>");
		xml->tag_open = 0;
	} else {
		drp_buf_printf(xml->out, "</%s>", name);
	}
	if (xml->depth < 4) { /* a line for what people look for */
		drp_buf_text(xml->out, "\n");
	}
}

void drp_xml_leaf(struct drp_xml_out *xml, const char *name, const char *text)
{
	drp_xml_open(xml, name);
	drp_xml_text(xml, text);
	drp_xml_close(xml);
}
