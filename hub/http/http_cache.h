/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers that were made, by what was asked. What was asked is a hash of view (view.h),
 * method, path, query and body, and then those of Accept and Accept-Language that the
 * answer says it depends on: an answer can only be given again for what it was made for.
 * Of one thing asked in many ways only a few are kept, so that odd headers push out
 * nobody else's. Bounded; what was not asked for longest goes. Threads: one.
 */
#ifndef DRP_HUB_HTTP_CACHE_H
#define DRP_HUB_HTTP_CACHE_H

#include "proto/runtime/http_reply.h"

#include <drempel/types.h>

#include <stddef.h>

struct drp_http_cache; /* opaque */

struct drp_http_key {
	struct drp_hash what;
	const char *accept, *language;
};

#define DRP_VARIES_ACCEPT   1u
#define DRP_VARIES_LANGUAGE 2u

struct drp_http_cache *drp_http_cache_new(size_t max_bytes); /* NULL without memory */
void drp_http_cache_free(struct drp_http_cache *cache);

/* A new reference, or NULL. */
struct drp_http_reply *drp_http_cache_get(
	struct drp_http_cache *cache, const struct drp_http_key *key);

/* drp_http_cache_put holds the reply; varies tells what of the key it depends on besides
 * the hash. What does not fit is not kept. */
void drp_http_cache_put(struct drp_http_cache *cache, const struct drp_http_key *key,
	unsigned varies, struct drp_http_reply *reply);

/* drp_http_cache_clear forgets everything. */
void drp_http_cache_clear(struct drp_http_cache *cache);

size_t drp_http_cache_bytes(const struct drp_http_cache *cache);

#endif
