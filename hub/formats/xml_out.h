/* SPDX-License-Identifier: Apache-2.0
 *
 * XML written in order. Names are the caller's constants; text and attribute values are
 * escaped, and control characters, which XML cannot hold, become U+FFFD. Errors stick in
 * the buffer. Threads: one at a time.
 */
#ifndef DRP_HUB_XML_OUT_H
#define DRP_HUB_XML_OUT_H

#include "proto/base/buf.h"

#define DRP_XML_DEPTH_MAX 16

/* drp_xml_entity: what stands for < > & or " in text and attribute values, of HTML too;
 * NULL for a character that may stand as it is. */
const char *drp_xml_entity(char c);

struct drp_xml_out {
	struct drp_buf *out;
	int tag_open; /* attributes may follow */
	int depth;
	const char *name[DRP_XML_DEPTH_MAX]; /* of the elements that are open */
};

/* drp_xml_begin writes the declaration. */
void drp_xml_begin(struct drp_xml_out *xml, struct drp_buf *out);
void drp_xml_open(struct drp_xml_out *xml, const char *name);
/* drp_xml_attribute: only right after drp_xml_open or another attribute. */
void drp_xml_attribute(struct drp_xml_out *xml, const char *name, const char *value);
void drp_xml_text(struct drp_xml_out *xml, const char *text);
void drp_xml_close(struct drp_xml_out *xml);
/* drp_xml_leaf: an element that holds text and nothing else. */
void drp_xml_leaf(struct drp_xml_out *xml, const char *name, const char *text);

#endif
