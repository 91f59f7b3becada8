// SPDX-License-Identifier: Apache-2.0
// The provinces, in five steps of one colour. Suppressed is hatched, not available is
// dotted, and what is too uncertain for a step has no colour but a broken outline; a
// folded cohort ("BE21+BE22") colours all its provinces.
import provinces from "../data/provinces.json";
import type { Cell, Table } from "./table";
import { number, say } from "./words";

const STEPS = 5;
const CAPITAL = "BE10";
// Brussels is too small for its own label, and would cover that of the province around it.
const labels: Record<string, [number, number]> = { BE10: [218, 584], BE24: [296, 527] };

/** Where the first step begins, and how wide each is: both in tenths, as the keys say. */
interface Steps {
	low: number;
	width: number;
}

const isColoured = (cell: Cell | undefined) => cell?.value != null && cell.status !== "u";

/** Of what can be relied on; null when nothing can. */
function stepsOf(table: Table): Steps | null {
	const tenths = table.rows
		.map((row) => row.cells[0])
		.filter(isColoured)
		.map((cell) => cell!.value! * 10);
	if (!tenths.length) return null;
	const low = Math.floor(Math.min(...tenths));
	const width = Math.max(1, Math.ceil((Math.max(...tenths) - low) / STEPS));
	return { low: low / 10, width: width / 10 };
}

function stepOf(cell: Cell | undefined, steps: Steps | null): number {
	if (!steps || !isColoured(cell)) return 0;
	const step = Math.floor((cell!.value! - steps.low) / steps.width + 1e-9) + 1;
	return Math.min(Math.max(step, 1), STEPS);
}

function fillOf(cell: Cell | undefined, steps: Steps | null): string {
	const step = stepOf(cell, steps);
	return step ? `bin${step}` : cell?.value != null ? "unsure" : "none";
}

function patternOf(cell: Cell | undefined): string | null {
	if (cell?.value != null) return null;
	return cell?.status === "c" ? "url(#hatch)" : "url(#dots)";
}

function Patterns() {
	return (
		<defs>
			<pattern id="hatch" width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
				<line class="hatch" x1={0} x2={0} y1={0} y2={6} />
			</pattern>
			<pattern id="dots" width={6} height={6} patternUnits="userSpaceOnUse">
				<circle class="dot" cx={3} cy={3} r={0.8} />
			</pattern>
		</defs>
	);
}

function MapKeys(props: { steps: Steps | null; cells: (Cell | undefined)[] }) {
	const { steps } = props;
	const has = (status: string) => props.cells.some((cell) => cell?.status === status);
	return (
		<ul class="keys">
			{[0, 1, 2, 3, 4].map((i) => steps && (
				<li key={i}>
					<svg viewBox="0 0 26 16" aria-hidden="true" focusable="false">
						<rect class={`province bin${i + 1}`} x={1} y={1} width={24} height={14} />
					</svg>
					{number(steps.low + i * steps.width, 1)}–{number(steps.low + (i + 1) * steps.width, 1)}
				</li>
			))}
			{has("u") ? (
				<li>
					<svg viewBox="0 0 26 16" aria-hidden="true" focusable="false">
						<rect class="province unsure" x={1} y={1} width={24} height={14} />
					</svg>
					u {say("uncertain")}
				</li>
			) : null}
			{has("c") ? (
				<li>
					<svg viewBox="0 0 26 16" aria-hidden="true" focusable="false">
						<rect class="province none" x={1} y={1} width={24} height={14} />
						<rect fill="url(#hatch)" x={1} y={1} width={24} height={14} />
					</svg>
					c {say("suppressed")}
				</li>
			) : null}
			{has("x") ? (
				<li>
					<svg viewBox="0 0 26 16" aria-hidden="true" focusable="false">
						<rect class="province none" x={1} y={1} width={24} height={14} />
						<rect fill="url(#dots)" x={1} y={1} width={24} height={14} />
					</svg>
					x {say("missing")}
				</li>
			) : null}
		</ul>
	);
}

export function ProvinceMap(props: { table: Table }) {
	const { table } = props;
	const steps = stepsOf(table);
	const [left, top, width, height] = provinces.viewBox.split(" ").map(Number);
	const box = `${left} ${top} ${width} ${height! + 26}`;
	const rowOf = (code: string) => table.rows.find((row) => row.key.split("+").includes(code));
	const codes = Object.keys(provinces.provinces) as (keyof typeof provinces.provinces)[];
	// The capital last: it lies inside another province.
	const order = [...codes].sort((a, b) => Number(a === CAPITAL) - Number(b === CAPITAL));
	return (
		<figure class="chart map">
			<svg viewBox={box} role="img" aria-label={`${table.caption}. ${say("below")}`}>
				<Patterns />
				{order.map((code) => {
					const cell = rowOf(code)?.cells[0];
					const shape = provinces.provinces[code];
					const pattern = patternOf(cell);
					return (
						<g key={code}>
							<path class={`province ${fillOf(cell, steps)}`} d={shape.d}>
								<title>{`${rowOf(code)?.label ?? code}: ${cell?.text ?? ""}`}</title>
							</path>
							{pattern ? <path d={shape.d} fill={pattern} /> : null}
						</g>
					);
				})}
				<path class="leader-line" d="M245,540L228,574" />
				{order.map((code) => {
					const cell = rowOf(code)?.cells[0];
					const [x, y] = labels[code] ?? (provinces.provinces[code].label as [number, number]);
					const outside = code === CAPITAL;
					const step = outside ? 0 : stepOf(cell, steps);
					const shown = cell?.value != null ? number(cell.value, 2) : (cell?.status ?? "x");
					return (
						<text
							key={code}
							class={`small strong ${step >= 4 ? "on-dark" : step ? "on-light" : ""}`}
							x={x}
							y={y + 4}
							text-anchor="middle"
							aria-hidden="true"
						>
							{shown}
							{cell?.status === "u" ? "ᵘ" : ""}
						</text>
					);
				})}
			</svg>
			<MapKeys steps={steps} cells={table.rows.map((row) => row.cells[0])} />
		</figure>
	);
}
