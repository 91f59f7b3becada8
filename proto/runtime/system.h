/* SPDX-License-Identifier: Apache-2.0
 *
 * The operating system as Drempel needs it: the real clock, files written whole, a
 * directory that only one daemon holds.
 */
#ifndef DRP_RUNTIME_SYSTEM_H
#define DRP_RUNTIME_SYSTEM_H

#include "proto/base/buf.h"
#include "proto/base/env.h"

#include <drempel/err.h>

#include <stdint.h>

struct drp_clock drp_system_clock(void);

/* drp_thread_us: the processor time of the calling thread, for the log. */
uint64_t drp_thread_us(void);

/* drp_file_read appends the whole file: DRP_E_NOTFOUND, DRP_E_TOOBIG over max_bytes. */
enum drp_err drp_file_read(const char *path, size_t max_bytes, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_file_write writes beside, fsyncs and renames: the old file or the new one, never
 * half of one. */
enum drp_err drp_file_write(const char *path, const void *bytes, size_t n, int mode,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_file_create writes a file where nothing is, not even a link: DRP_E_EXISTS, and what
 * is there stays. On an error nothing is left. */
enum drp_err drp_file_create(const char *path, const void *bytes, size_t n, int mode,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_dir_make creates a directory with mode 0700; an existing one is fine. */
enum drp_err drp_dir_make(const char *path, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_path joins two parts into a buffer; DRP_E_RANGE when it does not fit. */
#define DRP_PATH_MAX 1024
enum drp_err drp_path(char out[DRP_PATH_MAX], const char *dir, const char *name,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_path_beside: `other` as seen from the folder of the file `path`. */
enum drp_err drp_path_beside(char out[DRP_PATH_MAX], const char *path, const char *other,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_dir_hold takes the directory for one daemon: DRP_E_BUSY while another holds it.
 * A holder that dies lets go; commands that only use the database need no hold. */
enum drp_err drp_dir_hold(
	const char *path, int *held, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_dir_release(int held);

#endif
