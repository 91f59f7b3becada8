/* SPDX-License-Identifier: Apache-2.0
 *
 * One node directory, opened: settings in the database (node.db), the hub's address in
 * node.yaml, keys made at this school (node.key). The directory can be moved. It is the
 * only place where questionnaires are kept. Threads: one at a time.
 */
#ifndef DRP_NODE_NODE_H
#define DRP_NODE_NODE_H

#include "node/store/store.h"
#include "proto/crypto/crypto.h"
#include "proto/model/manifest.h"
#include "proto/runtime/system.h"
#include "proto/session/invite.h"
#include "proto/session/voucher.h"

#define DRP_NOTARIES_MAX 8

struct drp_node {
	char dir[DRP_PATH_MAX];
	char url[256]; /* the hub's, from node.yaml */
	char school[DRP_CODE_MAX];
	char hub_name[DRP_NAME_MAX];
	struct drp_key hub;
	uint8_t hub_box[32];
	/* Notaries that invites named, the present one last; none on the open track. */
	size_t n_notaries;
	struct drp_notary_pin {
		struct drp_key key;
		uint8_t box[32];
	} notary[DRP_NOTARIES_MAX];
	int enrolled;
	struct drp_keys *keys;
	struct drp_node_store *store;
	struct drp_clock clock;
	struct drp_rng rng;
};

/* drp_node_create makes a new directory from an invite; keys are made here and never
 * leave. A node there that is not enrolled takes the new invite. One that is enrolled
 * takes no more than the notary, from an invite of its own hub for its own school that
 * names another than it knows; otherwise it is DRP_E_EXISTS and stays as it was. */
enum drp_err drp_node_create(const char *dir, const struct drp_invite *invite,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_node_vouch keeps the proof of a voucher until the node enrols. One that is enrolled
 * enrols again with the invite, which must be of its own hub and school: DRP_E_EXISTS
 * otherwise. */
enum drp_err drp_node_vouch(const char *dir, const struct drp_invite *invite,
	const uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_open(
	const char *dir, struct drp_node *node, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_node_close(struct drp_node *node);

int64_t drp_node_now_s(const struct drp_node *node);

/* A campaign with everything that is needed to work on it. */
struct drp_node_work {
	struct drp_node_campaign campaign;
	struct drp_manifest *manifest;
	struct drp_instrument *instrument;
	const struct drp_unit *unit[DRP_LEVELS + 1]; /* own units by level; NULL: none */
};
enum drp_err drp_node_work_load(struct drp_node *node, const char *id,
	struct drp_node_work *work, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_node_work_clear(struct drp_node_work *work);

/* drp_node_only_level: the school's level in the campaign when it has just one, else 0.
 */
int drp_node_only_level(const struct drp_node_work *work);

#endif
