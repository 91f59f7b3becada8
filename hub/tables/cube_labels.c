/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/cube_labels.h"

#include <string.h>
#include <strings.h>

const char *const drp_language_code[DRP_API_LANGUAGES] = {"nl", "fr", "de", "en"};
const char *const drp_language_name[DRP_API_LANGUAGES] = {
	"Nederlands", "français", "Deutsch", "English"};

const struct drp_dim_label drp_dim_label[DRP_DIMS] = {
	{"REF_AREA", "province",
		{"provincie van de school", "province de l'école", "Provinz der Schule",
			"province of the school"}},
	{"LEVEL", "level",
		{"onderwijsniveau", "niveau d'enseignement", "Bildungsstufe",
			"education level"}},
	{"NETWORK", "network",
		{"onderwijsnet", "réseau d'enseignement", "Schulnetz",
			"education network"}},
	{"GROUP", "group", {"groep", "groupe", "Gruppe", "group"}},
	{"AREA", "area",
		{"gebied van de vragenlijst", "domaine du questionnaire",
			"Bereich des Fragebogens", "area of the questionnaire"}},
	{"ITEM", "item", {"stelling", "énoncé", "Aussage", "statement"}},
	{"MEASURE", "measure",
		{"wat gemeten is", "mesure", "Messgröße", "what is measured"}},
	{"INDICATOR", "", {"cijfer", "indicateur", "Kennzahl", "figure"}},
	{"TIME_PERIOD", "", {"sessie", "session", "Erhebung", "session"}},
};

static const struct drp_label provinces[] = {
	{"_T", {"alle provincies", "toutes les provinces", "alle Provinzen",
		       "all provinces"}},
	{"BE10", {"Brussels Hoofdstedelijk Gewest", "Région de Bruxelles-Capitale",
			 "Region Brüssel-Hauptstadt", "Brussels-Capital Region"}},
	{"BE21", {"Antwerpen", "Anvers", "Antwerpen", "Antwerp"}},
	{"BE22", {"Limburg", "Limbourg", "Limburg", "Limburg"}},
	{"BE23",
		{"Oost-Vlaanderen", "Flandre orientale", "Ostflandern", "East Flanders"}},
	{"BE24", {"Vlaams-Brabant", "Brabant flamand", "Flämisch-Brabant",
			 "Flemish Brabant"}},
	{"BE25", {"West-Vlaanderen", "Flandre occidentale", "Westflandern",
			 "West Flanders"}},
	{"_U", {"onbekend", "inconnue", "unbekannt", "unknown"}},
};

static const struct drp_label levels[] = {
	{"_T", {"alle niveaus", "tous les niveaux", "alle Stufen", "all levels"}},
	{"1", {"Basisonderwijs", "Enseignement fondamental", "Grundschule",
		      "Primary education"}},
	{"2", {"Eerste graad secundair", "Premier degré du secondaire",
		      "Erste Stufe des Sekundarunterrichts",
		      "Lower secondary education"}},
	{"3", {"Tweede en derde graad ASO", "Deuxième et troisième degrés, général (ASO)",
		      "Zweite und dritte Stufe, allgemeinbildend (ASO)",
		      "Upper secondary, general (ASO)"}},
	{"4", {"Tweede en derde graad TSO/BSO",
		      "Deuxième et troisième degrés, technique et professionnel "
		      "(TSO/BSO)",
		      "Zweite und dritte Stufe, technisch und beruflich (TSO/BSO)",
		      "Upper secondary, technical and vocational (TSO/BSO)"}},
	{"34", {"Tweede en derde graad (3 en 4 samen)",
		       "Deuxième et troisième degrés (3 et 4 ensemble)",
		       "Zweite und dritte Stufe (3 und 4 zusammen)",
		       "Upper secondary (3 and 4 together)"}},
	{"5", {"Volwassenenonderwijs", "Enseignement pour adultes", "Erwachsenenbildung",
		      "Adult education"}},
};

static const struct drp_label networks[] = {
	{"_T", {"alle netten", "tous les réseaux", "alle Netze", "all networks"}},
	{"GO", {"GO! onderwijs van de Vlaamse Gemeenschap",
		       "GO! enseignement de la Communauté flamande",
		       "GO! Unterrichtswesen der Flämischen Gemeinschaft",
		       "GO! education of the Flemish Community"}},
	{"OVSG", {"Onderwijs van steden en gemeenten",
			 "Enseignement des villes et communes",
			 "Unterrichtswesen der Städte und Gemeinden",
			 "Education of cities and municipalities"}},
	{"POV", {"Provinciaal Onderwijs Vlaanderen", "Enseignement provincial de Flandre",
			"Provinziales Unterrichtswesen Flandern",
			"Provincial education Flanders"}},
	{"KOV", {"Katholiek Onderwijs Vlaanderen", "Enseignement catholique de Flandre",
			"Katholisches Unterrichtswesen Flandern",
			"Catholic education Flanders"}},
	{"OTHER", {"andere", "autres", "andere", "other"}},
};

static const struct drp_label groups[] = {
	{"_T", {"alle (cijfers over scholen)", "tous (chiffres des écoles)",
		       "alle (Zahlen über Schulen)", "all (figures about schools)"}},
	{"leader", {"schoolleiders", "directions", "Schulleitungen", "school leaders"}},
	{"teacher", {"leerkrachten", "enseignants", "Lehrkräfte", "teachers"}},
	{"pupil", {"leerlingen", "élèves", "Lernende", "pupils"}},
};

static const struct drp_label measures[] = {
	{"schools", {"scholen die deelnamen", "écoles participantes",
			    "teilnehmende Schulen", "schools that took part"}},
	{"registered", {"scholen in het register van de campagne",
			       "écoles au registre de la campagne",
			       "Schulen im Register der Kampagne",
			       "schools in the campaign's register"}},
	{"eligible", {"personen die in aanmerking komen", "personnes pouvant participer",
			     "teilnahmeberechtigte Personen", "eligible people"}},
	{"invited", {"uitgenodigde personen", "personnes invitées",
			    "eingeladene Personen", "invited people"}},
	{"questionnaires", {"ingevulde vragenlijsten", "questionnaires remplis",
				   "ausgefüllte Fragebögen", "completed questionnaires"}},
	{"coverage", {"dekking (%)", "couverture (%)", "Abdeckung (%)", "coverage (%)"}},
	{"mean", {"gemiddelde", "moyenne", "Mittelwert", "mean"}},
	{"share_1", {"aandeel dat 1 antwoordde", "part ayant répondu 1",
			    "Anteil mit Antwort 1", "share that answered 1"}},
	{"share_2", {"aandeel dat 2 antwoordde", "part ayant répondu 2",
			    "Anteil mit Antwort 2", "share that answered 2"}},
	{"share_3", {"aandeel dat 3 antwoordde", "part ayant répondu 3",
			    "Anteil mit Antwort 3", "share that answered 3"}},
	{"share_4", {"aandeel dat 4 antwoordde", "part ayant répondu 4",
			    "Anteil mit Antwort 4", "share that answered 4"}},
	{"share_5", {"aandeel dat 5 antwoordde", "part ayant répondu 5",
			    "Anteil mit Antwort 5", "share that answered 5"}},
	{"share_6", {"aandeel dat 6 antwoordde", "part ayant répondu 6",
			    "Anteil mit Antwort 6", "share that answered 6"}},
	{"share_7", {"aandeel dat 7 antwoordde", "part ayant répondu 7",
			    "Anteil mit Antwort 7", "share that answered 7"}},
	{"share_na", {"aandeel dat 'niet van toepassing' antwoordde",
			     "part ayant répondu « sans objet »",
			     "Anteil mit Antwort „nicht anwendbar“",
			     "share that answered 'not applicable'"}},
	{"share_ticked",
		{"aandeel dat het vakje aankruiste", "part ayant coché la case",
			"Anteil mit angekreuztem Kästchen", "share that ticked the box"}},
};

static const struct drp_label indicators[] = {
	{"value", {"waarde", "valeur", "Wert", "value"}},
	{"se", {"standaardfout van de ruis", "erreur type du bruit",
		       "Standardfehler des Rauschens", "standard error of the noise"}},
	{"ci_low", {"ondergrens 95%", "borne inférieure 95 %", "Untergrenze 95 %",
			   "lower end, 95%"}},
	{"ci_high", {"bovengrens 95%", "borne supérieure 95 %", "Obergrenze 95 %",
			    "upper end, 95%"}},
	{"n", {"vragenlijsten achter de waarde", "questionnaires derrière la valeur",
		      "Fragebögen hinter dem Wert", "questionnaires behind the value"}},
	{"schools", {"scholen achter de waarde", "écoles derrière la valeur",
			    "Schulen hinter dem Wert", "schools behind the value"}},
};

const struct drp_label drp_status_label[DRP_STATUS_LABELS] = {
	{"", {"gepubliceerd", "publiée", "veröffentlicht", "published"}},
	{"c", {"onderdrukt: te weinig scholen of vragenlijsten",
		      "supprimée : trop peu d'écoles ou de questionnaires",
		      "unterdrückt: zu wenige Schulen oder Fragebögen",
		      "suppressed: too few schools or questionnaires"}},
	{"u", {"onbetrouwbaar: standaardfout boven 0,15",
		      "peu fiable : erreur type supérieure à 0,15",
		      "unzuverlässig: Standardfehler über 0,15",
		      "unreliable: standard error above 0.15"}},
	{"x", {"niet beschikbaar in het plan van deze campagne",
		      "non disponible dans le plan de cette campagne",
		      "im Plan dieser Kampagne nicht verfügbar",
		      "not available in this campaign's plan"}},
	{"z", {"niet van toepassing", "sans objet", "nicht anwendbar", "not applicable"}},
};

#define LIST(labels)                                                                     \
	{                                                                                \
		labels, sizeof(labels) / sizeof(labels)[0]                               \
	}

const struct drp_label *drp_labels(enum drp_dim dim, size_t *n)
{
	static const struct {
		const struct drp_label *label;
		size_t n;
	} list[DRP_DIMS] = {LIST(provinces), LIST(levels), LIST(networks), LIST(groups),
		{NULL, 0}, {NULL, 0}, LIST(measures), LIST(indicators), {NULL, 0}};
	*n = list[dim].n;
	return list[dim].label;
}

const struct drp_label *drp_label_find(enum drp_dim dim, const char *code)
{
	size_t n;
	const struct drp_label *label = drp_labels(dim, &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(label[i].code, code) == 0) {
			return &label[i];
		}
	}
	return NULL;
}

int drp_language_of(const char *text)
{
	for (int i = 0; i < DRP_API_LANGUAGES; i++) {
		if (strncasecmp(text, drp_language_code[i], 2) == 0 &&
			(text[2] == 0 || text[2] == '-')) {
			return i;
		}
	}
	return -1;
}
