/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/forwarder.h"

#include "hub/campaign/forward.h"
#include "proto/base/alloc.h"
#include "proto/runtime/log.h"
#include "proto/session/node_session.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* A school asks for the notary's receipt at its next visit, hours later. */
#define LOOK_EVERY_MS 250

struct drp_forwarder {
	struct drp_hub hub;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int stop;
};

static int stopped(struct drp_forwarder *f)
{
	pthread_mutex_lock(&f->lock);
	int stop = f->stop;
	pthread_mutex_unlock(&f->lock);
	return stop;
}

static void wait_ms(struct drp_forwarder *f, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&f->lock);
	int rc = 0;
	while (!f->stop && rc != ETIMEDOUT) {
		rc = pthread_cond_timedwait(&f->wake, &f->lock, &until);
	}
	pthread_mutex_unlock(&f->lock);
}

static enum drp_err forward(
	struct drp_forwarder *f, struct drp_forwarding *forwarding, struct drp_diag *diag)
{
	const struct drp_key *notary =
		&drp_forwarding_tasks(forwarding)->manifest->notary;
	struct drp_peer peer[DRP_FORWARD_WAYS], *way[DRP_FORWARD_WAYS];
	size_t n = 0, done = 1;
	enum drp_err err = DRP_OK;
	while (err == DRP_OK && n < DRP_FORWARD_WAYS) {
		err = drp_peer_dial_to(&f->hub, notary, &peer[n], diag);
		way[n] = &peer[n];
		n += err == DRP_OK;
	}
	while (err == DRP_OK && done > 0 && !stopped(f)) {
		err = drp_forward_some(
			forwarding, way, n, DRP_FORWARD_BATCH, &done, diag);
	}
	while (n > 0) {
		drp_peer_close(&peer[--n]);
	}
	return err;
}

static enum drp_err forward_campaign(struct drp_forwarder *f,
	const struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_forwarding *forwarding = NULL;
	size_t left = 0;
	enum drp_err err = drp_forward_left(&f->hub, row->id, &left, diag);
	if (err || left == 0) {
		return err;
	}
	err = drp_forwarding_new(&f->hub, row, &forwarding, diag);
	err = err ? err : forward(f, forwarding, diag);
	drp_forwarding_free(forwarding);
	return err;
}

/* All open campaigns; one that fails does not hold up the next. */
static enum drp_err look(struct drp_forwarder *f)
{
	struct drp_campaign_row *rows = NULL;
	size_t n = 0;
	enum drp_err first = drp_hub_campaigns(f->hub.store, &rows, &n, NULL);
	for (size_t i = 0; i < n && !stopped(f); i++) {
		struct drp_diag diag = {0};
		if (rows[i].state != DRP_CAMPAIGN_OPEN || !rows[i].cosigned) {
			continue;
		}
		enum drp_err err = forward_campaign(f, &rows[i], &diag);
		if (err) {
			drp_log(DRP_LOG_WARN, "forward", "stopped",
				"campaign=%s error=%s %s", rows[i].id, drp_err_name(err),
				diag.text);
			first = first ? first : err;
		}
	}
	drp_free(rows);
	return first;
}

static void *run(void *self)
{
	struct drp_forwarder *f = self;
	struct drp_rng rng = drp_system_rng();
	unsigned failures = 0;
	while (!stopped(f)) {
		failures = look(f) ? failures + 1 : 0;
		wait_ms(f, failures ? drp_backoff_ms(failures, &rng) : LOOK_EVERY_MS);
	}
	return NULL;
}

enum drp_err drp_forwarder_start(
	const char *dir, struct drp_forwarder **forwarder, struct drp_diag *diag)
{
	pthread_condattr_t monotonic;
	struct drp_forwarder *f = drp_alloc(1, sizeof *f);
	if (!f) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the forwarding");
	}
	enum drp_err err = drp_hub_open(dir, &f->hub, diag);
	if (err) {
		drp_free(f);
		return err;
	}
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&f->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&f->lock, NULL);
	if (pthread_create(&f->thread, NULL, run, f) != 0) {
		pthread_cond_destroy(&f->wake);
		pthread_mutex_destroy(&f->lock);
		drp_hub_close(&f->hub);
		drp_free(f);
		return drp_fail(diag, DRP_E_NOMEM, "no thread for the forwarding");
	}
	*forwarder = f;
	return DRP_OK;
}

void drp_forwarder_stop(struct drp_forwarder *f)
{
	if (!f) {
		return;
	}
	pthread_mutex_lock(&f->lock);
	f->stop = 1;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
	drp_hub_close(&f->hub);
	drp_free(f);
}
