/* SPDX-License-Identifier: Apache-2.0 */
#include <drempel/err.h>

#include <stdarg.h>
#include <stdio.h>

const char *drp_err_name(enum drp_err code)
{
	switch (code) {
#define X(name, number, text)                                                            \
	case DRP_E_##name:                                                               \
		return #name;
		DRP_ERRORS(X)
#undef X
	}
	return "?";
}

const char *drp_err_text(enum drp_err code)
{
	switch (code) {
#define X(name, number, text)                                                            \
	case DRP_E_##name:                                                               \
		return text;
		DRP_ERRORS(X)
#undef X
	}
	return "unknown error";
}

int drp_err_is_refusal(enum drp_err code)
{
	return code >= 70 && code <= 89;
}

/* A line may quote a peer or a file: nothing in it may steer the terminal. */
static void make_plain(char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x20 || c == 0x7f) {
			*text = ' ';
		}
	}
}

enum drp_err drp_fail(struct drp_diag *diag, enum drp_err code, const char *fmt, ...)
{
	if (diag && diag->code == DRP_OK) {
		va_list ap;
		va_start(ap, fmt);
		diag->code = code;
		vsnprintf(diag->text, sizeof diag->text, fmt, ap);
		va_end(ap);
		make_plain(diag->text);
	}
	return code;
}
