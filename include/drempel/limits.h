/* SPDX-License-Identifier: Apache-2.0
 *
 * Every bound in one place. PROTOCOL.md repeats this table; tests/lint/docs checks
 * that the two agree. A name ends in its unit where it has one.
 */
#ifndef DREMPEL_LIMITS_H
#define DREMPEL_LIMITS_H

/* Wire */
#define DRP_PROTOCOL_VERSION   1
#define DRP_MESSAGE_MAX_BYTES  (256 * 1024) /* one envelope, also NNG_OPT_RECVMAXSZ */
#define DRP_CHUNK_MAX_BYTES    (128 * 1024) /* one piece of a blob */
#define DRP_BLOB_MAX_BYTES     (4 * 1024 * 1024) /* instrument or manifest */
#define DRP_STAGED_BLOBS_MAX   8 /* that a hub has put and its notary not yet used */
#define DRP_NESTING_MAX	       8
#define DRP_WIRE_KEY_MAX_BYTES 31     /* one key of a map */
#define DRP_WIRE_ITEMS_MAX     40000  /* values in one message */
#define DRP_BLOB_ITEMS_MAX     400000 /* values in one manifest or instrument */
#define DRP_REQUEST_AGE_MAX_S  86400  /* a signed request older than this is refused */
#define DRP_CLOCK_SKEW_MAX_S   86400

/* Model */
#define DRP_CODE_MAX	      16 /* item, area and scale codes, with the final NUL */
#define DRP_NAME_MAX	      96 /* school, hub and campaign names, with the final NUL */
#define DRP_TEXT_MAX_BYTES    1024 /* one wording */
#define DRP_AREAS_MAX	      16
#define DRP_SCALES_MAX	      32
#define DRP_ITEMS_MAX	      256
#define DRP_POINTS_MAX	      7
#define DRP_LANGUAGES_MAX     8
#define DRP_OWN_ITEMS_MAX     8 /* per school, level and session (R2) */
#define DRP_UNITS_MAX	      20000
#define DRP_SCHOOLS_MAX	      10000
#define DRP_UNIT_ELIGIBLE_MAX 100000
#define DRP_COHORTS_MAX	      96
#define DRP_ATOMS_MAX	      (7 * 5 * 5)
#define DRP_RELEASES_MAX      32
#define DRP_VALUES_MAX	      1024 /* integers in one contribution */

/* Import */
#define DRP_IMPORT_FILE_MAX_BYTES (64 * 1024 * 1024)
#define DRP_IMPORT_ROW_MAX_BYTES  (256 * 1024)
#define DRP_IMPORT_CELL_MAX_BYTES (64 * 1024)
#define DRP_IMPORT_COLUMNS_MAX	  2048
#define DRP_IMPORT_ROWS_MAX	  100000
#define DRP_IMPORT_DEPTH_MAX	  8 /* objects and arrays of one questionnaire */

/* Other files that operators and schools hand over */
#define DRP_YAML_FILE_MAX_BYTES	   65536 /* settings, draft, answer, target, questions */
#define DRP_MAP_FILE_MAX_BYTES	   (256 * 1024)
#define DRP_FRAME_FILE_MAX_BYTES   (256 * 1024)
#define DRP_CARD_FILE_MAX_BYTES	   8192
#define DRP_INVITE_FILE_MAX_BYTES  4096
#define DRP_VOUCHER_FILE_MAX_BYTES 256

/* Privacy: widths for which the sampler's arithmetic fits its words */
#define DRP_SIGMA2_MAX 2147483647
#define DRP_DELTA2_MAX 1000000

/* Runtime */
#define DRP_DOORMAN_CONNECTIONS_MAX   1024
#define DRP_DOORMAN_PER_ADDRESS_MAX   64
#define DRP_DOORMAN_HEADER_TIMEOUT_MS 5000
#define DRP_DOORMAN_IDLE_TIMEOUT_MS   30000
#define DRP_HUB_CONTEXTS	      128
#define DRP_GROUP_COMMIT_MAX	      128
#define DRP_REQUEST_TIMEOUT_MS	      30000

/* HTTP */
#define DRP_HTTP_CONNECTIONS_MAX    512
#define DRP_HTTP_PER_ADDRESS_MAX    256	 /* a front server is one address */
#define DRP_HTTP_TARGET_MAX_BYTES   4096 /* path and query as they were sent */
#define DRP_HTTP_PARAMETERS_MAX	    64
#define DRP_HTTP_HEADERS_MAX	    64
#define DRP_HTTP_HEADERS_MAX_BYTES  8192
#define DRP_HTTP_BODY_MAX_BYTES	    65536
#define DRP_HTTP_REQUEST_TIMEOUT_MS 10000 /* a connection's wait for a whole request */
#define DRP_HTTP_REPLY_TIMEOUT_MS   30000 /* and a second more for each 16 KiB */
#define DRP_HTTP_TASKS_MAX	    32	  /* answers being made at one time */
#define DRP_HTTP_CACHE_MAX_BYTES    (64 * 1024 * 1024)

#endif
