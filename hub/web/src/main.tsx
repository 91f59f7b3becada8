// SPDX-License-Identifier: Apache-2.0
// The pages stand on their own; this adds pictures of their tables and two buttons.
import { render, type ComponentType } from "preact";
import { Bars, Coverage, Dots, Likert, Lines } from "./charts";
import { ProvinceMap } from "./map";
import { readTable, type Table } from "./table";
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

document.querySelectorAll<HTMLTableElement>("table[data-chart]").forEach(draw);
document.querySelectorAll<HTMLElement>(".snippet code").forEach(addCopy);
document.querySelectorAll<HTMLButtonElement>("button[data-print]").forEach((button) => {
	button.hidden = false;
	button.addEventListener("click", () => window.print());
});
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
releaseFocus();
addEventListener("resize", releaseFocus);
