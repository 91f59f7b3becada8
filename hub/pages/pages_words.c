/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/pages/pages_words.h"

#define DRP_WORD(name, nl, fr, de, en) [DRP_W_##name] = {nl, fr, de, en},
static const char *const words[DRP_WORDS][DRP_API_LANGUAGES] = {
#include "hub/pages/pages_words.inc"
};
#undef DRP_WORD

static const char *const months[DRP_API_LANGUAGES][12] = {
	{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
		"september", "oktober", "november", "december"},
	{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
		"septembre", "octobre", "novembre", "décembre"},
	{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
		"September", "Oktober", "November", "Dezember"},
	{"January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December"},
};

const char *drp_word(enum drp_word word, enum drp_language language)
{
	return words[word][language];
}

const char *drp_month(int month, enum drp_language language)
{
	return months[language][month];
}
