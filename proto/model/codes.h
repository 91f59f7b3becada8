/* SPDX-License-Identifier: Apache-2.0
 *
 * Code lists: the text that stands for a group, level, province, network or family in
 * files, tables and commands. "_T" is all, "_U" unknown (SDMX conventions).
 */
#ifndef DRP_MODEL_CODES_H
#define DRP_MODEL_CODES_H

#include <drempel/types.h>

/* Each returns a static string, "?" for a value outside the list. */
const char *drp_group_code(int group);	     /* leader teacher pupil */
const char *drp_level_code(int level);	     /* 1 2 3 4 5, and the class 34 */
const char *drp_province_code(int province); /* BE10 BE21 ... _U */
const char *drp_network_code(int network);   /* GO OVSG POV KOV OTHER */
const char *drp_family_code(
	int family);		       /* region province level network province_level */
const char *drp_track_code(int track); /* open sealed */

/* Names for people, in French (fr), German (de), English (en), else in Dutch. */
const char *drp_province_name(int province, const char *language);
const char *drp_level_name(int level, const char *language); /* also 34 */
const char *drp_group_name(int group, const char *language);

/* Each returns the value, or -1 when the text is not in the list. */
int drp_group_of(const char *code);
int drp_level_of(const char *code); /* "1".."5" */
int drp_province_of(const char *code);
int drp_network_of(const char *code);
int drp_family_of(const char *code);
int drp_track_of(const char *code);

#endif
