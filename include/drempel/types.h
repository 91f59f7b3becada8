/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain values that every room may know. No functions, no pointers to resources.
 * The words are those of design section 1; a school's questionnaires exist per
 * unit = (school, level) and group.
 */
#ifndef DREMPEL_TYPES_H
#define DREMPEL_TYPES_H

#include <stdint.h>

enum drp_group { DRP_LEADER, DRP_TEACHER, DRP_PUPIL, DRP_GROUPS };

/* Levels are 1..5; 34 is the parliamentary class that joins 3 and 4. */
#define DRP_LEVELS 5

/* NUTS 2021 level 2, in code order; UNKNOWN is "_U" in every output (R49). */
enum drp_province {
	DRP_BE10 = 1,
	DRP_BE21,
	DRP_BE22,
	DRP_BE23,
	DRP_BE24,
	DRP_BE25,
	DRP_PROVINCE_UNKNOWN,
	DRP_PROVINCES = DRP_PROVINCE_UNKNOWN
};

enum drp_network {
	DRP_GO = 1,
	DRP_OVSG,
	DRP_POV,
	DRP_KOV,
	DRP_OTHER,
	DRP_NETWORKS = DRP_OTHER
};

/* A family partitions all units into cohorts. */
enum drp_family {
	DRP_FAMILY_REGION,
	DRP_FAMILY_PROVINCE,
	DRP_FAMILY_LEVEL,
	DRP_FAMILY_NETWORK,
	DRP_FAMILY_PROVINCE_LEVEL,
	DRP_FAMILIES
};

enum drp_track { DRP_TRACK_OPEN, DRP_TRACK_SEALED };

/* BLAKE2b-256; the name of every canonical encoding. */
struct drp_hash {
	uint8_t b[32];
};

/* Random, per campaign (units) or per request. */
struct drp_id {
	uint8_t b[16];
};

/* Ed25519 public key; the wire's sender id. */
struct drp_key {
	uint8_t b[32];
};

/* One unit as the manifest publishes it. school and board are numbers that mean
 * nothing outside their campaign; key is an index into the manifest's keys. */
struct drp_unit {
	struct drp_id id;
	uint32_t school;
	uint32_t board;
	uint8_t level;	  /* 1..5 */
	uint8_t province; /* enum drp_province */
	uint8_t network;  /* enum drp_network */
	uint32_t eligible[DRP_GROUPS];
};

/* A set of units with equal labels; 0 in a dimension means all. A folded cohort
 * covers several codes: then the dimension's mask has more than one bit. */
struct drp_cohort {
	enum drp_family family;
	uint16_t provinces; /* bit p set: province p is inside; 0 = all */
	uint16_t levels;    /* bit l set: level l is inside; 0 = all */
	uint16_t networks;  /* bit n set: network n is inside; 0 = all */
};

/* Exact rational, always reduced, den > 0. */
struct drp_rational {
	int64_t num;
	int64_t den;
};

#endif
