/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands about objects: what stands still, is hashed and signed.
 */
#include "proto/session/list.h"
#include "proto/session/roll.h"
#include "proto/wire/reader.h"
#include "tests/support/emit.h"

/* Takes the bytes. */
static json_t *object(struct drp_buf *bytes, json_t *fields)
{
	struct drp_hash hash;
	drp_hash_bytes(bytes->data, bytes->len, &hash);
	return json_pack("{s:o, s:o, s:o}", "hash", json_bin(hash.b, 32), "bytes",
		json_buf(bytes), "fields", fields);
}

static json_t *signed_manifest(struct drp_manifest *m)
{
	struct drp_buf bytes = {0};
	uint8_t signature[DRP_SIGNATURE_BYTES];
	sample_need(drp_manifest_encode(m, &bytes) == DRP_OK, "manifest");
	drp_sign(emit.keys, "drempel manifest 1", bytes.data, bytes.len, signature);
	json_t *json = object(&bytes, manifest_fields(m));
	json_object_set_new(json, "signature", json_bin(signature, sizeof signature));
	return json;
}

static json_t *a_contribution(const struct drp_contribution *c)
{
	struct drp_buf bytes = {0};
	sample_need(drp_contribution_encode(c, &bytes) == DRP_OK, "contribution");
	return object(&bytes, contribution_fields(c));
}

static json_t *a_receipt(void)
{
	struct drp_receipt receipt = sample_receipt(emit.keys, &emit.contribution);
	struct drp_buf bytes = {0};
	sample_need(drp_receipt_encode(&receipt, &bytes) == DRP_OK, "receipt");
	return object(&bytes, receipt_fields(&receipt));
}

static json_t *list_fields(const struct drp_list *l)
{
	return json_pack("{s:o, s:o, s:o}", "answers", json_bin(l->answers.b, 32),
		"campaign", json_bin(l->campaign.b, 32), "reports",
		json_bin(l->report, 32 * l->n));
}

static json_t *a_list(const struct drp_hash *manifest)
{
	struct drp_hash names[2];
	struct drp_list l = {.campaign = *manifest, .n = 2, .report = names};
	struct drp_buf bytes = {0};
	uint8_t signature[64];
	sample_fill(l.answers.b, 32, 9);
	sample_fill(names[0].b, 32, 1);
	sample_fill(names[1].b, 32, 2);
	sample_need(drp_list_encode(&l, &bytes) == DRP_OK, "list");
	drp_sign(emit.keys, DRP_LIST_TAG, bytes.data, bytes.len, signature);
	json_t *list = object(&bytes, list_fields(&l));
	json_object_set_new(list, "signature", json_bin(signature, 64));
	return list;
}

static json_t *an_edition(const struct drp_hash *manifest)
{
	struct drp_edition *e = sample_edition(manifest);
	struct drp_buf bytes = {0};
	sample_need(drp_edition_encode(e, &bytes) == DRP_OK, "edition");
	json_t *json = object(&bytes, edition_fields(e));
	drp_edition_free(e);
	return json;
}

/* Two rows each; the second names the link of the first. */
static json_t *chains(void)
{
	uint8_t row[DRP_LEDGER_ROW_BYTES];
	struct drp_ledger_row first = sample_ledger_row(NULL, DRP_PUPIL);
	struct drp_ledger_row second = sample_ledger_row(&first, DRP_LEADER);
	struct drp_log_row one = sample_log_row(NULL, "approved");
	struct drp_log_row two = sample_log_row(&one, "stored");
	drp_ledger_encode(&first, row);
	return json_pack("{s:o, s:o, s:o}", "ledger_row", json_bin(row, sizeof row),
		"ledger_link", json_bin(second.previous.b, 32), "log_link",
		json_bin(two.previous.b, 32));
}

static json_t *at_rest(void)
{
	uint8_t key[32], context[49];
	struct drp_buf sealed = {0};
	sample_fill(key, sizeof key, 5);
	sample_fill(context, sizeof context, 6);
	sample_need(drp_store_seal(key, context, sizeof context, "plain", 5, &sealed) ==
			    DRP_OK,
		"seal");
	return json_pack("{s:o, s:o, s:o}", "key", json_bin(key, sizeof key), "context",
		json_bin(context, sizeof context), "sealed", json_buf(&sealed));
}

static json_t *an_invite(void)
{
	struct drp_invite invite = sample_invite(emit.keys);
	struct drp_buf text = {0};
	struct drp_hash kept;
	drp_invite_write(&invite, &text);
	drp_hash_tagged("drempel invite 1", invite.token, sizeof invite.token, &kept);
	json_t *json = json_pack("{s:s, s:o, s:o}", "text", drp_buf_string(&text),
		"token", json_bin(invite.token, 32), "kept", json_bin(kept.b, 32));
	drp_buf_clear(&text);
	return json;
}

static json_t *a_voucher(void)
{
	uint8_t code[DRP_VOUCHER_BYTES], proof[DRP_PROOF_BYTES];
	char text[DRP_VOUCHER_TEXT], fingerprint[DRP_VOUCHER_TEXT];
	struct drp_voucher_place place = {.notary = emit.sign, .school = "sch-001"};
	struct drp_key school;
	memcpy(place.notary_box, emit.box, sizeof place.notary_box);
	sample_fill(code, sizeof code, 3);
	sample_fill(school.b, sizeof school.b, 4);
	drp_voucher_write(code, &place, text);
	drp_voucher_proof(code, &school, proof);
	drp_school_fingerprint(&school, fingerprint);
	return json_pack("{s:o, s:o, s:s, s:o, s:s}", "code", json_bin(code, sizeof code),
		"key", json_bin(school.b, sizeof school.b), "text", text, "proof",
		json_bin(proof, sizeof proof), "fingerprint", fingerprint);
}

static json_t *a_roll(void)
{
	struct drp_roll_entry roll[2] = {{"sch-002", {0}}, {"sch-001", {0}}};
	struct drp_buf bytes = {0};
	sample_fill(roll[1].proof, sizeof roll[1].proof, 5);
	sample_need(drp_roll_encode(roll, 2, &bytes) == DRP_OK, "roll");
	json_t *hex = json_bin(bytes.data, bytes.len);
	drp_buf_clear(&bytes);
	return hex;
}

json_t *emit_objects(void)
{
	struct drp_instrument *in = NULL;
	struct drp_diag diag = {0};
	struct drp_buf bytes = {0};
	const char *path = DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml";
	sample_need(drp_instrument_load(path, &in, &diag) == DRP_OK, diag.text);
	sample_need(drp_instrument_encode(in, &bytes) == DRP_OK, "instrument");
	struct drp_manifest *m = sample_manifest(emit.keys, &in->hash);
	json_t *manifest = signed_manifest(m);
	emit.contribution = sample_contribution(&m->hash, 1);
	struct drp_contribution counts = sample_contribution(&m->hash, 0);
	json_t *all = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"sign", json_bin(emit.sign.b, 32), "box", json_bin(emit.box, 32),
		"instrument", object(&bytes, instrument_facts(in)), "manifest", manifest,
		"contribution", a_contribution(&emit.contribution), "counts",
		a_contribution(&counts), "receipt", a_receipt(), "list", a_list(&m->hash),
		"edition", an_edition(&m->hash), "chains", chains(), "at_rest", at_rest(),
		"invite", an_invite(), "voucher", a_voucher(), "roll", a_roll());
	drp_manifest_free(m);
	drp_instrument_free(in);
	return all;
}

json_t *emit_walk(const char *hex)
{
	struct drp_buf bytes = emit_unhex(hex);
	enum drp_err err = drp_prewalk(bytes.data, bytes.len, DRP_WIRE_ITEMS_MAX);
	drp_buf_clear(&bytes);
	return json_pack("{s:i}", "err", err);
}

static json_t *decode_manifest(const struct drp_buf *bytes, enum drp_err *err)
{
	struct drp_manifest *m = NULL;
	*err = drp_manifest_decode(bytes->data, bytes->len, &m, NULL);
	json_t *fields = *err ? json_null() : manifest_fields(m);
	drp_manifest_free(m);
	return fields;
}

static json_t *decode_instrument(const struct drp_buf *bytes, enum drp_err *err)
{
	struct drp_instrument *in = NULL;
	*err = drp_instrument_decode(bytes->data, bytes->len, &in);
	json_t *fields = *err ? json_null() : instrument_facts(in);
	drp_instrument_free(in);
	return fields;
}

static json_t *decode_edition(const struct drp_buf *bytes, enum drp_err *err)
{
	struct drp_edition *e = NULL;
	*err = drp_edition_decode(bytes->data, bytes->len, &e);
	json_t *fields = *err ? json_null() : edition_fields(e);
	drp_edition_free(*err ? NULL : e);
	return fields;
}

static json_t *decode_contribution(const struct drp_buf *bytes, enum drp_err *err)
{
	struct drp_contribution c;
	*err = drp_contribution_decode(bytes->data, bytes->len, &c);
	return *err ? json_null() : contribution_fields(&c);
}

static json_t *decode_receipt(const struct drp_buf *bytes, enum drp_err *err)
{
	struct drp_receipt r;
	*err = drp_receipt_decode(bytes->data, bytes->len, &r);
	return *err ? json_null() : receipt_fields(&r);
}

/* Of whatever campaign. */
static json_t *decode_list(const struct drp_buf *bytes, enum drp_err *err)
{
	struct drp_list l;
	struct drp_hash campaign = {{0}};
	(void)!drp_list_decode(bytes->data, bytes->len, &campaign, &l, NULL);
	campaign = l.campaign;
	drp_list_clear(&l);
	*err = drp_list_decode(bytes->data, bytes->len, &campaign, &l, NULL);
	json_t *fields = *err ? json_null() : list_fields(&l);
	drp_list_clear(&l);
	return fields;
}

json_t *emit_decode(const char *kind, const char *hex)
{
	static const struct {
		const char *kind;
		json_t *(*decode)(const struct drp_buf *bytes, enum drp_err *err);
	} kinds[] = {{"manifest", decode_manifest}, {"instrument", decode_instrument},
		{"contribution", decode_contribution}, {"receipt", decode_receipt},
		{"list", decode_list}, {"edition", decode_edition}};
	struct drp_buf bytes = emit_unhex(hex);
	json_t *fields = NULL;
	enum drp_err err = DRP_E_INTERNAL;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kind, kinds[i].kind) == 0) {
			fields = kinds[i].decode(&bytes, &err);
		}
	}
	sample_need(fields != NULL, "unknown kind");
	drp_buf_clear(&bytes);
	return json_pack("{s:i, s:o}", "err", err, "fields", fields);
}

json_t *emit_invite(const char *hex)
{
	struct drp_buf text = emit_unhex(hex);
	struct drp_invite v = {0};
	enum drp_err err = drp_invite_read(drp_buf_string(&text), &v, NULL);
	drp_buf_clear(&text);
	return json_pack("{s:i, s:s, s:s, s:o, s:o, s:s, s:I, s:o}", "err", err, "hub",
		v.hub, "url", v.url, "hub-key", json_bin(v.hub_key.b, 32), "hub-box",
		json_bin(v.hub_box, 32), "school", v.school, "end",
		(json_int_t)v.expires_s, "token", json_bin(v.token, 32));
}
