/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/publication.h"

#include "hub/campaign/campaign.h"
#include "hub/store/store_public.h"
#include "proto/base/alloc.h"

#include <string.h>

static enum drp_err load_frame(struct drp_hub *hub, const char *id,
	struct drp_frame_table **frame, struct drp_diag *diag)
{
	struct drp_buf draft = {0}, text = {0};
	struct drp_frame_table *table = NULL;
	enum drp_err err = drp_hub_campaign_text(hub->store, id, &draft, &text, diag);
	if (err == DRP_OK && text.len) {
		table = drp_alloc(1, sizeof *table);
		err = table ? drp_frame_parse(text.data, text.len, "the campaign's frame",
				      table, diag)
			    : drp_fail(diag, DRP_E_NOMEM, "no memory for the frame");
	}
	drp_buf_clear(&draft);
	drp_buf_clear(&text);
	if (err) {
		drp_free(table);
		return err;
	}
	*frame = table;
	return DRP_OK;
}

enum drp_err drp_publication_load(struct drp_hub *hub, const char *id,
	struct drp_publication *p, struct drp_diag *diag)
{
	int64_t public_s = 0;
	enum drp_err err = drp_publication_load_edition(hub, id, 0, p, diag);
	err = err ? err : drp_hub_embargo_get(hub->store, id, &public_s, diag);
	p->before_s = public_s > drp_hub_now_s(hub) ? public_s : 0;
	return err;
}

enum drp_err drp_publication_load_edition(struct drp_hub *hub, const char *id,
	uint32_t number, struct drp_publication *p, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	memset(p, 0, sizeof *p);
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	err = err ? err : drp_campaign_edition(hub, id, number, &p->edition, diag);
	err = err ? err : drp_hub_manifest(hub, &row, &p->manifest, diag);
	err = err ? err
		  : drp_hub_instrument(
			    hub, &p->manifest->instrument, &p->instrument, diag);
	return err ? err : load_frame(hub, id, &p->frame, diag);
}

void drp_publication_free(struct drp_publication *p)
{
	drp_edition_free(p->edition);
	drp_manifest_free(p->manifest);
	drp_instrument_free(p->instrument);
	drp_free(p->frame);
	memset(p, 0, sizeof *p);
}
