// SPDX-License-Identifier: Apache-2.0
// node pages.mjs BASE [PART...]: every page of the dashboard at BASE in a browser
// ($CHROMIUM); the parts are the functions below, all of them without a name but realPaper,
// which needs a hub of six provinces.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const base = process.argv[2];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const locales = { nl: "nl-BE", fr: "fr-BE", de: "de-BE", en: "en-GB" };
const languages = Object.keys(locales);
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const SCRIPT_MAX = 45 * 1024;
const wide = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
let checks = 0;

function check(condition, text) {
	checks++;
	assert.ok(condition, text);
}

function same(got, want, text) {
	checks++;
	assert.deepEqual(got, want, text);
}

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM,
	args: ["--no-sandbox"],
});

/** A page that complains about errors, and about anything asked of another host. */
async function open(options = {}) {
	const context = await browser.newContext({ viewport: wide, ...options });
	const page = await context.newPage();
	const told = [];
	page.on("console", (line) => line.type() === "error" && told.push(line.text()));
	page.on("pageerror", (error) => told.push(error.message));
	page.on("request", (request) => {
		if (!request.url().startsWith(base)) told.push(`asks ${request.url()}`);
	});
	page.told = told;
	return page;
}

async function visit(page, path) {
	const reply = await page.goto(base + path);
	same(reply.status(), 200, `status of ${path}`);
	same(page.told.splice(0), [], `errors of ${path}`);
	return reply;
}

async function campaign() {
	const page = await open();
	await page.goto(`${base}/en`);
	const home = await page.getAttribute(".brand", "href");
	await page.context().close();
	return home.split("/")[2];
}

const id = await campaign();
const slugs = ["", "parliament", "map", "areas", "statements", "statements/B4", "statements/A1",
	"barriers", "trend", "tables", "tables?table=participation&split=province_level",
	"tables?table=items&split=level&area=B", "map?area=D&group=pupil", "method", "editions",
	"accessibility"];
// Pages of every make: where all are looked at already, these stand for them.
const short = ["", "parliament", "map", "areas", "statements/B4", "method"];
const address = (language, slug) => `/${language}/${id}${slug ? "/" : ""}${slug}`;

async function violations(page) {
	await page.evaluate(axe);
	const { violations: found } = await page.evaluate(
		(values) => window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }), WCAG);
	return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3)}`);
}

const overflow = (page) =>
	page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Every page in every language: its language, its heading, no fault, no sideways scroll. */
async function everyPage() {
	await Promise.all([
		["light", wide, "nl", slugs], ["dark", wide, "nl", slugs], ["light", phone, "de", slugs],
		["dark", phone, "fr", short], ["light", wide, "en", short],
	].map(async ([colorScheme, viewport, language, audited]) => {
		const page = await open({ colorScheme, viewport });
		for (const slug of slugs) {
			const path = address(language, slug);
			const where = `${path} (${colorScheme}, ${viewport.width})`;
			await visit(page, path);
			same(await page.getAttribute("html", "lang"), language, `language of ${where}`);
			same(await page.locator("h1").count(), 1, `headings of ${where}`);
			check((await page.title()).length > 10, `title of ${where}`);
			if (audited.includes(slug))
				same(await violations(page), [], `WCAG 2.2 AA at ${where}`);
			check((await overflow(page)) <= 0, `${where} scrolls sideways`);
			// A text that the instrument lacks in the page's language says its own.
			same(await page.locator("span.lent").allTextContents(), [],
				`other languages of ${where}`);
		}
		await page.context().close();
	}));
}

/** Numbers and dates are written as the browser's own Intl writes them. */
async function numbers() {
	const page = await open();
	for (const language of languages) {
		const locale = locales[language];
		const shown = async (slug, options) => {
			await visit(page, address(language, slug));
			return page.evaluate(([locale, options]) => {
				const form = new Intl.NumberFormat(locale, options);
				return [...document.querySelectorAll("table[data-chart] td[data-v][data-g]")]
					.filter((td) => td.dataset.g !== "")
					.map((td) => [td.querySelector(".v").textContent, form.format(td.dataset.v)]);
			}, [locale, options]);
		};
		const counts = await shown("parliament", { maximumFractionDigits: 0 });
		const means = (await shown("areas",
			{ minimumFractionDigits: 2, maximumFractionDigits: 2 }));
		check(counts.length > 5 && means.length > 5, "there are figures");
		// The results of the parliamentary page are means: only whole numbers here.
		for (const [got, want] of counts.filter(([got]) => !/[.,]\d\d$/.test(got)))
			same(got, want, `a count in ${language}`);
		for (const [got, want] of means) same(got, want, `a mean in ${language}`);
		await visit(page, address(language, "parliament"));
		const dates = await page.evaluate((locale) => {
			const form = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
			return [...document.querySelectorAll("time")].map((time) => [time.textContent,
				form.format(new Date(time.dateTime))]);
		}, locale);
		// The first of a month is "1er" in French, which Intl leaves out.
		for (const [got, want] of dates)
			same(got, language === "fr" ? want.replace(/^1 /, "1er ") : want, `a date in ${language}`);
	}
	await page.context().close();
}

/** What a page shows of participation is what the API gives. */
async function agreesWithApi() {
	const page = await open();
	const csv = await (await page.request.get(
		`${base}/t/${id}/participation.csv?family=province`)).text();
	const rows = csv.trim().split("\n").map((line) => line.split(","));
	const [head, ...body] = rows;
	const at = Object.fromEntries(head.map((name, i) => [name.trim(), i]));
	const value = (code, group, measure) => {
		const row = body.find((r) => r[at.province] === code && r[at.group] === group &&
			r[at.measure] === measure);
		return row[at.value] || row[at.status].trim();
	};
	await visit(page, address("en", "parliament"));
	const table = await page.evaluate(() =>
		[...document.querySelector("table.data").tBodies[0].rows].map((row) => ({
			code: row.dataset.k,
			cells: [...row.querySelectorAll("td[data-s]")].map((td) =>
				td.dataset.v ?? td.dataset.s),
		})));
	check(table.length >= 4, "provinces");
	for (const { code, cells } of table)
		same(cells, [value(code, "_T", "registered"), value(code, "_T", "schools"),
			value(code, "_T", "coverage"), value(code, "leader", "questionnaires"),
			value(code, "teacher", "questionnaires"), value(code, "pupil", "questionnaires"),
		], `row ${code}`);
	await page.context().close();
}

/** Kinds of absence, and zero, have a sign, a word and a look of their own. */
async function absences() {
	const page = await open();
	const kinds = {};
	for (const slug of ["tables?table=items&split=province&area=X4", "tables?split=province_level",
		"tables?table=participation&split=province_level", "parliament", "statements/B4"]) {
		await visit(page, address("en", slug));
		Object.assign(kinds, await page.evaluate(() =>
			Object.fromEntries([...document.querySelectorAll("td.st")].map((td) => {
				const style = getComputedStyle(td);
				return [td.dataset.s, {
					sign: td.querySelector("[aria-hidden]").textContent,
					word: td.querySelector(".vh").textContent,
					look: style.backgroundImage + style.backgroundColor,
				}];
			}))));
	}
	same(Object.keys(kinds).sort(), ["c", "x", "z"], "kinds of absence in the edition");
	for (const what of ["sign", "word", "look"])
		same(new Set(Object.values(kinds).map((kind) => kind[what])).size, 3,
			`each kind has its own ${what}`);
	const zero = await page.evaluate(() => {
		const td = document.createElement("td");
		document.querySelector("table.data tbody tr").append(td);
		const style = getComputedStyle(td);
		return style.backgroundImage + style.backgroundColor;
	});
	check(!Object.values(kinds).some(({ look }) => look === zero), "zero looks like a value");
	await page.context().close();
}

/** On a phone no figure of a group is out of sight, and what scrolls shows that it does. */
async function onPhone() {
	const page = await open({ viewport: { width: 390, height: 844 } });
	let scrolling = 0;
	for (const language of languages) {
		for (const slug of slugs) {
			await visit(page, address(language, slug));
			const regions = await page.evaluate(() => [...document.querySelectorAll(".scroll")].map((e) => ({
				lines: e.querySelector("table").classList.contains("lines"),
				roles: [...e.querySelectorAll("tr > *")].every((cell) => cell.role),
				over: e.scrollWidth - e.clientWidth,
				shade: getComputedStyle(e).backgroundImage.split("linear-gradient").length - 1,
				first: getComputedStyle(e.querySelector("tbody th")).position,
			})));
			for (const { lines, roles, over, shade, first } of regions) {
				const where = `${language}/${slug}`;
				if (lines) check(over <= 0 && roles, `all groups are seen at ${where}`);
				if (over <= 0) continue;
				scrolling++;
				check(shade === 4 && first === "sticky", `it shows that it scrolls: ${where}`);
			}
		}
	}
	check(scrolling > 0, "something scrolls");
	await page.context().close();
}

/** What cannot be relied on has no colour of the map, and the keys say so. */
async function unsureOnMap() {
	const page = await open();
	let seen = 0;
	for (const group of ["leader", "teacher", "pupil"]) {
		await visit(page, address("en", `map?area=A&group=${group}`));
		const map = await page.evaluate(() => {
			const unsure = [...document.querySelectorAll("table.data tbody td[data-s=u]")]
				.flatMap((td) => td.parentElement.dataset.k.split("+"))
				.filter((code) => code !== "_U"); // schools of an unknown province
			return {
				rows: unsure.length,
				areas: document.querySelectorAll("g > path.unsure").length,
				keys: document.querySelector(".keys").innerText,
				steps: document.querySelectorAll(".keys [class*=bin]").length,
				coloured: document.querySelectorAll("g > path[class*=bin]").length,
			};
		});
		same(map.areas, map.rows, `unreliable areas of ${group}`);
		same(map.keys.includes("unreliable"), map.rows > 0, `what the keys say of ${group}`);
		same(map.steps, map.coloured ? 5 : 0, `steps of ${group}`);
		seen += map.rows;
	}
	check(seen > 0, "some area is unreliable");
	await page.context().close();
}

/** By keyboard alone: skip the menu, choose, show; the address says what was chosen. */
async function keyboard() {
	const page = await open();
	await visit(page, address("en", "map"));
	await page.keyboard.press("Tab");
	same(await page.evaluate(() => document.activeElement.className), "skip", "the first stop");
	await page.keyboard.press("Enter");
	same(await page.evaluate(() => document.activeElement.id), "main", "skipped the menu");
	await page.keyboard.press("Tab");
	same(await page.evaluate(() => document.activeElement.name), "area", "the first choice");
	await page.keyboard.press("D");
	await page.keyboard.press("Tab");
	await page.keyboard.press("P");
	await page.keyboard.press("Tab");
	const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
	check(outline !== "none", "focus is seen");
	await Promise.all([page.waitForURL(/area=D/), page.keyboard.press("Enter")]);
	check(/group=(pupil|teacher|leader)/.test(page.url()), "the address has the group");
	check((await page.locator("caption").first().textContent()).startsWith("D."), "area D");
	// Every stop on every page can be seen, and none is a trap.
	for (const slug of slugs.filter((slug) => slug !== "statements")) {
		await visit(page, address("en", slug));
		const stops = await page.evaluate(() => document.querySelectorAll(
			"a[href], button:not([hidden]), select, summary, [tabindex='0']").length);
		const seen = new Set();
		for (let i = 0; i < stops; i++) {
			await page.keyboard.press("Tab");
			const stop = await page.evaluate(() => {
				const e = document.activeElement;
				if (e === document.body) return null;
				e.dataset.stop ??= String(Math.random());
				return [e.dataset.stop, getComputedStyle(e).outlineStyle, e.outerHTML.slice(0, 80)];
			});
			if (!stop) break;
			seen.add(stop[0]);
			check(stop[1] !== "none", `${slug}: focus is not seen on ${stop[2]}`);
		}
		check(seen.size >= stops - 1, `${slug}: ${seen.size} of ${stops} stops are reached`);
	}
	await page.context().close();
}

/** Without JavaScript the tables stand, and forms work. */
async function withoutScript() {
	const plain = await open({ javaScriptEnabled: false });
	const full = await open();
	const read = (page) => page.locator("table.data").allInnerTexts();
	for (const slug of slugs) {
		await visit(plain, address("nl", slug));
		await visit(full, address("nl", slug));
		const tables = await read(plain);
		same(tables, await read(full), `the tables of ${slug}`);
		check(tables.length > 0 || slug === "accessibility", `${slug} has a table`);
		same(await plain.locator("figure svg").count(), 0, `${slug} draws nothing`);
	}
	await visit(plain, address("nl", "map"));
	await plain.selectOption("[name=area]", "E");
	await plain.click("form.choose button");
	check(plain.url().includes("area=E"), "the form puts the choice into the address");
	await visit(plain, address("nl", "tables"));
	await plain.selectOption("[name=split]", "level");
	await plain.click("form.choose button");
	check(plain.url().includes("split=level"), "the builder is a form");
	await visit(full, address("nl", "map"));
	check((await full.locator("figure.map path.province").count()) === 6, "a map of six");
	await plain.context().close();
	await full.context().close();
}

/** A table of one's own, as this page shows it and as its address would. */
const own = (page) => page.evaluate(() => ({
	address: location.pathname + location.search,
	caption: document.querySelector("table.data caption")?.innerText,
	rows: document.querySelectorAll("table.data tbody tr").length,
	table: document.querySelector("table.data")?.innerText,
	permalink: document.querySelector(".permalink a")?.href,
	api: document.querySelector("#api-url")?.innerText,
	files: [...document.querySelectorAll(".files a")].map((a) => a.getAttribute("href")),
	chosen: [...document.querySelectorAll("form.choose select")].map((s) => `${s.name}=${s.value}`),
	languages: [...document.querySelectorAll(".langs a")].map((a) => a.getAttribute("href")),
	alternates: [...document.querySelectorAll("link[hreflang]")].map((a) => a.getAttribute("href")),
	notices: [...document.querySelectorAll("main .notice")].map((e) => e.innerText),
	copies: document.querySelectorAll(".snippet button").length,
}));

const said = (page, text) => page.waitForFunction((text) =>
	document.querySelector("form.choose [role=status]")?.textContent.includes(text), text);

/** With script a choice rebuilds the table at once, and the page is the one at its address. */
async function builder() {
	const page = await open();
	const plain = await open();
	const still = () => page.evaluate(() => window.stillHere);
	const asItsAddress = async (where) => {
		const got = await own(page);
		await visit(plain, got.address);
		same(got, await own(plain), `${where}: what its address shows`);
		same(page.told.splice(0), [], `errors of ${where}`);
		same(await violations(page), [], `WCAG 2.2 AA: ${where}`);
		return got;
	};
	for (const language of languages) {
		await visit(page, address(language, "tables"));
		await page.evaluate(() => { window.stillHere = true; });
		await page.selectOption("[name=table]", "participation");
		await said(page, "");
		await page.waitForURL(/table=participation/);
		const { rows } = await own(page);
		await said(page, `${rows} `);
		const live = page.locator("form.choose [role=status]");
		same(await live.getAttribute("aria-live"), "polite", "how it is told");
		await page.selectOption("[name=split]", "level");
		await page.waitForURL(/split=level/);
		await asItsAddress(`two choices in ${language}`);
		check(await still(), "the page was not loaded again");
	}
	// Statements need an area: the server's choice is shown in the form.
	await page.selectOption("[name=table]", "items");
	await page.waitForURL(/table=items/);
	const items = await asItsAddress("statements");
	check(items.chosen.includes("area=A"), "the area that was taken");
	check(items.copies === 3, "what is new has its buttons");
	// The last of quick choices counts, whichever answer comes first.
	let first = true;
	await page.route(/split=network/, async (route) => {
		await new Promise((done) => setTimeout(done, first ? 700 : 0));
		first = false;
		await route.continue().catch(() => {});
	});
	await page.selectOption("[name=split]", "network");
	await page.selectOption("[name=split]", "region");
	await page.waitForURL(/split=region/);
	await page.waitForTimeout(1000);
	await asItsAddress("after quick choices");
	check(await still(), "still the same page");
	// The button does the same; a choice that the edition does not have is told once.
	await Promise.all([page.waitForResponse(/split=region/), page.click("form.choose button")]);
	await asItsAddress("by the button");
	check(await still(), "the button loads nothing again");
	await visit(page, address("en", "tables?table=areas&split=planet"));
	same((await own(page)).notices.filter((text) => text.includes("planet")).length, 1, "told");
	await page.selectOption("[name=split]", "level");
	await page.waitForURL(/split=level/);
	await asItsAddress("a known choice after an unknown one");
	// When nothing can be fetched, the browser opens the page, or says why it cannot.
	await page.route(/split=province/, (route) =>
		route.request().resourceType() === "fetch" ? route.abort() : route.continue());
	await page.evaluate(() => { window.stillHere = true; });
	await page.selectOption("[name=split]", "province");
	await page.waitForURL(/split=province/);
	await page.waitForLoadState();
	check(!await still(), "the page was opened instead");
	page.told.length = 0;
	await asItsAddress("opened instead");
	await page.context().close();
	await plain.context().close();
}

/** The builder by keyboard alone; focus stays, and Back leaves the page. */
async function builderByKeyboard() {
	const page = await open();
	await visit(page, address("en", "areas"));
	const way = page.locator(`.menu a[href$="/tables"]`);
	await way.focus();
	await Promise.all([page.waitForURL(/\/tables$/), page.keyboard.press("Enter")]);
	const at = () => page.evaluate(() => document.activeElement.name || document.activeElement.tagName);
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter"); // skips the menu
	await page.keyboard.press("Tab");
	same(await at(), "table", "the first choice");
	await page.keyboard.press("ArrowDown");
	await page.waitForURL(/table=items/);
	same(await at(), "table", "focus stays where one chose");
	await page.keyboard.press("ArrowUp");
	await page.waitForURL(/table=areas/);
	await page.keyboard.press("Tab");
	same(await at(), "split", "and goes on from there");
	await page.keyboard.press("End");
	await page.waitForURL(/split=province_level/);
	await said(page, "");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Tab");
	same(await at(), "BUTTON", "the button comes last");
	const last = await own(page);
	// The skip link made an entry of its own: its page is the one at its address again.
	await page.goBack();
	check(page.url().endsWith("/tables"), "Back to before the skip link");
	await page.waitForFunction(() => document.querySelector("[name=split]").value === "province");
	const before = await own(page);
	await page.reload();
	same(before, await own(page), "what Back shows is what its address shows");
	await page.goBack();
	check(page.url().endsWith("/areas"), "Back leaves the builder, however often one chose");
	await page.goForward();
	await page.goForward();
	await page.waitForFunction(() => document.querySelector("[name=split]").value === "province_level");
	same(await own(page), last, "forward is the last choice");
	await page.reload();
	same(await own(page), last, "so is loading again");
	same(page.told.splice(0), [], "errors by keyboard");
	await page.context().close();
}

/** The text of a PDF and its number of pages; poppler reads it. */
function readPdf(bytes) {
	const file = join(mkdtempSync(join(tmpdir(), "drempel-paper-")), "sheet.pdf");
	writeFileSync(file, bytes);
	const run = (program, ...more) => execFileSync(program, [...more], { encoding: "utf8" });
	const pages = run("pdfinfo", file).match(/^Pages: +(\d+)$/m)[1];
	const size = run("pdfinfo", file).match(/^Page size: +([\d.]+) x ([\d.]+)/m).slice(1, 3);
	const text = run("pdftotext", "-raw", file, "-").replace(/\s+/g, " ");
	rmSync(dirname(file), { recursive: true });
	return { pages, size: size.map(Math.round), text };
}

/** What a reader sees of the sheet, cell by cell and line by line. */
const sheetTexts = (page) => page.evaluate(() =>
	[...document.querySelectorAll("h1, h2, caption, .answer, blockquote p, table.data th, " +
		"table.data td .v, .caveats li, .notice, .facts dt, .facts dd, .foot p")]
		.filter((e) => e.checkVisibility())
		.map((e) => e.innerText.replace(/\s+/g, " ").trim()).filter((text) => text));

/** Lines may be broken anywhere, and words at hyphens. */
const letters = (text) => text.replace(/[\s\u00ad\u2010-]/g, "");

/** One sheet of A4 that holds all of it, whatever the printing program makes of @page. */
async function oneSheet(page, where) {
	await page.emulateMedia({ media: "print" });
	const texts = await sheetTexts(page);
	check(texts.length > 80, `${where} has lines`);
	for (const options of [{ preferCSSPageSize: true }, { format: "A4" }]) {
		const { pages, size: [w, h], text } = readPdf(await page.pdf(options));
		same(pages, "1", `sheets of paper at ${where} ${JSON.stringify(options)}`);
		check(Math.abs(w - 595) <= 1 && Math.abs(h - 842) <= 1, `A4: ${w} x ${h}`);
		const bare = text.replace(/[\s\u00ad]/g, "");
		for (const line of texts)
			check(bare.includes(line.replace(/[\s\u00ad]/g, "")), `not on paper at ${where}: ${line}`);
	}
	// Nothing runs out of its table or over the edge: what paper would cut.
	const cut = await page.evaluate(() => [...document.querySelectorAll("table.data, .facts, h1")]
		.filter((e) => e.scrollWidth > e.clientWidth + 1 ||
			e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
		.map((e) => e.outerHTML.slice(0, 80)));
	same(cut, [], `cut off at ${where}`);
	await page.emulateMedia({ media: "screen" });
}

/** Figures of a large region: six provinces and numbers of seven digits. */
const enlarge = (page) => page.evaluate(() => {
	const table = document.querySelector("table.data");
	const body = table.tBodies[0];
	while (body.rows.length < 6) body.append(body.rows[body.rows.length - 1].cloneNode(true));
	for (const v of document.querySelectorAll("table.data td[data-v] .v, .answer strong"))
		if (/^[\d\s.,]+$/.test(v.textContent) && !/[.,]\d\d?$/.test(v.textContent))
			v.textContent = v.textContent.length > 3 ? "8 888 888" : "88 888";
});

/** The answer to parliament is one sheet of A4 in each language. */
async function paper() {
	const page = await open({ viewport: { width: 695, height: 1047 } });
	for (const language of languages) {
		await visit(page, address(language, "parliament"));
		await oneSheet(page, language);
		await enlarge(page);
		await oneSheet(page, `${language}, enlarged`);
	}
	await page.context().close();
}

/** A whole region's own figures, not a fixture's, by its six provinces. */
async function realPaper() {
	const page = await open();
	await visit(page, address("nl", "parliament"));
	const rows = await page.evaluate(() => [...document.querySelector("table.data").tBodies[0].rows]
		.map((row) => row.dataset.k));
	same(rows.toSorted(), ["BE10", "BE21", "BE22", "BE23", "BE24", "BE25"], "provinces");
	const shown = await page.locator("table.data td[data-v]").count();
	check(shown > 60, `${shown} figures are shown`);
	await page.context().close();
	await paper();
}

/** The first page speaks the visitor's language; odd addresses are answered by pages. */
async function addresses() {
	const page = await open();
	const get = (path, language) =>
		page.request.get(base + path, { headers: { "Accept-Language": language }, failOnStatusCode: false });
	for (const [asked, want] of [["fr-BE,fr;q=0.9", "fr"], ["de", "de"], ["en-US", "en"],
		["sv", "nl"], ["xx, en;q=0.5, nl;q=0.9", "nl"]]) {
		const reply = await get("/", asked);
		check((await reply.text()).includes(`<html lang="${want}">`), `${asked} is ${want}`);
		check(/Accept-Language/i.test(reply.headers()["vary"]), "/ varies");
	}
	for (const path of ["/nl/no-such-campaign", `/nl/${id}/no-such-page`,
		`/nl/${id}/statements/Z9`, `/nl/${id}?edition=99`, `/nl/${id}?edition=x`,
		`/nl/${id}/%3Cscript%3Ealert(1)%3C%2Fscript%3E`.replace("%2F", "")]) {
		const reply = await get(path, "nl");
		const text = await reply.text();
		same(reply.status(), 404, `status of ${path}`);
		check(text.includes("<html lang=\"nl\">"), `${path} is answered by a page`);
		check(!text.includes("<script>"), `${path} comes back as text`);
	}
	const dead = await get(`/en/${id}/tables?table=areas&split=planet&group=%3Cb%3E`, "en");
	const text = await dead.text();
	check(text.includes("group=&lt;b&gt;") || text.includes("split=planet"),
		"a dead link says what it asked");
	check(!text.includes("<b>"), "and says it as text");
	const headers = (await get(`/en/${id}`, "en")).headers();
	check(headers["content-security-policy"].includes("default-src 'self'"), "a strict policy");
	check(!/unsafe/.test(headers["content-security-policy"]), "no inline script or style");
	check(!("set-cookie" in headers), "no cookies");
	await page.context().close();
}

async function size() {
	const page = await open();
	await visit(page, address("en", ""));
	const source = await page.getAttribute("script[src]", "src");
	const reply = await page.request.get(base + source);
	const packed = gzipSync(await reply.body(), { level: 9 }).length;
	check(packed <= SCRIPT_MAX, `the script has ${packed} bytes packed`);
	check(/immutable/.test(reply.headers()["cache-control"]), "the script may be kept for ever");
	await page.context().close();
}

const wanted = process.argv.slice(3);
let failed = 0;
for (const part of [size, addresses, agreesWithApi, absences, numbers, withoutScript, paper,
	onPhone, unsureOnMap, realPaper, builder, builderByKeyboard, keyboard, everyPage]) {
	if (wanted.length ? !wanted.includes(part.name) : part === realPaper) continue;
	const begin = Date.now();
	try {
		await part();
		console.log(`${part.name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
	} catch (error) {
		failed++;
		console.log(`${part.name}: ${error.message}`);
	}
}
await browser.close();
console.log(`${checks} checks, ${failed} parts failed`);
process.exit(failed ? 1 : 0);
