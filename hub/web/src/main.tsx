// SPDX-License-Identifier: Apache-2.0
// The pages stand on their own; this adds pictures of their tables and two buttons, and
// makes tables of one's own without loading the page again.
import { render, type ComponentType } from "preact";
import { buildTables } from "./builder";
import { Bars, Coverage, Dots, Likert, Lines } from "./charts";
import { ProvinceMap } from "./map";
import { keepRoles, readTable, type Table } from "./table";
import { say } from "./words";

const charts: Record<string, ComponentType<{ table: Table }>> = {
	bars: Bars,
	coverage: Coverage,
	dots: Dots,
	likert: Likert,
	lines: Lines,
	map: ProvinceMap,
};

/** Puts the picture before its table; on a phone the table comes first (style.css). */
function draw(element: HTMLTableElement): void {
	const Chart = charts[element.dataset["chart"] ?? ""];
	const scroll = element.closest(".scroll");
	if (!Chart || !scroll) return;
	const pair = document.createElement("div");
	const place = document.createElement("div");
	pair.className = "pair";
	scroll.replaceWith(pair);
	pair.append(place, scroll);
	render(<Chart table={readTable(element)} />, place);
}

/** A region that does not scroll needs no place in the order of the keyboard. */
function releaseFocus(): void {
	for (const region of document.querySelectorAll<HTMLElement>(".scroll, pre")) {
		if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
		else region.removeAttribute("tabindex");
	}
}

function addCopy(code: HTMLElement): void {
	const head = code.closest(".snippet")?.querySelector("h3");
	if (!head || !navigator.clipboard) return;
	const button = document.createElement("button");
	button.type = "button";
	button.className = "quiet";
	button.textContent = say("copy");
	button.setAttribute("aria-describedby", head.id);
	button.addEventListener("click", () => {
		void navigator.clipboard.writeText(code.textContent ?? "").then(() => {
			button.textContent = say("copied");
		});
	});
	head.after(button); // in the row of the name
}

function addPrint(button: HTMLButtonElement): void {
	button.hidden = false;
	button.addEventListener("click", () => window.print());
}

/** Adds to what stands in the page whatever was not added yet. */
function dress(): void {
	const fresh = <E extends HTMLElement>(selector: string) =>
		[...document.querySelectorAll<E>(selector)].filter((e) => !dressed.has(e));
	const add = <E extends HTMLElement>(selector: string, dresses: (element: E) => void) =>
		fresh<E>(selector).forEach((e) => {
			dressed.add(e);
			dresses(e);
		});
	add("table[data-chart]", draw);
	add(".snippet code", addCopy);
	add("button[data-print]", addPrint);
	document.querySelectorAll<HTMLTableElement>("table.lines").forEach(keepRoles);
	releaseFocus();
}

const dressed = new WeakSet<Element>();
dress();
const builder = document.querySelector<HTMLFormElement>('form.choose[action$="/tables"]');
if (builder) buildTables(builder, dress);
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
addEventListener("resize", releaseFocus);
