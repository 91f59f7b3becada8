/* SPDX-License-Identifier: Apache-2.0
 *
 * Small text conversions shared by all rooms.
 */
#ifndef DRP_BASE_TEXT_H
#define DRP_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* drp_hex writes 2 n lower-case digits and a NUL; out holds 2 n + 1 bytes. */
void drp_hex(const void *bytes, size_t n, char *out);

/* drp_unhex reads exactly 2 n digits (and nothing after); -1 otherwise. */
int drp_unhex(const char *text, void *bytes, size_t n);

/* drp_parse_u32 reads a plain decimal in [min, max] and nothing else; -1 otherwise. */
int drp_parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value);

/* drp_utf8_valid tells whether n bytes are valid UTF-8 without NUL. */
int drp_utf8_valid(const void *bytes, size_t n);

/* drp_code_valid: 1 to max-1 characters of [A-Za-z0-9_.-], not starting with '.' or
 * '-'. Codes and ids of this form are safe as file names and in CSV cells. */
int drp_code_valid(const char *text, size_t max);

#endif
