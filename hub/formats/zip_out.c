/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/zip_out.h"

#include "proto/base/alloc.h"

#include <minizip/zip.h>
#include <string.h>
#include <time.h>

struct drp_zip_out {
	zipFile file;
	zip_fileinfo info;
	struct drp_buf bytes;
	size_t at;
};

/* ---- the archive as minizip's file ---- */

static voidpf open_file(voidpf opaque, const void *name, int mode)
{
	(void)name;
	(void)mode;
	return opaque;
}

static uLong read_file(voidpf opaque, voidpf stream, void *bytes, uLong n)
{
	struct drp_zip_out *zip = opaque;
	size_t left = zip->at < zip->bytes.len ? zip->bytes.len - zip->at : 0;
	(void)stream;
	n = n < left ? n : (uLong)left;
	memcpy(bytes, zip->bytes.data + zip->at, n);
	zip->at += n;
	return n;
}

/* Sizes are written over the local header after the content. Want of memory is told at
 * the end: minizip 1.1 leaks an entry whose header it could not write. */
static uLong write_file(voidpf opaque, voidpf stream, const void *bytes, uLong n)
{
	struct drp_zip_out *zip = opaque;
	(void)stream;
	if (!zip->bytes.failed) {
		size_t over = zip->bytes.len - zip->at;
		over = over < n ? over : n;
		if (over) {
			memcpy(zip->bytes.data + zip->at, bytes, over);
		}
		drp_buf_append(&zip->bytes, (const uint8_t *)bytes + over, n - over);
	}
	zip->at += n;
	return n;
}

static ZPOS64_T tell_file(voidpf opaque, voidpf stream)
{
	(void)stream;
	return ((struct drp_zip_out *)opaque)->at;
}

static long seek_file(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
	struct drp_zip_out *zip = opaque;
	size_t from = origin == ZLIB_FILEFUNC_SEEK_CUR	 ? zip->at
		      : origin == ZLIB_FILEFUNC_SEEK_END ? zip->bytes.len
							 : 0;
	(void)stream;
	if (!zip->bytes.failed &&
		(from > zip->bytes.len || offset > zip->bytes.len - from)) {
		return -1;
	}
	zip->at = from + (size_t)offset;
	return 0;
}

static int close_file(voidpf opaque, voidpf stream)
{
	(void)opaque;
	(void)stream;
	return 0;
}

static int error_file(voidpf opaque, voidpf stream)
{
	(void)opaque;
	(void)stream;
	return 0;
}

/* ---- archives ---- */

/* Years of DOS begin in 1980; its seconds are even. */
static uLong dos_time(int64_t time_s)
{
	time_t t = (time_t)time_s;
	struct tm tm;
	if (!gmtime_r(&t, &tm) || tm.tm_year < 80 || tm.tm_year > 80 + 127) {
		return 1u << 21 | 1u << 16;
	}
	return (uLong)(tm.tm_year - 80) << 25 | (uLong)(tm.tm_mon + 1) << 21 |
	       (uLong)tm.tm_mday << 16 | (uLong)tm.tm_hour << 11 | (uLong)tm.tm_min << 5 |
	       (uLong)tm.tm_sec >> 1;
}

enum drp_err drp_zip_begin(int64_t time_s, struct drp_zip_out **out)
{
	struct drp_zip_out *zip = drp_alloc(1, sizeof *zip);
	if (!zip) {
		return DRP_E_NOMEM;
	}
	zlib_filefunc64_def memory = {open_file, read_file, write_file, tell_file,
		seek_file, close_file, error_file, zip};
	zip->info.dosDate = dos_time(time_s);
	zip->file = zipOpen2_64("", APPEND_STATUS_CREATE, NULL, &memory);
	if (!zip->file) {
		drp_free(zip);
		return DRP_E_NOMEM;
	}
	*out = zip;
	return DRP_OK;
}

enum drp_err drp_zip_file(
	struct drp_zip_out *zip, const char *name, const struct drp_buf *content)
{
	if (content->failed || content->len > UINT32_MAX / 2 ||
		zipOpenNewFileInZip(zip->file, name, &zip->info, NULL, 0, NULL, 0, NULL,
			Z_DEFLATED, Z_DEFAULT_COMPRESSION) != ZIP_OK) {
		return DRP_E_NOMEM;
	}
	int failed = content->len && zipWriteInFileInZip(zip->file, content->data,
					     (unsigned)content->len) != ZIP_OK;
	failed |= zipCloseFileInZip(zip->file) != ZIP_OK;
	return failed || zip->bytes.failed ? DRP_E_NOMEM : DRP_OK;
}

enum drp_err drp_zip_end(struct drp_zip_out *zip, struct drp_buf *out)
{
	int failed = zipClose(zip->file, NULL) != ZIP_OK || zip->bytes.failed;
	if (!failed && out) {
		drp_buf_append(out, zip->bytes.data, zip->bytes.len);
		failed = out->failed;
	}
	drp_buf_clear(&zip->bytes);
	drp_free(zip);
	return failed ? DRP_E_NOMEM : DRP_OK;
}
