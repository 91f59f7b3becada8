/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard: pages for people, made of published editions and of nothing else. Every
 * figure of a page stands in a table of the page itself; the script (hub/web) draws
 * pictures of these tables and is not needed to read them.
 *
 *	GET /                              in the language of Accept-Language
 *	GET /LANG                          the newest campaign
 *	GET /LANG/CAMPAIGN/PAGE[?edition=N&...]
 *
 * What is chosen stands in the address, in words that can be read, so that every view
 * can be linked and cited. Threads: any.
 */
#ifndef DRP_HUB_PAGES_H
#define DRP_HUB_PAGES_H

#include "hub/api/api.h"

/* drp_pages_answer answers paths of pages and passes everything else to drp_api_answer,
 * whose contract it keeps. Errors of people are pages too. */
enum drp_err drp_pages_answer(const struct drp_catalogue *catalogue,
	const struct drp_api_request *request,
	struct drp_api_reply *reply) DRP_MUST_CHECK;

#endif
