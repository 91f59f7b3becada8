/* SPDX-License-Identifier: Apache-2.0
 *
 * The one error table. A code says who is at fault:
 *   1-19 environment, 20-39 the caller's input, 40-69 the peer or its bytes,
 *   70-89 a privacy or policy refusal (never silent, never retried by a machine),
 *   90-99 a defect in Drempel itself.
 * Numbers go over the wire (PROTOCOL.md, "Errors"): never reuse or renumber one.
 */
#ifndef DREMPEL_ERR_H
#define DREMPEL_ERR_H

/* X(name, number, text) */
#define DRP_ERRORS(X)                                                                    \
	X(OK, 0, "done")                                                                 \
	X(NOMEM, 1, "out of memory")                                                     \
	X(IO, 2, "input or output failed")                                               \
	X(FULL, 3, "the disk is full")                                                   \
	X(NET, 4, "the other side could not be reached")                                 \
	X(TIMEOUT, 5, "the other side did not answer in time")                           \
	X(STORE, 6, "the database refused or is damaged")                                \
	X(CLOCK, 7, "this machine's clock is wrong")                                     \
	X(BUSY, 8, "another process holds this directory")                               \
	X(ENTROPY, 9, "the system gave no randomness")                                   \
	X(USAGE, 20, "wrong command line")                                               \
	X(INPUT, 21, "the input file is wrong")                                          \
	X(CONFIG, 22, "the configuration is wrong")                                      \
	X(NOTFOUND, 23, "no such thing")                                                 \
	X(EXISTS, 24, "it already exists")                                               \
	X(STATE, 25, "not possible in this state")                                       \
	X(RANGE, 26, "a number is out of range")                                         \
	X(MALFORMED, 40, "the bytes are malformed")                                      \
	X(TOOBIG, 41, "the bytes exceed a limit")                                        \
	X(VERSION, 42, "unknown protocol version or message type")                       \
	X(SIGNATURE, 43, "a signature or seal does not verify")                          \
	X(UNKNOWN_KEY, 44, "the sender's key is not registered")                         \
	X(REVOKED, 45, "the school has been revoked")                                    \
	X(INVITE, 46, "the invite is unknown, used or expired")                          \
	X(CONFLICT, 47, "a different contribution is already stored")                    \
	X(HASH, 48, "the content does not match its hash")                               \
	X(PEER, 49, "the other side refused")                                            \
	X(DUPLICATE_IDENTITY, 50, "another node already holds this identity")            \
	X(PROOF, 51, "the proof of a sealed report does not hold")                       \
	X(BUDGET, 70, "the privacy budget of this year does not allow it")               \
	X(TOO_FEW_SCHOOLS, 71, "too few schools or boards, or one dominates")            \
	X(TOO_FEW_SHEETS, 72, "too few questionnaires")                                  \
	X(DIFFERENCING, 73, "a small part could be computed by subtraction")             \
	X(CLOSED, 74, "the campaign is closed")                                          \
	X(WINDOW_OPEN, 75, "the answering window has not ended")                         \
	X(RELEASED, 76,                                                                  \
		"a contribution was already released; noise is never drawn twice")       \
	X(SENSITIVITY, 77, "a sheet exceeds the declared sensitivity")                   \
	X(POLICY, 78, "the rules do not allow it")                                       \
	X(FROZEN, 79, "the campaign is frozen and its contributions are erased")         \
	X(INTERNAL, 90, "a defect in Drempel")                                           \
	X(OVERFLOW, 91, "a calculation would overflow")

enum drp_err {
#define X(name, number, text) DRP_E_##name = number,
	DRP_ERRORS(X)
#undef X
		DRP_OK = DRP_E_OK
};

/* What failed, for a person: one line with what, where and what to do. */
struct drp_diag {
	enum drp_err code;
	char text[400];
};

/* drp_err_name gives "BUDGET" for DRP_E_BUDGET, "?" for an unknown code. */
const char *drp_err_name(enum drp_err code);

/* drp_err_text gives the table's sentence. */
const char *drp_err_text(enum drp_err code);

/* drp_err_is_refusal tells whether the code lies in the refusal band. */
int drp_err_is_refusal(enum drp_err code);

/* drp_fail records code and message in diag (which may be NULL) and returns code,
 * so that a function can end with `return drp_fail(diag, DRP_E_INPUT, ...)`. A diag
 * that already holds an error keeps it: the first cause is the one worth reading. */
enum drp_err drp_fail(struct drp_diag *diag, enum drp_err code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define DRP_MUST_CHECK __attribute__((warn_unused_result))

#endif
