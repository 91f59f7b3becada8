/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/http_cache.h"

#include "proto/base/alloc.h"

#include <string.h>

#define BUCKETS	     4096
#define VARIANTS_MAX 8

struct entry {
	struct entry *chain;
	struct entry *newer, *older; /* by last use */
	struct drp_hash what;
	unsigned varies;
	uint64_t used;
	struct drp_http_reply *reply;
	size_t bytes, language_at;
	char accept[]; /* accept, NUL, language, NUL */
};

struct drp_http_cache {
	size_t max_bytes, bytes;
	uint64_t uses;
	struct entry *newest, *oldest;
	struct entry *bucket[BUCKETS];
};

struct drp_http_cache *drp_http_cache_new(size_t max_bytes)
{
	struct drp_http_cache *cache = drp_alloc(1, sizeof *cache);
	if (cache) {
		cache->max_bytes = max_bytes;
	}
	return cache;
}

static struct entry **bucket_of(struct drp_http_cache *cache, const struct drp_hash *what)
{
	return &cache->bucket[(what->b[0] | what->b[1] << 8) % BUCKETS];
}

/* --- order of use ------------------------------------------------------------------- */

static void unlink_use(struct drp_http_cache *cache, struct entry *e)
{
	*(e->newer ? &e->newer->older : &cache->newest) = e->older;
	*(e->older ? &e->older->newer : &cache->oldest) = e->newer;
}

static void link_newest(struct drp_http_cache *cache, struct entry *e)
{
	e->newer = NULL;
	e->older = cache->newest;
	*(e->older ? &e->older->newer : &cache->oldest) = e;
	cache->newest = e;
	e->used = ++cache->uses;
}

static void drop(struct drp_http_cache *cache, struct entry *e)
{
	struct entry **at = bucket_of(cache, &e->what);
	while (*at != e) {
		at = &(*at)->chain;
	}
	*at = e->chain;
	unlink_use(cache, e);
	cache->bytes -= e->bytes;
	drp_http_reply_release(e->reply);
	drp_free(e);
}

/* --- entries ------------------------------------------------------------------------ */

static int is_for(const struct entry *e, const struct drp_http_key *key)
{
	return memcmp(&e->what, &key->what, sizeof e->what) == 0 &&
	       (!(e->varies & DRP_VARIES_ACCEPT) ||
		       strcmp(e->accept, key->accept) == 0) &&
	       (!(e->varies & DRP_VARIES_LANGUAGE) ||
		       strcmp(e->accept + e->language_at, key->language) == 0);
}

static struct entry *find(struct drp_http_cache *cache, const struct drp_http_key *key)
{
	struct entry *e = *bucket_of(cache, &key->what);
	while (e && !is_for(e, key)) {
		e = e->chain;
	}
	return e;
}

struct drp_http_reply *drp_http_cache_get(
	struct drp_http_cache *cache, const struct drp_http_key *key)
{
	struct entry *e = find(cache, key);
	if (!e) {
		return NULL;
	}
	if (e != cache->newest) {
		unlink_use(cache, e);
		link_newest(cache, e);
	}
	return drp_http_reply_hold(e->reply);
}

/* Makes a place among the variants of one thing: its own longest unused one goes. */
static void bound_variants(struct drp_http_cache *cache, const struct drp_hash *what)
{
	unsigned n = 0;
	struct entry *last = NULL;
	for (struct entry *e = *bucket_of(cache, what); e; e = e->chain) {
		if (memcmp(&e->what, what, sizeof *what) == 0) {
			n++;
			last = !last || e->used < last->used ? e : last;
		}
	}
	if (n >= VARIANTS_MAX) {
		drop(cache, last);
	}
}

static struct entry *entry_new(
	const struct drp_http_key *key, unsigned varies, struct drp_http_reply *reply)
{
	size_t accept = strlen(key->accept) + 1, language = strlen(key->language) + 1;
	struct entry *e = drp_alloc(1, sizeof *e + accept + language);
	if (e) {
		e->what = key->what;
		e->varies = varies;
		e->language_at = accept;
		memcpy(e->accept, key->accept, accept);
		memcpy(e->accept + accept, key->language, language);
		e->bytes = sizeof *e + accept + language + drp_http_reply_size(reply);
		e->reply = drp_http_reply_hold(reply);
	}
	return e;
}

void drp_http_cache_put(struct drp_http_cache *cache, const struct drp_http_key *key,
	unsigned varies, struct drp_http_reply *reply)
{
	struct entry *e = find(cache, key);
	if (e) {
		drop(cache, e);
	}
	bound_variants(cache, &key->what);
	e = drp_http_reply_size(reply) <= cache->max_bytes / 4
		    ? entry_new(key, varies, reply)
		    : NULL;
	if (!e) {
		return;
	}
	struct entry **bucket = bucket_of(cache, &key->what);
	e->chain = *bucket;
	*bucket = e;
	link_newest(cache, e);
	cache->bytes += e->bytes;
	while (cache->bytes > cache->max_bytes && cache->oldest != e) {
		drop(cache, cache->oldest);
	}
}

void drp_http_cache_clear(struct drp_http_cache *cache)
{
	while (cache->oldest) {
		drop(cache, cache->oldest);
	}
}

void drp_http_cache_free(struct drp_http_cache *cache)
{
	if (cache) {
		drp_http_cache_clear(cache);
		drp_free(cache);
	}
}

size_t drp_http_cache_bytes(const struct drp_http_cache *cache)
{
	return cache->bytes;
}
