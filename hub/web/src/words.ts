// SPDX-License-Identifier: Apache-2.0
// The few words that the script adds to a page, and numbers as its language writes them.

const locales = { nl: "nl-BE", fr: "fr-BE", de: "de-BE", en: "en-GB" } as const;
type Language = keyof typeof locales;

const words = {
	suppressed: {
		nl: "onderdrukt",
		fr: "supprimé",
		de: "unterdrückt",
		en: "suppressed",
	},
	missing: {
		nl: "niet beschikbaar",
		fr: "non disponible",
		de: "nicht verfügbar",
		en: "not available",
	},
	unreliable: {
		nl: "open teken: onbetrouwbaar",
		fr: "signe vide\u00a0: peu fiable",
		de: "leeres Zeichen: unzuverlässig",
		en: "open mark: unreliable",
	},
	uncertain: {
		nl: "onbetrouwbaar, niet ingekleurd",
		fr: "peu fiable, non coloré",
		de: "unzuverlässig, nicht eingefärbt",
		en: "unreliable, not coloured",
	},
	below: {
		nl: "Dezelfde cijfers staan in de tabel.",
		fr: "Les mêmes chiffres figurent dans le tableau.",
		de: "Dieselben Zahlen stehen in der Tabelle.",
		en: "The same figures stand in the table.",
	},
	copy: { nl: "Kopiëren", fr: "Copier", de: "Kopieren", en: "Copy" },
	row: {
		nl: "De tabel is vernieuwd: % rij.",
		fr: "Le tableau est à jour\u00a0: % ligne.",
		de: "Die Tabelle ist aktualisiert: % Zeile.",
		en: "The table was updated: % row.",
	},
	rows: {
		nl: "De tabel is vernieuwd: % rijen.",
		fr: "Le tableau est à jour\u00a0: % lignes.",
		de: "Die Tabelle ist aktualisiert: % Zeilen.",
		en: "The table was updated: % rows.",
	},
	copied: { nl: "Gekopieerd", fr: "Copié", de: "Kopiert", en: "Copied" },
} as const;

const asked = document.documentElement.lang;
const language: Language = asked in locales ? (asked as Language) : "nl";

export function say(word: keyof typeof words): string {
	return words[word][language];
}

const plurals = new Intl.PluralRules(locales[language]);

/** Tells a table of so many rows. */
export function rows(n: number): string {
	return say(plurals.select(n) === "one" ? "row" : "rows").replace("%", number(n, 0));
}

const plain = (digits: number) =>
	new Intl.NumberFormat(locales[language], {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
const formats = [plain(0), plain(1), plain(2)];
const percents = new Intl.NumberFormat(locales[language], {
	style: "percent",
	maximumFractionDigits: 0,
});

const months = new Intl.DateTimeFormat(locales[language], {
	month: "short",
	year: "numeric",
	timeZone: "UTC",
});

/** "Oct 2026", of a date as the table's data has it. */
export function month(date: string): string {
	return months.format(new Date(date));
}

export function number(value: number, digits: 0 | 1 | 2): string {
	return formats[digits]!.format(value);
}

export function percent(value: number): string {
	return percents.format(value);
}
