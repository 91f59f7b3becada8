/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/token.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "tests/support/scratch_hub.h"

#define NOW 1000000000

static struct drp_token_gate *gate;
static struct drp_token_row row[2];
static char text[2][DRP_TOKEN_TEXT];
static const struct drp_token_row *found;

static void make(void)
{
	struct drp_rng rng;
	CHECK_OK(drp_crypto_init());
	rng = drp_system_rng();
	for (int i = 0; i < 2; i++) {
		if (!*row[i].id) {
			CHECK_OK(drp_token_make(&rng, &row[i], text[i]));
		}
	}
	gate = drp_token_gate_new();
	CHECK(gate);
}

static const char *bearer(const char *token)
{
	static char value[256];
	snprintf(value, sizeof value, "Bearer %s", token);
	return value;
}

static enum drp_token_answer look(const char *token, int64_t now_ms)
{
	return drp_token_look(gate, row, 2, bearer(token), now_ms, &found);
}

/* The same token with another last digit. */
static const char *spoilt(const char *token)
{
	static char wrong[DRP_TOKEN_TEXT];
	snprintf(wrong, sizeof wrong, "%s", token);
	wrong[DRP_TOKEN_TEXT - 2] = wrong[DRP_TOKEN_TEXT - 2] == '0' ? '1' : '0';
	return wrong;
}

static void one_is_right(void)
{
	make();
	CHECK(strstr(row[0].hash, "$argon2id$"));
	CHECK(!strstr(row[0].hash, text[0] + 17));
	CHECK_OK(drp_token_check(&row[0], text[0]));
	CHECK_ERR(drp_token_check(&row[0], text[1]), DRP_E_SIGNATURE);
	CHECK_ERR(drp_token_check(&row[0], spoilt(text[0])), DRP_E_SIGNATURE);
	CHECK_INT(look(text[1], NOW), DRP_TOKEN_UNKNOWN);
	CHECK(found == &row[1]);
	drp_token_told(gate, found, bearer(text[1]), DRP_OK);
	CHECK_INT(look(text[1], NOW), DRP_TOKEN_RIGHT);
	CHECK_INT(look(spoilt(text[1]), NOW), DRP_TOKEN_UNKNOWN);
	/* Once its row has gone it is worth nothing. */
	CHECK_INT(drp_token_look(gate, row, 1, bearer(text[1]), NOW, &found),
		DRP_TOKEN_WRONG);
	drp_token_gate_free(gate);
}

static void forms(void)
{
	static const char *const wrong[] = {"", "Bearer", "Bearer ", "Basic abc",
		"Bearer drp_", "Bearer x y", "drp_", "Bearer drp_zzzzzzzzzzzz_"};
	make();
	CHECK_STR(drp_token_of(bearer(text[0])), text[0]);
	CHECK(drp_token_of("bearer drp_") == NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CHECK(drp_token_of(wrong[i]) == NULL);
	}
	char longer[DRP_TOKEN_TEXT + 8];
	snprintf(longer, sizeof longer, "%s0", text[0]);
	CHECK(drp_token_of(bearer(longer)) == NULL);
	drp_token_gate_free(gate);
}

static void guesses_are_rationed(void)
{
	int looked = 0, strangers = 0;
	make();
	CHECK_INT(look(text[0], NOW), DRP_TOKEN_UNKNOWN);
	drp_token_told(gate, found, bearer(text[0]), DRP_OK);
	for (int i = 0; i < 1000; i++) {
		if (look(spoilt(text[0]), NOW) == DRP_TOKEN_UNKNOWN) {
			looked++;
			drp_token_told(
				gate, found, bearer(spoilt(text[0])), DRP_E_SIGNATURE);
		}
		strangers += look("drp_000000000000_0", NOW) == DRP_TOKEN_WRONG;
	}
	CHECK_INT(looked, 10);
	CHECK(strangers < 50);
	/* Nobody else is shut out: neither the one who was right, nor another. */
	CHECK_INT(look(text[0], NOW), DRP_TOKEN_RIGHT);
	CHECK_INT(look(text[1], NOW), DRP_TOKEN_UNKNOWN);
	/* A try comes back after a while, not all of them. */
	CHECK_INT(look(spoilt(text[0]), NOW + 10000), DRP_TOKEN_UNKNOWN);
	CHECK_INT(look(spoilt(text[0]), NOW + 10000), DRP_TOKEN_LATER);
	drp_token_gate_free(gate);
}

static void scopes(void)
{
	for (int i = 0; i < DRP_SCOPES; i++) {
		CHECK_INT(drp_scope_of(drp_scope_name(i)), i);
	}
	CHECK_INT(drp_scope_of("public"), -1);
}

static void rows_come_back(void)
{
	struct scratch_hub s;
	struct drp_token_row *list = NULL;
	size_t n = 0;
	make();
	scratch_hub_open(&s);
	snprintf(row[0].name, sizeof row[0].name, "b");
	snprintf(row[1].name, sizeof row[1].name, "a");
	row[1].scope = DRP_SCOPE_NETWORK;
	row[1].network = DRP_KOV;
	snprintf(row[1].campaign, sizeof row[1].campaign, "spring-2026");
	row[1].created_s = 77;
	CHECK_OK(drp_hub_token_put(s.hub.store, &row[0], NULL));
	CHECK_OK(drp_hub_token_put(s.hub.store, &row[1], NULL));
	CHECK_ERR(drp_hub_token_put(s.hub.store, &row[1], NULL), DRP_E_EXISTS);
	CHECK_OK(drp_hub_tokens(s.hub.store, &list, &n, NULL));
	CHECK_INT(n, 2);
	CHECK_MEM(&list[0], &row[1], sizeof row[1]); /* by name */
	drp_free(list);
	CHECK_OK(drp_hub_token_drop(s.hub.store, "a", NULL));
	CHECK_ERR(drp_hub_token_drop(s.hub.store, "a", NULL), DRP_E_NOTFOUND);
	scratch_hub_close(&s);
	drp_token_gate_free(gate);
}

int main(void)
{
	CASE("a token is known by argon2id once, then by its hash", one_is_right);
	CASE("what is no token is none", forms);
	CASE("guesses are rationed and shut out nobody else", guesses_are_rationed);
	CASE("scopes have names", scopes);
	CASE("tokens are stored and dropped by name", rows_come_back);
	return DONE();
}
