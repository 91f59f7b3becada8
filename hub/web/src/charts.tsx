// SPDX-License-Identifier: Apache-2.0
// Pictures of tables. Colour is never alone: groups have a shape each (square, round,
// diamond), what is suppressed is hatched, what is unreliable is open.
import { Fragment, type ComponentChildren } from "preact";
import type { Cell, Group, Row, Table } from "./table";
import { month, number, percent, say } from "./words";

// On a phone a picture is half as wide and its labels stand above the marks, so that
// letters keep their size.
const narrow = matchMedia("(max-width: 40rem)").matches;
const WIDTH = narrow ? 372 : 720;
const LABELS = narrow ? 12 : 230;
const ABOVE = narrow ? 22 : 0;
const RIGHT = 16;

function scale(min: number, max: number, from: number, to: number) {
	return (v: number) =>
		from + ((Math.min(Math.max(v, min), max) - min) / (max - min)) * (to - from);
}

function Mark(props: { group: Group; x: number; y: number; open?: boolean; title?: string }) {
	const { group, x, y } = props;
	const style = `${group}${props.open ? " hollow" : ""}`;
	const title = props.title ? <title>{props.title}</title> : null;
	const stroke = props.open ? 2 : 0;
	if (group === "leader")
		return (
			<rect class={style} x={x - 5} y={y - 5} width={10} height={10} stroke-width={stroke}>
				{title}
			</rect>
		);
	if (group === "pupil")
		return (
			<path class={style} d={`M${x},${y - 7}l7,7l-7,7l-7,-7Z`} stroke-width={stroke}>
				{title}
			</path>
		);
	return (
		<circle class={style} cx={x} cy={y} r={5.6} stroke-width={stroke}>
			{title}
		</circle>
	);
}

/** Whether the group was asked at all; or, where only values are drawn, has one. */
function answers(table: Table, group: Group, valued: boolean): boolean {
	return table.rows.some((row) =>
		row.cells.some((cell) =>
			cell.group === group && (valued ? cell.value !== null : cell.status !== "z")),
	);
}

function Keys(props: { table: Table; valued: boolean }) {
	const open = props.table.rows.some((row) => row.cells.some((cell) => cell.status === "u"));
	return (
		<ul class="keys">
			{props.table.groups.filter(({ group }) => answers(props.table, group, props.valued)).map(({ group, label }) => (
				<li key={group}>
					<svg viewBox="0 0 26 16" aria-hidden="true" focusable="false">
						<line class={`${group} range`} x1={1} x2={25} y1={8} y2={8} />
						<Mark group={group} x={13} y={8} />
					</svg>
					{label}
				</li>
			))}
			{open ? <li>{say("unreliable")}</li> : null}
		</ul>
	);
}

function Figure(props: { kind: string; table: Table; keys?: boolean; children: ComponentChildren }) {
	return (
		<figure class={`chart ${props.kind}`}>
			{props.keys ? <Keys table={props.table} valued={props.kind === "lines"} /> : null}
			{props.children}
		</figure>
	);
}

function Picture(props: { table: Table; box: string; children: ComponentChildren }) {
	return (
		<svg
			viewBox={props.box}
			role="img"
			aria-label={`${props.table.caption}. ${say("below")}`}
			preserveAspectRatio="xMinYMin meet"
		>
			{props.children}
		</svg>
	);
}

/** Cuts a label into so many lines at most, of at most so many characters. */
function lines(text: string, most: number, limit: number): string[] {
	const out = [""];
	for (const word of text.split(/\s+/)) {
		const last = out[out.length - 1]!;
		if (!last || last.length + word.length < most) {
			out[out.length - 1] = last ? `${last} ${word}` : word;
		} else if (out.length < limit) {
			out.push(word);
		} else {
			out[limit - 1] = `${last.slice(0, most - 1)}\u2026`;
			break;
		}
	}
	return out;
}

/** What stands above a row's marks on a phone, and the room that it takes. */
const titled = (text: string) => lines(text, 52, 2);
const above = (text: string) => (narrow ? ABOVE + (titled(text).length - 1) * 16 : 0);

/** A row's name: left of its middle, or on a phone above it. */
function Label(props: { text: string; top: number; middle: number; most?: number }) {
	const text = narrow ? titled(props.text) : lines(props.text, props.most ?? 32, 3);
	const top = narrow ? props.top + 16 : props.middle + 4 - (text.length - 1) * 8;
	return (
		<text y={top}>
			{text.map((line, i) => (
				<tspan key={i} x={0} y={top + i * 16}>
					{line}
				</tspan>
			))}
		</text>
	);
}

function Axis(props: { at: (v: number) => number; ticks: number[]; bottom: number; percent: boolean }) {
	return (
		<g aria-hidden="true">
			{props.ticks.map((tick) => (
				<Fragment key={tick}>
					<line class="grid" x1={props.at(tick)} x2={props.at(tick)} y1={22} y2={props.bottom} />
					<text class="soft small" x={props.at(tick)} y={14} text-anchor="middle">
						{props.percent ? percent(tick) : number(tick, 0)}
					</text>
				</Fragment>
			))}
		</g>
	);
}

function ticksOf(table: Table): number[] {
	if (table.percent) return [0, 0.25, 0.5, 0.75, 1];
	const out = [];
	for (let tick = table.min; tick <= table.max; tick++) out.push(tick);
	return out;
}

function Interval(props: { cell: Cell; y: number; at: (v: number) => number; name: string }) {
	const { cell, y, at } = props;
	if (cell.value === null) return null;
	return (
		<g>
			{cell.low !== null && cell.high !== null ? (
				<line class={`${cell.group} range`} x1={at(cell.low)} x2={at(cell.high)} y1={y} y2={y} />
			) : null}
			<Mark
				group={cell.group}
				x={at(cell.value)}
				y={y}
				open={cell.status === "u"}
				title={`${props.name}: ${cell.text}`}
			/>
		</g>
	);
}

const nameOf = (table: Table, cell: Cell) =>
	table.groups.find(({ group }) => group === cell.group)?.label ?? "";

const total = (heights: number[]) => heights.reduce((a, b) => a + b, 0);
/** Where each row begins, below the axis. */
const stacked = (heights: number[]) => heights.map((_, i) => 26 + total(heights.slice(0, i)));

/** Means with their intervals; each group on a line of its own. */
export function Dots(props: { table: Table }) {
	const { table } = props;
	const at = scale(table.min, table.max, LABELS, WIDTH - RIGHT);
	const step = 18;
	const heights = table.rows.map((row) => above(row.label) + table.groups.length * step + 14);
	const tops = stacked(heights);
	const bottom = 26 + total(heights);
	return (
		<Figure kind="dots" table={table} keys>
			<Picture table={table} box={`0 0 ${WIDTH} ${bottom + 6}`}>
				<Axis at={at} ticks={ticksOf(table)} bottom={bottom} percent={table.percent} />
				{table.rows.map((row, r) => {
					const top = tops[r]!;
					const height = heights[r]!;
					const marks = top + above(row.label) + 16;
					return (
						<g key={row.key}>
							<line class="grid" x1={0} x2={WIDTH} y1={top + height} y2={top + height} />
							<Label text={row.label} top={top} middle={top + height / 2} />
							{row.cells.map((cell, c) => (
								<Missing cell={cell} x={LABELS} y={marks + c * step} key={c}>
									<Interval cell={cell} y={marks + c * step} at={at} name={nameOf(table, cell)} />
								</Missing>
							))}
						</g>
					);
				})}
			</Picture>
		</Figure>
	);
}

/** A group without a value says so where its mark would be. */
function Missing(props: { cell: Cell; x: number; y: number; children: ComponentChildren }) {
	if (props.cell.value !== null) return <>{props.children}</>;
	if (props.cell.status === "z") return null;
	return (
		<text class="soft small" x={props.x + 4} y={props.y + 4}>
			{props.cell.status} · {props.cell.text}
		</text>
	);
}

/** Shares of a group that ticked a box: bars, with the interval as a line. */
export function Bars(props: { table: Table }) {
	const { table } = props;
	const at = scale(0, 1, narrow ? LABELS : LABELS + 60, WIDTH - RIGHT);
	const shown = (row: Row) => row.cells.filter((cell) => cell.status !== "z");
	const heights = table.rows.map((row) => above(row.label) + shown(row).length * 16 + 16);
	const tops = stacked(heights);
	const bottom = 26 + total(heights);
	return (
		<Figure kind="bars" table={table} keys>
			<Picture table={table} box={`0 0 ${WIDTH} ${bottom + 6}`}>
				<Axis at={at} ticks={[0, 0.25, 0.5, 0.75, 1]} bottom={bottom} percent />
				{table.rows.map((row, r) => (
					<g key={row.key}>
						<line class="grid" x1={0} x2={WIDTH} y1={tops[r]! + heights[r]!} y2={tops[r]! + heights[r]!} />
						<Label text={row.label} top={tops[r]!} middle={tops[r]! + heights[r]! / 2} most={38} />
						{shown(row).map((cell, c) => {
							const y = tops[r]! + above(row.label) + 16 + c * 16;
							return (
								<Missing cell={cell} x={at(0)} y={y} key={c}>
									<rect class={cell.group} x={at(0)} y={y - 2} width={at(cell.value ?? 0) - at(0)} height={4} opacity={0.35} />
									<Interval cell={cell} y={y} at={at} name={nameOf(table, cell)} />
								</Missing>
							);
						})}
					</g>
				))}
			</Picture>
		</Figure>
	);
}

/** How many of the registered schools took part. */
export function Coverage(props: { table: Table }) {
	const { table } = props;
	const most = Math.max(1, ...table.rows.map((row) => row.cells[0]?.value ?? 0));
	const at = scale(0, most, narrow ? 0 : LABELS, WIDTH - 130);
	const height = 30 + ABOVE;
	const bottom = table.rows.length * height;
	return (
		<Figure kind="coverage" table={table}>
			<Picture table={table} box={`0 0 ${WIDTH} ${bottom + 4}`}>
				{table.rows.map((row, r) => {
					const [registered, schools, covered] = row.cells;
					const y = r * height + ABOVE + 15;
					return (
						<g key={row.key}>
							<Label text={row.label} top={r * height} middle={y} />
							<rect class="track" x={at(0)} y={y - 8} width={at(registered?.value ?? 0) - at(0)} height={16} />
							<rect class="province none" fill-opacity={0} x={at(0)} y={y - 8} width={at(registered?.value ?? 0) - at(0)} height={16} />
							<rect class="whole" x={at(0)} y={y - 8} width={at(schools?.value ?? 0) - at(0)} height={16} stroke-width={0} />
							<text class="soft" x={at(registered?.value ?? 0) + 8} y={y + 4}>
								{schools?.text}/{registered?.text} · {covered?.text}
							</text>
						</g>
					);
				})}
			</Picture>
		</Figure>
	);
}

/** How answers are spread: one bar a group, from 1 at the left. */
export function Likert(props: { table: Table }) {
	const { table } = props;
	const groups = table.groups
		.map((g, c) => ({ ...g, cells: table.rows.map((row) => row.cells[c]!) }))
		.filter(({ cells }) => cells.some((cell) => cell?.value !== null && cell !== undefined));
	const at = scale(0, 1.04, narrow ? 12 : 120, WIDTH);
	const height = 44 + ABOVE;
	return (
		<figure class="chart likert">
			<ul class="keys">
				{table.rows.map((row) => (
					<li key={row.key} lang={row.language || undefined}>
						<svg viewBox="0 0 26 16" aria-hidden="true" focusable="false">
							<rect class={`likert${row.key}`} x={1} y={1} width={24} height={14} />
						</svg>
						{row.label}
					</li>
				))}
			</ul>
			<Picture table={table} box={`0 0 ${WIDTH} ${24 + groups.length * height}`}>
				<Axis at={at} ticks={[0, 0.25, 0.5, 0.75, 1]} bottom={22 + groups.length * height} percent />
				{groups.map(({ label, cells }, g) => {
					let sum = 0;
					return (
						<g key={label}>
							<Label text={label} top={22 + g * height} middle={46 + g * height} most={18} />
							{cells.map((cell, i) => {
								const from = at(sum);
								sum += Math.max(cell.value ?? 0, 0);
								const row = table.rows[i]!;
								const width = Math.max(at(sum) - from - 1, 0);
								return (
									<Fragment key={row.key}>
										<rect class={`likert${row.key}`} x={from} y={32 + ABOVE + g * height} width={width} height={28}>
											<title>{`${row.label}: ${cell.text}`}</title>
										</rect>
										{width > 40 ? (
											<text class={`small ${["1", "5"].includes(row.key) ? "on-dark" : ""}`} x={from + width / 2} y={50 + ABOVE + g * height} text-anchor="middle">
												{percent(cell.value ?? 0)}
											</text>
										) : null}
									</Fragment>
								);
							})}
						</g>
					);
				})}
			</Picture>
		</figure>
	);
}

/** Means over sessions. */
export function Lines(props: { table: Table }) {
	const { table } = props;
	const n = table.rows.length;
	const x = (i: number) => 60 + (i * (WIDTH - 140)) / Math.max(n - 1, 1);
	const y = scale(table.min, table.max, 190, 14);
	return (
		<Figure kind="lines" table={table} keys>
			<Picture table={table} box={`0 0 ${WIDTH} 224`}>
				{ticksOf(table).map((tick) => (
					<g key={tick} aria-hidden="true">
						<line class="grid" x1={40} x2={WIDTH - 20} y1={y(tick)} y2={y(tick)} />
						<text class="soft small" x={30} y={y(tick) + 4} text-anchor="end">
							{number(tick, 0)}
						</text>
					</g>
				))}
				{table.groups.map(({ group, label }, g) => {
					const points = table.rows
						.map((row, i) => ({ i, cell: row.cells[g]! }))
						.filter(({ cell }) => cell.value !== null);
					return (
						<g key={group}>
							<polyline class={`${group} curve hollow`} fill-opacity={0} points={points.map(({ i, cell }) => `${x(i)},${y(cell.value!)}`).join(" ")} />
							{points.map(({ i, cell }) => (
								<g key={i}>
									{cell.low !== null && cell.high !== null ? (
										<line class={`${group} range`} x1={x(i)} x2={x(i)} y1={y(cell.low)} y2={y(cell.high)} />
									) : null}
									<Mark group={group} x={x(i)} y={y(cell.value!)} open={cell.status === "u"} title={`${label}: ${cell.text}`} />
								</g>
							))}
						</g>
					);
				})}
				{table.rows.map((row, i) => (
					<text class="soft small" key={row.key} x={x(i)} y={214} text-anchor="middle">
						{month(row.key)}
					</text>
				))}
			</Picture>
		</Figure>
	);
}
