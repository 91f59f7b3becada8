// SPDX-License-Identifier: Apache-2.0
// catalogue.mjs SHAPES CATALOGUE BASE [--break]: validates a DCAT catalogue in Turtle, then
// breaks it once against each constraint of the shapes and expects that very complaint;
// prints {quads, broken} or fails.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [shapesPath, cataloguePath, base, breaking] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "package.json"));
const { Parser, Store, DataFactory } = require("n3");
const { default: Validator } = await import(require.resolve("rdf-validate-shacl"));
const { literal, namedNode, quad } = DataFactory;
const SH = "http://www.w3.org/ns/shacl#";
const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const sh = (name) => namedNode(SH + name);
const type = namedNode(`${RDF}type`);

const parse = (path, baseIRI) =>
	new Store(new Parser({ baseIRI }).parse(readFileSync(path, "utf8")));
const shapes = parse(shapesPath);
const catalogue = parse(cataloguePath, `${base}/`);
const validator = new Validator(shapes);

/** The complaints about a catalogue: constraint and shape. */
async function complaints(data) {
	const report = await validator.validate(data);
	return report.results.map((result) => ({
		shape: result.sourceShape?.value,
		constraint: result.sourceConstraintComponent?.value.slice(SH.length),
		text: `${result.focusNode?.value} ${result.path?.value ?? ""}: ${result.value?.value ?? ""}`,
	}));
}

const one = (subject, property) => shapes.getObjects(subject, property, null)[0];

/** The things that a node shape is about. */
function targets(shape) {
	const classes = shapes.getObjects(shape, sh("targetClass"), null);
	const subjects = shapes.getObjects(shape, sh("targetSubjectsOf"), null);
	return [...classes.flatMap((c) => catalogue.getSubjects(type, c, null)),
		...subjects.flatMap((p) => catalogue.getSubjects(p, null, null))];
}

/** A copy in which something was taken out and something put in. */
function changed(out, put) {
	const data = new Store(catalogue.getQuads(null, null, null, null));
	data.removeQuads(out);
	data.addQuads(put);
	return data;
}

/** Another value of the same kind. */
const another = (term) => term.termType !== "Literal" ? namedNode(`${term.value}0`)
	: term.language ? literal(`${term.value} 2`, term.language)
		: literal(`${term.value}0`, term.datatype);

/** How each constraint is broken: of a focus node, its path's quads and the constraint's
 * value the quads to take out and to put in, and what is then complained of. */
const breaks = {
	minCount: (quads) => [quads, []],
	maxCount: (quads, value) => [[], Array.from({ length: Number(value.value) + 1 }, (_, i) =>
		quad(quads[0].subject, quads[0].predicate, i
			? literal(`one more ${i}`) : another(quads[0].object)))],
	nodeKind: (quads, value) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		value.value === `${SH}IRI` ? literal("text") : namedNode("urn:x:thing"))]],
	class: (quads) => [catalogue.getQuads(quads[0].object, type, null, null), []],
	datatype: (quads) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		literal("text", namedNode("urn:x:type")))]],
	in: (quads) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		namedNode("urn:x:other"))]],
	pattern: (quads) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		literal("no such thing"))]],
	hasValue: (quads) => [quads, []],
	minLength: (quads) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		literal(""))]],
	languageIn: (quads) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		literal("text", "sv"))]],
	uniqueLang: (quads) => [[], [quad(quads[0].subject, quads[0].predicate,
		literal("again", quads[0].object.language))]],
	equals: (quads) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		quads[0].subject)]],
	lessThanOrEquals: (quads) => [[quads[0]], [quad(quads[0].subject, quads[0].predicate,
		literal("2999-01-01", quads[0].object.datatype))]],
	node: (quads) => [catalogue.getQuads(quads[0].object, null, null, null)
		.filter((q) => !q.predicate.equals(type)), []],
};
const component = (name) => `${name[0].toUpperCase()}${name.slice(1)}ConstraintComponent`;

const found = await complaints(catalogue);
if (found.length) {
	console.log(found.map((c) => `${c.shape} ${c.constraint} ${c.text}`).join("\n"));
	process.exit(1);
}

// Whatever the catalogue says in DCAT's own words is looked at: no misspelt property.
const paths = new Set(shapes.getObjects(null, sh("path"), null).map((path) => path.value));
for (const { predicate } of catalogue.match(null, null, null)) {
	if (/dcat#|dc\/terms|adms#|r5r/.test(predicate.value) && !paths.has(predicate.value)) {
		throw new Error(`no shape knows ${predicate.value}`);
	}
}

if (!breaking) process.exit(0);
let broken = 0;
async function mustFail(shape, name, data, where) {
	broken++;
	const got = await complaints(data);
	if (!got.some((c) => c.shape === shape.value && c.constraint === component(name))) {
		throw new Error(`${shape.value}: ${name} does not fail at ${where}`);
	}
}

for (const node of shapes.getSubjects(type, sh("NodeShape"), null)) {
	const focus = targets(node)[0];
	if (!focus) throw new Error(`${node.value} is about nothing in the catalogue`);
	for (const property of shapes.getObjects(node, sh("property"), null)) {
		const path = one(property, sh("path"));
		const inverse = path.termType === "BlankNode" && one(path, sh("inversePath"));
		const of = targets(node).map((target) => inverse
			? catalogue.getQuads(null, inverse, target, null)
			: catalogue.getQuads(target, path, null, null)).find((quads) => quads.length);
		if (!of) throw new Error(`nothing of ${property.value}`);
		for (const { predicate, object } of shapes.match(property, null, null)) {
			const name = predicate.value.slice(SH.length);
			if (name === "path") continue;
			if (!breaks[name]) throw new Error(`no way to break ${name}`);
			await mustFail(property, name, changed(...breaks[name](of, object)),
				of[0].subject.value);
		}
	}
}

// What hangs on node shapes themselves: names that are addresses, a way to the data.
const dcat = (name) => namedNode(`http://www.w3.org/ns/dcat#${name}`);
const part = catalogue.getSubjects(type, dcat("Distribution"), null)[0];
await mustFail(namedNode("urn:drempel:shape:Distribution"), "or", changed(
	["downloadURL", "accessService"].flatMap((p) => catalogue.getQuads(part, dcat(p), null, null)),
	[]), part.value);
const nameless = DataFactory.blankNode();
await mustFail(namedNode("urn:drempel:shape:Distribution"), "nodeKind", changed([],
	[quad(nameless, type, dcat("Distribution"))]), "a blank node");
console.log(JSON.stringify({ quads: catalogue.size, broken }));
process.exit(0);
