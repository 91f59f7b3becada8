// SPDX-License-Identifier: Apache-2.0
// A table of one's own without loading the page again: a change in the form fetches the
// page that the form would open and takes over what stands below the form. The address
// is that page's own, so links, reload and the language menu go on from it. Without this
// script the form's button opens the page itself.
import { rows } from "./words";

const STOPS = "a[href], button:not([hidden]), input, select, summary, [tabindex='0']";

/** The page that the form asks for. */
function addressOf(form: HTMLFormElement): URL {
	const url = new URL(form.action);
	for (const [name, value] of new FormData(form))
		if (typeof value === "string") url.searchParams.append(name, value);
	return url;
}

/** What stands between the heading and the form (a choice that is not known), and all that
 * follows the form. */
function parts(form: Element): { before: Element[]; after: Element[] } {
	const all = [...(form.parentElement?.children ?? [])];
	const at = all.indexOf(form);
	return {
		before: all.slice(0, at).filter((e) => e.matches(".notice")),
		after: all.slice(at + 1),
	};
}

/** The server may have chosen otherwise: statements need an area. */
function takeChoice(form: HTMLFormElement, from: HTMLFormElement): void {
	for (const select of from.querySelectorAll("select")) {
		const here = form.elements.namedItem(select.name);
		if (here instanceof HTMLSelectElement) here.value = select.value;
	}
}

/** The same page in other languages, now with what was chosen. */
function takeLinks(from: Document): void {
	for (const link of from.querySelectorAll<HTMLElement>("[hreflang]")) {
		const language = link.getAttribute("hreflang");
		const here = document.querySelector(`${link.localName}[hreflang="${language}"]`);
		here?.setAttribute("href", link.getAttribute("href") ?? "");
	}
}

/** Takes the answer's parts over; who was in one of them with the keyboard stays there. */
function takeParts(form: HTMLFormElement, from: HTMLFormElement): void {
	const old = parts(form);
	const next = parts(from);
	const stops = () => parts(form).after.flatMap((e) =>
		[...(e.matches(STOPS) ? [e] : []), ...e.querySelectorAll<HTMLElement>(STOPS)]);
	const at = stops().findIndex((e) => e === document.activeElement);
	for (const e of [...old.before, ...old.after]) e.remove();
	form.before(...next.before.map((e) => document.adoptNode(e)));
	form.after(...next.after.map((e) => document.adoptNode(e)));
	if (at >= 0) (stops()[at] as HTMLElement | undefined)?.focus({ preventScroll: true });
}

function tell(place: HTMLElement): void {
	place.textContent = rows(document.querySelectorAll("main table.data tbody tr").length);
}

/** dress is called when the page has new parts, to add what the script adds to any. */
export function buildTables(form: HTMLFormElement, dress: () => void): void {
	const told = document.createElement("p");
	told.className = "vh";
	told.setAttribute("role", "status");
	told.setAttribute("aria-live", "polite");
	form.prepend(told);
	let asking: AbortController | undefined;
	let shown = location.search;

	/** Shows the page of an address; false when another was asked for meanwhile. */
	async function show(url: URL): Promise<boolean> {
		asking?.abort();
		asking = new AbortController();
		const { signal } = asking;
		try {
			const reply = await fetch(url, { signal, headers: { Accept: "text/html" } });
			const page = new DOMParser().parseFromString(await reply.text(), "text/html");
			const answer = page.querySelector<HTMLFormElement>("main form.choose");
			if (!reply.ok || !answer) throw new Error(`status ${reply.status}`);
			if (signal.aborted) return false;
			takeParts(form, answer);
			takeChoice(form, answer);
			takeLinks(page);
			shown = url.search;
			return true;
		} catch {
			// What went wrong is said by the page itself; a later question is not wrong.
			if (!signal.aborted) location.assign(url);
			return false;
		}
	}

	async function refresh(): Promise<void> {
		const url = addressOf(form);
		if (!(await show(url))) return;
		history.replaceState(null, "", url);
		dress();
		tell(told);
	}

	form.addEventListener("change", () => void refresh());
	// A link within the page, to its main part, makes another entry of it: back there, the
	// page is again what its address says.
	addEventListener("popstate", () => {
		if (location.search !== shown)
			void show(new URL(location.href)).then((done) => done && dress());
	});
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		void refresh();
	});
}
