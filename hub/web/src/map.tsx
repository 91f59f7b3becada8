// SPDX-License-Identifier: Apache-2.0
// The provinces, in five steps of one colour. Suppressed is hatched, not available is
// dotted; a folded cohort ("BE21+BE22") colours all its provinces.
import provinces from "../data/provinces.json";
import type { Cell, Table } from "./table";
import { number, say } from "./words";

const STEPS = 5;
const CAPITAL = "BE10";
// Brussels is too small for its own label, and would cover that of the province around it.
const labels: Record<string, [number, number]> = { BE10: [218, 584], BE24: [296, 527] };

function range(table: Table): [number, number] {
	const values = table.rows
		.map((row) => row.cells[0]?.value)
		.filter((v): v is number => typeof v === "number");
	if (!values.length) return [0, 1];
	const low = Math.floor(Math.min(...values) * 10) / 10;
	return [low, Math.max(low + 0.5, Math.ceil(Math.max(...values) * 10) / 10)];
}

function binOf(value: number, [low, high]: [number, number]): number {
	const bin = Math.floor(((value - low) / (high - low)) * STEPS) + 1;
	return Math.min(Math.max(bin, 1), STEPS);
}

function fillOf(cell: Cell | undefined, limits: [number, number]): string {
	if (cell && cell.value !== null) return `bin${binOf(cell.value, limits)}`;
	return "none";
}

function patternOf(cell: Cell | undefined): string | null {
	if (cell && cell.value !== null) return null;
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

function MapKeys(props: { limits: [number, number]; cells: (Cell | undefined)[] }) {
	const [low, high] = props.limits;
	const step = (high - low) / STEPS;
	const has = (status: string) => props.cells.some((cell) => cell?.status === status);
	return (
		<ul class="keys">
			{[1, 2, 3, 4, 5].map((bin) => (
				<li key={bin}>
					<svg viewBox="0 0 26 16" aria-hidden="true" focusable="false">
						<rect class={`province bin${bin}`} x={1} y={1} width={24} height={14} />
					</svg>
					{number(low + (bin - 1) * step, 1)}–{number(low + bin * step, 1)}
				</li>
			))}
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
	const limits = range(table);
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
							<path class={`province ${fillOf(cell, limits)}`} d={shape.d}>
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
					const dark = !outside && cell?.value != null && binOf(cell.value, limits) >= 4;
					const shown = cell?.value != null ? number(cell.value, 2) : (cell?.status ?? "x");
					return (
						<text
							key={code}
							class={`small strong ${dark ? "on-dark" : cell?.value != null && !outside ? "on-light" : ""}`}
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
			<MapKeys limits={limits} cells={table.rows.map((row) => row.cells[0])} />
		</figure>
	);
}
