/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/codes.h"

#include <string.h>

/* Each list is indexed by its value; a NULL has no code. */
static const char *const group_codes[] = {"leader", "teacher", "pupil"};
static const char *const level_codes[] = {NULL, "1", "2", "3", "4", "5"};
static const char *const province_codes[] = {
	NULL, "BE10", "BE21", "BE22", "BE23", "BE24", "BE25", "_U"};
static const char *const network_codes[] = {NULL, "GO", "OVSG", "POV", "KOV", "OTHER"};
static const char *const family_codes[] = {
	"region", "province", "level", "network", "province_level"};
static const char *const track_codes[] = {"open", "sealed"};

struct name {
	const char *nl, *en, *fr, *de;
};

static const struct name group_names[] = {
	{"schoolleiders", "school leaders", "directions", "Schulleitungen"},
	{"leerkrachten", "teachers", "enseignants", "Lehrkräfte"},
	{"leerlingen", "pupils", "élèves", "Lernende"},
};

static const struct name level_names[] = {
	{0},
	{"Basisonderwijs", "Primary education", "Enseignement fondamental",
		"Grundschule"},
	{"Eerste graad secundair onderwijs", "Lower secondary education",
		"Premier degré du secondaire", "Erste Stufe des Sekundarunterrichts"},
	{"Tweede en derde graad secundair onderwijs ASO",
		"Upper secondary education, general (ASO)",
		"Deuxième et troisième degrés, général (ASO)",
		"Zweite und dritte Stufe, allgemeinbildend (ASO)"},
	{"Tweede en derde graad secundair onderwijs TSO/BSO",
		"Upper secondary education, technical and vocational (TSO/BSO)",
		"Deuxième et troisième degrés, technique et professionnel (TSO/BSO)",
		"Zweite und dritte Stufe, technisch und beruflich (TSO/BSO)"},
	{"Volwassenenonderwijs", "Adult education", "Enseignement pour adultes",
		"Erwachsenenbildung"},
};

static const struct name class_34 = {"Tweede en derde graad secundair onderwijs",
	"Upper secondary education", "Deuxième et troisième degrés du secondaire",
	"Zweite und dritte Stufe des Sekundarunterrichts"};

static const struct name province_names[] = {
	{0},
	{"Brussels Hoofdstedelijk Gewest", "Brussels-Capital Region",
		"Région de Bruxelles-Capitale", "Region Brüssel-Hauptstadt"},
	{"Antwerpen", "Antwerp", "Anvers", "Antwerpen"},
	{"Limburg", "Limburg", "Limbourg", "Limburg"},
	{"Oost-Vlaanderen", "East Flanders", "Flandre orientale", "Ostflandern"},
	{"Vlaams-Brabant", "Flemish Brabant", "Brabant flamand", "Flämisch-Brabant"},
	{"West-Vlaanderen", "West Flanders", "Flandre occidentale", "Westflandern"},
	{"onbekend", "unknown", "inconnue", "unbekannt"},
};

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

static const char *code_at(const char *const *codes, int count, int value)
{
	return value >= 0 && value < count && codes[value] ? codes[value] : "?";
}

static int value_of(const char *const *codes, int count, const char *code)
{
	for (int i = 0; i < count; i++) {
		if (codes[i] && strcmp(codes[i], code) == 0) {
			return i;
		}
	}
	return -1;
}

static const char *in_language(const struct name *name, const char *language)
{
	return strncmp(language, "en", 2) == 0	 ? name->en
	       : strncmp(language, "fr", 2) == 0 ? name->fr
	       : strncmp(language, "de", 2) == 0 ? name->de
						 : name->nl;
}

static const char *name_at(
	const struct name *names, int count, int value, const char *language)
{
	if (value < 0 || value >= count || !names[value].nl) {
		return "?";
	}
	return in_language(&names[value], language);
}

const char *drp_group_code(int group)
{
	return code_at(group_codes, COUNT(group_codes), group);
}

const char *drp_level_code(int level)
{
	return level == 34 ? "34" : code_at(level_codes, COUNT(level_codes), level);
}

const char *drp_province_code(int province)
{
	return code_at(province_codes, COUNT(province_codes), province);
}

const char *drp_network_code(int network)
{
	return code_at(network_codes, COUNT(network_codes), network);
}

const char *drp_family_code(int family)
{
	return code_at(family_codes, COUNT(family_codes), family);
}

const char *drp_track_code(int track)
{
	return code_at(track_codes, COUNT(track_codes), track);
}

const char *drp_province_name(int province, const char *language)
{
	return name_at(province_names, COUNT(province_names), province, language);
}

const char *drp_level_name(int level, const char *language)
{
	if (level == 34) {
		return in_language(&class_34, language);
	}
	return name_at(level_names, COUNT(level_names), level, language);
}

const char *drp_group_name(int group, const char *language)
{
	return name_at(group_names, COUNT(group_names), group, language);
}

int drp_group_of(const char *code)
{
	return value_of(group_codes, COUNT(group_codes), code);
}

int drp_level_of(const char *code)
{
	return value_of(level_codes, COUNT(level_codes), code);
}

int drp_province_of(const char *code)
{
	return value_of(province_codes, COUNT(province_codes), code);
}

int drp_network_of(const char *code)
{
	return value_of(network_codes, COUNT(network_codes), code);
}

int drp_family_of(const char *code)
{
	return value_of(family_codes, COUNT(family_codes), code);
}

int drp_track_of(const char *code)
{
	return value_of(track_codes, COUNT(track_codes), code);
}
