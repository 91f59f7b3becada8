/* SPDX-License-Identifier: Apache-2.0
 *
 * A hub and its notary in one process: two directories with the register of
 * hub_fixture.h, paired by their cards, a sealed draft at the hub, and a way between them
 * that can be cut before or after any message.
 */
#ifndef DRP_TESTS_PAIR_FIXTURE_H
#define DRP_TESTS_PAIR_FIXTURE_H

#include "hub/peer/pairing.h"
#include "hub/peer/peer.h"
#include "hub/service/notary.h"
#include "hub/store/store_sealed.h"
#include "tests/support/hub_fixture.h"

struct pair_fixture {
	struct hub_fixture hub, notary;
	struct drp_notary *service;
	struct drp_peer peer;
	int messages;	/* that went over so far */
	int cut_before; /* this message does not arrive; -1: none */
	int cut_after;	/* the answer to this one does not arrive; -1: none */
};

#define PAIR_CAMPAIGN "sealed-2026"

static inline enum drp_err pair_exchange(void *self, const void *request, size_t n,
	struct drp_buf *reply, struct drp_diag *diag)
{
	struct pair_fixture *p = self;
	struct drp_service hooks = drp_notary_hooks(p->service);
	struct drp_service_job job = {0};
	int number = p->messages++;
	if (number == p->cut_before) {
		return drp_fail(diag, DRP_E_NET, "cut before message %d", number);
	}
	hooks.open(hooks.self, request, n, &job);
	if (job.work) {
		hooks.commit(hooks.self, &job, 1);
		hooks.drop(hooks.self, job.work);
	}
	int lost = number == p->cut_after || job.reply.len == 0;
	drp_buf_append(reply, job.reply.data, lost ? 0 : job.reply.len);
	drp_buf_clear(&job.reply);
	return lost ? drp_fail(diag, DRP_E_NET, "cut after message %d", number) : DRP_OK;
}

static inline void pair_directory(struct hub_fixture *f, const char *role)
{
	struct drp_hub_settings settings = {.listen = "tcp://127.0.0.1:7411"};
	snprintf(settings.name, sizeof settings.name, "Test %s", role);
	snprintf(settings.role, sizeof settings.role, "%s", role);
	memset(f, 0, sizeof *f);
	snprintf(f->dir, sizeof f->dir, "%s/drempel-pair-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(f->dir) != NULL);
	CHECK_OK(drp_hub_create(f->dir, &settings, NULL));
	CHECK_OK(drp_hub_open(f->dir, &f->hub, NULL));
	fixture_register(f);
}

/* `at` pins the card of `of`. */
static inline void pair_introduce(struct hub_fixture *at, struct hub_fixture *of)
{
	struct drp_card card, back;
	struct drp_buf text = {0};
	CHECK_OK(drp_pairing_card(&of->hub, &card, NULL));
	drp_card_write(&card, &text);
	CHECK_OK(drp_pairing_accept(&at->hub, drp_buf_string(&text), &back, NULL));
	drp_buf_clear(&text);
}

#define PAIR_YAML                                                                        \
	"campaign: " PAIR_CAMPAIGN "\n"                                                  \
	"title: Sealed campaign\n"                                                       \
	"region: VL\n"                                                                   \
	"instrument: " DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml\n"                \
	"track: sealed\n"                                                                \
	"cohort: self-selected\n"                                                        \
	"period: {from: 2026-03-01, to: 2026-05-31}\n"                                   \
	"deadline: 2026-06-15\n"

static inline enum drp_err pair_draft(
	struct pair_fixture *p, const char *yaml, struct drp_diag *diag)
{
	struct drp_buf text = {0}, report = {0};
	char path[DRP_PATH_MAX], id[DRP_NAME_MAX];
	drp_buf_text(&text, yaml);
	fixture_file(&p->hub, "campaign.yaml", &text, path);
	enum drp_err err = drp_campaign_new(&p->hub.hub, path, id, &report, diag);
	drp_buf_clear(&text);
	drp_buf_clear(&report);
	return err;
}

static inline enum drp_err pair_sign(
	struct pair_fixture *p, const char *id, struct drp_diag *diag)
{
	struct drp_buf report = {0};
	enum drp_err err = drp_campaign_sign_by(&p->hub.hub, &p->peer, id, &report, diag);
	drp_buf_clear(&report);
	return err;
}

/* As after a crash of both: only what is stored is left. */
static inline void pair_reopen(struct pair_fixture *p)
{
	drp_notary_free(p->service);
	drp_hub_close(&p->hub.hub);
	drp_hub_close(&p->notary.hub);
	CHECK_OK(drp_hub_open(p->hub.dir, &p->hub.hub, NULL));
	CHECK_OK(drp_hub_open(p->notary.dir, &p->notary.hub, NULL));
	CHECK_OK(drp_notary_new(&p->notary.hub, &p->service));
}

/* Paired, enrolled at the hub, and with a draft that waits to be signed. */
static inline void pair_open(struct pair_fixture *p)
{
	memset(p, 0, sizeof *p);
	p->cut_before = p->cut_after = -1;
	CHECK_OK(drp_crypto_init());
	pair_directory(&p->hub, "hub");
	pair_directory(&p->notary, "notary");
	pair_introduce(&p->hub, &p->notary);
	pair_introduce(&p->notary, &p->hub);
	fixture_enrol(&p->hub);
	CHECK_OK(drp_notary_new(&p->notary.hub, &p->service));
	p->peer = (struct drp_peer){.self = p, .exchange = pair_exchange};
	CHECK_OK(drp_pairing_card(&p->notary.hub, &p->peer.card, NULL));
	CHECK_OK(pair_draft(p, PAIR_YAML, NULL));
}

static inline void pair_close(struct pair_fixture *p)
{
	drp_notary_free(p->service);
	hub_fixture_close(&p->hub);
	hub_fixture_close(&p->notary);
}

#endif
