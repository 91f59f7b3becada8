/* SPDX-License-Identifier: Apache-2.0
 *
 * A key file is text of three lines, each ended by one newline, nothing else:
 *
 *	drempel KIND 1		KIND is "keys" or "secret", 1 the version of the format
 *	HEX			the secret, lower-case hex
 *	CHECK			16 digits: the first 8 bytes of the tagged hash of the
 *secret, tag "drempel KIND 1"
 *
 * The secret of "keys" is an Ed25519 seed (32 bytes) and an X25519 secret key (32); the
 * public halves are computed from them. That of "secret" is a symmetric key (32).
 * CHECK tells a torn or edited file from a good one; it is no protection.
 */
#include "proto/crypto/keyfile.h"

#include "proto/crypto/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK_BYTES 8
#define TEXT_MAX    256

/* format fills text and returns its length without the NUL. */
static size_t format(
	char text[TEXT_MAX], const char *kind, const uint8_t *secret, size_t n)
{
	char title[32], check[2 * CHECK_BYTES + 1];
	char hex[2 * DRP_KEYFILE_SECRET_MAX_BYTES + 1];
	struct drp_hash hash;
	snprintf(title, sizeof title, "drempel %s 1", kind);
	drp_hash_tagged(title, secret, n, &hash);
	sodium_bin2hex(hex, sizeof hex, secret, n);
	sodium_bin2hex(check, sizeof check, hash.b, CHECK_BYTES);
	int length = snprintf(text, TEXT_MAX, "%s\n%s\n%s\n", title, hex, check);
	drp_wipe(hex, sizeof hex);
	return (size_t)length;
}

static enum drp_err write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(fd, bytes, n);
		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done < 0) {
			return errno == ENOSPC || errno == EDQUOT ? DRP_E_FULL : DRP_E_IO;
		}
		bytes += done;
		n -= (size_t)done;
	}
	return fsync(fd) == 0 ? DRP_OK : DRP_E_IO;
}

/* sync_folder makes a creation or removal in the path's folder last. */
static enum drp_err sync_folder(const char *path)
{
	char folder[4096] = ".";
	const char *slash = strrchr(path, '/');
	if (slash) {
		size_t n = (size_t)(slash - path) + 1; /* with the slash: "/" stays "/" */
		if (n >= sizeof folder) {
			return DRP_E_IO;
		}
		memcpy(folder, path, n);
		folder[n] = 0;
	}
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return DRP_E_IO;
	}
	enum drp_err err = fsync(fd) == 0 ? DRP_OK : DRP_E_IO;
	close(fd);
	return err;
}

/* write_beside makes a complete file with a name of its own next to the path. */
static enum drp_err write_beside(
	const char *path, const char *text, size_t n, char beside[PATH_MAX])
{
	if (snprintf(beside, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX) {
		return DRP_E_RANGE;
	}
	int fd = mkostemp(beside, O_CLOEXEC); /* born private: mode 0600 */
	if (fd < 0) {
		return errno == ENOSPC || errno == EDQUOT ? DRP_E_FULL : DRP_E_IO;
	}
	enum drp_err err = write_all(fd, text, n);
	close(fd);
	if (err) {
		unlink(beside);
	}
	return err;
}

/* The name appears with the whole file behind it: a crash leaves no torn key that the
 * next attempt would take for one. */
enum drp_err drp_keyfile_create(const char *path, const char *kind, const uint8_t *secret,
	size_t n, struct drp_diag *diag)
{
	char text[TEXT_MAX], beside[PATH_MAX];
	size_t length = format(text, kind, secret, n);
	enum drp_err err = write_beside(path, text, length, beside);
	drp_wipe(text, sizeof text);
	if (err == DRP_OK &&
		renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) != 0) {
		err = errno == EEXIST ? DRP_E_EXISTS : DRP_E_IO;
		unlink(beside);
	}
	if (err == DRP_OK) {
		err = sync_folder(path);
	}
	if (err == DRP_E_EXISTS) {
		return drp_fail(diag, err,
			"the key file %s already exists; keys are never overwritten, "
			"move it "
			"away first",
			path);
	}
	return err ? drp_fail(diag, err, "the key file %s cannot be written: %s", path,
			     err == DRP_E_IO ? strerror(errno) : drp_err_text(err))
		   : DRP_OK;
}

/* open_private opens a regular file that only its owner may read. */
static enum drp_err open_private(
	const char *path, int flags, int *file, struct drp_diag *diag)
{
	struct stat st;
	int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		return drp_fail(diag, errno == ENOENT ? DRP_E_NOTFOUND : DRP_E_IO,
			"the key file %s cannot be opened: %s", path, strerror(errno));
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return drp_fail(
			diag, DRP_E_CONFIG, "the key file %s is not a file", path);
	}
	if (st.st_mode & 077) {
		close(fd);
		return drp_fail(diag, DRP_E_CONFIG,
			"the key file %s is open to others; run: chmod 600 %s", path,
			path);
	}
	*file = fd;
	return DRP_OK;
}

/* read_all reads at most size bytes. */
static ssize_t read_all(int fd, char *bytes, size_t size)
{
	size_t n = 0;
	while (n < size) {
		ssize_t got = read(fd, bytes + n, size - n);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return -1;
		}
		if (got == 0) {
			break;
		}
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/* parse takes the hex of line 2 and accepts exactly what format would write for it. */
static int parse(
	const char *text, size_t length, const char *kind, uint8_t *secret, size_t n)
{
	char again[TEXT_MAX];
	const char *line = memchr(text, '\n', length);
	size_t left = line ? length - (size_t)(line + 1 - text) : 0;
	if (left < 2 * n ||
		sodium_hex2bin(secret, n, line + 1, 2 * n, NULL, NULL, NULL) != 0) {
		return 0;
	}
	size_t want = format(again, kind, secret, n);
	int same = want == length && sodium_memcmp(again, text, want) == 0;
	drp_wipe(again, sizeof again);
	return same;
}

enum drp_err drp_keyfile_load(const char *path, const char *kind, uint8_t *secret,
	size_t n, struct drp_diag *diag)
{
	char text[TEXT_MAX];
	uint8_t bytes[DRP_KEYFILE_SECRET_MAX_BYTES];
	int fd = -1;
	enum drp_err err = open_private(path, O_RDONLY, &fd, diag);
	if (err) {
		return err;
	}
	ssize_t length = read_all(fd, text, sizeof text);
	close(fd);
	if (length < 0) {
		err = drp_fail(diag, DRP_E_IO, "the key file %s cannot be read", path);
	} else if (!parse(text, (size_t)length, kind, bytes, n)) {
		err = drp_fail(diag, DRP_E_CONFIG,
			"the key file %s is damaged or of another kind than \"%s\"; "
			"restore "
			"it from a backup",
			path, kind);
	} else {
		memcpy(secret, bytes, n);
	}
	drp_wipe(text, sizeof text);
	drp_wipe(bytes, sizeof bytes);
	return err;
}

enum drp_err drp_secret_key_create(const char *path, struct drp_diag *diag)
{
	uint8_t key[32];
	randombytes_buf(key, sizeof key);
	enum drp_err err = drp_keyfile_create(path, "secret", key, sizeof key, diag);
	drp_wipe(key, sizeof key);
	return err;
}

enum drp_err drp_secret_key_load(const char *path, uint8_t key[32], struct drp_diag *diag)
{
	return drp_keyfile_load(path, "secret", key, 32, diag);
}

enum drp_err drp_secret_key_erase(const char *path, struct drp_diag *diag)
{
	static const char zeros[TEXT_MAX];
	int fd = -1;
	enum drp_err err = open_private(path, O_WRONLY, &fd, diag);
	if (err) {
		return err;
	}
	err = write_all(fd, zeros, sizeof zeros);
	close(fd);
	if (err == DRP_OK && unlink(path) != 0) {
		err = DRP_E_IO;
	}
	if (err == DRP_OK) {
		err = sync_folder(path);
	}
	return err ? drp_fail(diag, err, "the key file %s cannot be erased: %s", path,
			     drp_err_text(err))
		   : DRP_OK;
}
