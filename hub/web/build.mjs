// SPDX-License-Identifier: Apache-2.0
// node build.mjs [OUT]: bundles src/ into OUT (dist/). What stands in dist/ is committed,
// so that the programs build without Node.js; the test e2e.web_bundle holds that it is
// what the sources give.
import { build } from "esbuild";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const banner = "SPDX-License-Identifier: Apache-2.0 AND MIT (Preact)";
mkdirSync(out, { recursive: true });
await build({
	absWorkingDir: here,
	entryPoints: { app: "src/main.tsx" },
	outdir: out,
	bundle: true,
	minify: true,
	format: "esm",
	target: "es2020",
	charset: "utf8",
	legalComments: "none",
	banner: { js: `/* ${banner} */` },
	jsx: "automatic",
	jsxImportSource: "preact",
});
await build({
	absWorkingDir: here,
	entryPoints: { app: "src/app.css" },
	outdir: out,
	bundle: true,
	minify: true,
	target: ["chrome109", "firefox115", "safari16"],
	banner: { css: "/* SPDX-License-Identifier: Apache-2.0 */" },
});
copyFileSync(join(here, "src/icon.svg"), join(out, "icon.svg"));
