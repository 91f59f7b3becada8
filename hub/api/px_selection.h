/* SPDX-License-Identifier: Apache-2.0
 *
 * Selections as PxWebApi version 2 writes them, in the query
 * (valuecodes[REF_AREA]=BE21,BE22) or in a body
 * {"selection": [{"variableCode": "REF_AREA", "valueCodes": ["BE21", "BE22"]}]}.
 * A value may be a code or an expression: * ? patterns, top(n), bottom(n), from(code),
 * to(code), range(code,code). Inside hub/api only.
 */
#ifndef DRP_HUB_PX_SELECTION_H
#define DRP_HUB_PX_SELECTION_H

#include "hub/api/api_internal.h"

#define DRP_PX_CELLS_MAX 150000

/* drp_px_select reads the request's selection. A variable that was not chosen keeps _T
 * alone where it has that code (province, level, network), else all codes; without any
 * selection it is the default one. complaint is set to one line when the selection is
 * wrong. */
void drp_px_select(struct drp_api_call *call, const struct drp_cube *cube,
	struct drp_selection *selection, char complaint[256]);

/* The whole table where it fits in DRP_PX_CELLS_MAX, else the region's. */
void drp_px_select_default(const struct drp_cube *cube, struct drp_selection *selection);

#endif
