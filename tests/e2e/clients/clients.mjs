// SPDX-License-Identifier: Apache-2.0
// clients.mjs BASE CAMPAIGN FOLDER: reads every table with jsonstat-toolkit and sdmx-rest
// and the unpacked Data Package with datapackage; writes what they got as JSON.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const [base, campaign, folder] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "package.json"));
const JSONstat = require("jsonstat-toolkit");
const sdmx = require("sdmx-rest");
const { Package } = require("datapackage");

const save = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));

// One object a cell: codes by dimension, value and status.
function cells(dataset) {
	const ids = dataset.id;
	const codes = ids.map((id) => dataset.Dimension(id).id);
	const found = [];
	for (let at = 0; at < dataset.n; at++) {
		const cell = dataset.Data(at);
		let rest = at;
		const key = {};
		for (let i = ids.length - 1; i >= 0; i--) {
			key[ids[i]] = codes[i][rest % codes[i].length];
			rest = Math.floor(rest / codes[i].length);
		}
		if (cell.value !== null && cell.value !== undefined || cell.status) {
			found.push({ ...key, value: cell.value ?? null, status: cell.status ?? null });
		}
	}
	return found;
}

async function jsonstat(url, options) {
	const reply = await fetch(url, options);
	if (!reply.ok) {
		throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
	}
	const dataset = JSONstat(await reply.json());
	if (dataset.class !== "dataset") {
		throw new Error(`${url}: class ${dataset.class}`);
	}
	return dataset;
}

for (const table of ["participation", "areas", "items"]) {
	const dataset = await jsonstat(`${base}/t/${campaign}/${table}.json?lang=en`);
	save(`${table}.jsonstat.json`, cells(dataset));
}

// PxWebApi: what a client asks for by POST, after the metadata.
const px = `${base}/api/v2/tables/${campaign}.items`;
const metadata = await jsonstat(`${px}/metadata?lang=en`);
const selection = [
	{ variableCode: "REF_AREA", valueCodes: ["*"] },
	{ variableCode: "GROUP", valueCodes: ["teacher"] },
	{ variableCode: "MEASURE", valueCodes: ["mean"] },
	{ variableCode: "ITEM", valueCodes: metadata.Dimension("ITEM").id.slice(0, 5) },
];
save("px.json", cells(await jsonstat(`${px}/data?lang=en&outputFormat=json-stat2`, {
	method: "POST", headers: { "Content-Type": "application/json" },
	body: JSON.stringify({ selection }) })));

// sdmx-rest builds the address and checks the answer's status and media type.
const service = { id: "DREMPEL", api: "v1.5.0", url: `${base}/sdmx/2.1`,
	format: "sdmx-ml" };
const query = sdmx.getDataQuery({ flow: `AREAS_${campaign}`, key: "BE21+_T...teacher..value" });
const url = sdmx.getUrl(query, service);
const xml = await sdmx.request(query, service, { headers: {
	Accept: "application/vnd.sdmx.structurespecificdata+xml;version=2.1" } });
const flow = await sdmx.request(sdmx.getMetadataQuery({ resource: "dataflow", agency: "DREMPEL" }),
	service, { headers: { Accept: "application/vnd.sdmx.structure+xml;version=2.1" } });
save("sdmx-rest.json", { url, xml, flow });
const what = { headers: { Accept: "application/vnd.sdmx.structure+xml;version=2.1" } };
const available = [];
for (const more of [{}, { mode: "available" }, { component: "LEVEL" },
	{ mode: "available", references: "all" }]) {
	const asked = sdmx.getAvailabilityQuery({ flow: `DREMPEL,AREAS_${campaign},latest`,
		key: "BE21+BE22...teacher..value", start: "2026", ...more });
	available.push({ ...more, url: sdmx.getUrl(asked, service),
		xml: await sdmx.request(asked, service, what) });
}
save("available.json", available);

const data = await Package.load(join(folder, "package", "datapackage.json"));
const rows = {};
for (const resource of data.resources) {
	rows[resource.name] = await resource.read({ keyed: true });
}
save("datapackage.rows.json", { valid: data.valid, errors: data.errors.map(String), rows });
