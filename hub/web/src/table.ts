// SPDX-License-Identifier: Apache-2.0
// A table of the page as data. The server writes each figure's plain decimal into the
// cell (data-v, data-lo, data-hi), why there is none (data-s: c x z), or that it is
// unreliable (u), and whose it is (data-g).

export type Group = "leader" | "teacher" | "pupil" | "whole";

export interface Cell {
	value: number | null;
	low: number | null;
	high: number | null;
	status: string;
	group: Group;
	text: string;
}

export interface Row {
	key: string;
	label: string;
	language: string;
	cells: Cell[];
}

export interface Table {
	caption: string;
	rows: Row[];
	groups: { group: Group; label: string }[];
	min: number;
	max: number;
	percent: boolean;
}

function decimal(text: string | undefined): number | null {
	return text ? Number(text) : null;
}

function groupOf(text: string | undefined): Group {
	return text === "leader" || text === "teacher" || text === "pupil" ? text : "whole";
}

function readCell(td: HTMLTableCellElement): Cell {
	const d = td.dataset;
	return {
		value: decimal(d["v"]),
		low: decimal(d["lo"]),
		high: decimal(d["hi"]),
		status: d["s"] ?? "",
		group: groupOf(d["g"]),
		text: td.querySelector(".v")?.textContent ?? td.querySelector(".vh")?.textContent ?? "",
	};
}

function readRow(tr: HTMLTableRowElement): Row {
	const head = tr.cells[0];
	return {
		key: tr.dataset["k"] ?? "",
		label: head?.textContent?.trim() ?? "",
		language: head?.querySelector("[lang]")?.getAttribute("lang") ?? "",
		cells: [...tr.querySelectorAll("td")]
			.filter((td) => td.dataset["s"] !== undefined)
			.map(readCell),
	};
}

const roles: Record<string, string> = {
	TABLE: "table",
	THEAD: "rowgroup",
	TBODY: "rowgroup",
	TR: "row",
	TD: "cell",
};

/** Some browsers take no table for one that is laid out otherwise, as on a phone. */
export function keepRoles(table: HTMLTableElement): void {
	for (const e of [table, ...table.querySelectorAll<HTMLElement>("thead, tbody, tr, td, th")]) {
		const head = e.closest("thead") ? "columnheader" : "rowheader";
		e.setAttribute("role", roles[e.tagName] ?? head);
	}
}

export function readTable(table: HTMLTableElement): Table {
	const heads = [...table.querySelectorAll<HTMLElement>("thead th[data-g]")];
	return {
		caption: table.caption?.textContent ?? "",
		rows: [...(table.tBodies[0]?.rows ?? [])].map(readRow),
		groups: heads.map((th) => ({
			group: groupOf(th.dataset["g"]),
			label: th.textContent ?? "",
		})),
		min: Number(table.dataset["min"] ?? 0),
		max: Number(table.dataset["max"] ?? 1),
		percent: "percent" in table.dataset,
	};
}
