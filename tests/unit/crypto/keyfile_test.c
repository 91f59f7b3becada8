/* SPDX-License-Identifier: Apache-2.0
 *
 * Key files: created once, private, complete, recognised; erased for good.
 */
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seed 00..1f, box secret 40..5f; written by another implementation. */
static const char golden[] =
	"drempel keys 1\n"
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	"404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f\n"
	"4de8f935a7be46ec\n";

static char folder[] = "/tmp/drempel-keyfile-XXXXXX";
static char path[64];
static struct drp_diag diag;

static void put(const char *text, size_t n, mode_t mode)
{
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
	CHECK(fd >= 0 && fchmod(fd, mode) == 0);
	CHECK(write(fd, text, n) == (ssize_t)n);
	close(fd);
	diag = (struct drp_diag){0};
}

static void check_refused(enum drp_err err)
{
	struct drp_keys *keys = NULL;
	CHECK_ERR(drp_keys_load(path, &keys, &diag), err);
	CHECK(keys == NULL);
	CHECK(strstr(diag.text, path) != NULL);
	CHECK(strstr(diag.text, "0001020304") == NULL); /* the secret is never printed */
}

static void saved_keys_are_the_same_keys(void)
{
	struct drp_keys *keys, *again;
	struct drp_key sign, sign_again;
	uint8_t box[32], box_again[32], signature[DRP_SIGNATURE_BYTES];
	struct stat st;
	unlink(path);
	CHECK_OK(drp_keys_new(&keys));
	CHECK_OK(drp_keys_save(keys, path, NULL));
	CHECK(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_OK(drp_keys_load(path, &again, NULL));
	drp_keys_public(keys, &sign, box);
	drp_keys_public(again, &sign_again, box_again);
	CHECK_MEM(sign.b, sign_again.b, 32);
	CHECK_MEM(box, box_again, 32);
	drp_sign(again, "drempel test 1", "x", 1, signature);
	CHECK_OK(drp_verify(&sign, "drempel test 1", "x", 1, signature));
	drp_keys_free(keys);
	drp_keys_free(again);
}

static void nothing_is_overwritten(void)
{
	struct drp_keys *keys;
	char text[300] = "";
	put(golden, sizeof golden - 1, 0600);
	CHECK_OK(drp_keys_new(&keys));
	CHECK_ERR(drp_keys_save(keys, path, &diag), DRP_E_EXISTS);
	CHECK_ERR(drp_secret_key_create(path, NULL), DRP_E_EXISTS);
	drp_keys_free(keys);
	int fd = open(path, O_RDONLY);
	CHECK(read(fd, text, sizeof text - 1) == (ssize_t)sizeof golden - 1);
	close(fd);
	CHECK_STR(text, golden);
}

static void a_golden_file_gives_golden_keys(void)
{
	struct drp_keys *keys;
	struct drp_key sign;
	uint8_t box[32], signature[DRP_SIGNATURE_BYTES];
	char hex[2 * DRP_SIGNATURE_BYTES + 1];
	put(golden, sizeof golden - 1, 0600);
	CHECK_OK(drp_keys_load(path, &keys, NULL));
	drp_keys_public(keys, &sign, box);
	drp_hex(sign.b, 32, hex);
	CHECK_STR(
		hex, "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
	drp_hex(box, 32, hex);
	CHECK_STR(
		hex, "79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a");
	drp_sign(keys, "drempel test 1", "abc", 3, signature);
	drp_hex(signature, sizeof signature, hex);
	CHECK_STR(hex,
		"bf550504322ed8603592dc8f4cdb910b19f4d501e2ed12bfc8e45a20202762ac"
		"681776938afed826e88d8b208b335712530646eec4642c642c4b45eb1a4ef302");
	drp_keys_free(keys);
}

static void files_open_to_others_are_refused(void)
{
	static const mode_t mode[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644};
	for (size_t i = 0; i < sizeof mode / sizeof mode[0]; i++) {
		put(golden, sizeof golden - 1, mode[i]);
		check_refused(DRP_E_CONFIG);
		CHECK(strstr(diag.text, "chmod 600") != NULL);
	}
}

static void damaged_files_are_refused(void)
{
	char text[sizeof golden + 200];
	for (size_t i = 0; i < sizeof golden - 1; i++) {
		memcpy(text, golden, sizeof golden);
		text[i] ^= 1;
		put(text, sizeof golden - 1, 0600);
		check_refused(DRP_E_CONFIG);
		put(golden, i, 0600); /* torn */
		check_refused(DRP_E_CONFIG);
	}
	memcpy(text, golden, sizeof golden);
	memset(text + sizeof golden - 1, '\n', 200);
	put(text, sizeof golden, 0600); /* one line more */
	check_refused(DRP_E_CONFIG);
	put(text, sizeof golden + 199, 0600); /* longer than any key file */
	check_refused(DRP_E_CONFIG);
}

static void what_is_no_file_is_refused(void)
{
	diag = (struct drp_diag){0};
	unlink(path);
	check_refused(DRP_E_NOTFOUND);
	diag = (struct drp_diag){0};
	CHECK(mkfifo(path, 0600) == 0);
	check_refused(DRP_E_CONFIG);
	unlink(path);
	diag = (struct drp_diag){0};
	CHECK(mkdir(path, 0700) == 0);
	check_refused(DRP_E_CONFIG);
	rmdir(path);
	CHECK_ERR(drp_secret_key_create("/nowhere/at/all", NULL), DRP_E_IO);
}

static void a_failed_write_leaves_no_half_file(void)
{
	struct rlimit before, small;
	CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
	small = before;
	small.rlim_cur = 10;
	signal(SIGXFSZ, SIG_IGN);
	unlink(path);
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	enum drp_err err = drp_secret_key_create(path, NULL);
	CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
	CHECK_ERR(err, DRP_E_IO);
	CHECK(access(path, F_OK) != 0);
}

static void secret_keys_live_until_erased(void)
{
	uint8_t key[32] = {0}, again[32], zero[32] = {0};
	struct stat st;
	unlink(path);
	CHECK_OK(drp_secret_key_create(path, NULL));
	CHECK(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_OK(drp_secret_key_load(path, key, NULL));
	CHECK(memcmp(key, zero, 32) != 0);
	CHECK_OK(drp_secret_key_load(path, again, NULL));
	CHECK_MEM(key, again, 32);

	/* a second name of the same file shows what erasing leaves on the disk */
	char second[80], text[300];
	snprintf(second, sizeof second, "%s-second", path);
	CHECK(link(path, second) == 0);
	CHECK_OK(drp_secret_key_erase(path, NULL));
	CHECK(access(path, F_OK) != 0);
	int fd = open(second, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text);
	close(fd);
	unlink(second);
	CHECK(n > 0);
	for (ssize_t i = 0; i < n; i++) {
		CHECK_INT(text[i], 0);
	}
	CHECK_ERR(drp_secret_key_load(path, key, NULL), DRP_E_NOTFOUND);
	CHECK_ERR(drp_secret_key_erase(path, NULL), DRP_E_NOTFOUND);
}

static void kinds_are_not_mixed_up(void)
{
	uint8_t key[32];
	unlink(path);
	CHECK_OK(drp_secret_key_create(path, NULL));
	diag = (struct drp_diag){0};
	check_refused(DRP_E_CONFIG);
	put(golden, sizeof golden - 1, 0600);
	CHECK_ERR(drp_secret_key_load(path, key, NULL), DRP_E_CONFIG);
}

int main(void)
{
	if (drp_crypto_init() || !mkdtemp(folder)) {
		return 1;
	}
	snprintf(path, sizeof path, "%s/key", folder);
	CASE("saved keys are the same keys, in a file of mode 0600",
		saved_keys_are_the_same_keys);
	CASE("a key file is never overwritten", nothing_is_overwritten);
	CASE("a golden file gives the golden keys and signature",
		a_golden_file_gives_golden_keys);
	CASE("a file open to others is refused", files_open_to_others_are_refused);
	CASE("a damaged or torn file is refused", damaged_files_are_refused);
	CASE("what is not there or no file is refused", what_is_no_file_is_refused);
	CASE("a failed write leaves no half file", a_failed_write_leaves_no_half_file);
	CASE("a secret key lives until it is erased", secret_keys_live_until_erased);
	CASE("keys and secrets are not mixed up", kinds_are_not_mixed_up);
	unlink(path);
	rmdir(folder);
	return DONE();
}
