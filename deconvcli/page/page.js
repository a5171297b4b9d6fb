"use strict";

// Integers as Python has them.
const floorDivided = (a, b) => a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
const modulo = (a, b) => a - b * floorDivided(a, b);
const min = (...given) => given.flat().reduce((a, b) => (b < a ? b : a));
const max = (...given) => given.flat().reduce((a, b) => (b > a ? b : a));
const count = given => BigInt(given.length);
const shown = given =>
  Array.isArray(given) ? `[${given.join(", ")}]`
  : typeof given === "boolean" ? (given ? "True" : "False")
  : String(given);
const bracketed = given => /^[0-9A-Za-z]+$/.test(shown(given)) ? shown(given) : `(${shown(given)})`;

const FIELDS = {
  n: { label: "input n", least: 1n, slides: 16 },
  k: { label: "kernel k", least: 1n, slides: 9 },
  s: { label: "stride s", least: 1n, slides: 6 },
  d: { label: "dilation d", least: 1n, slides: 4 },
  begin: { label: "padding", least: 0n, slides: 8 },
  end: { label: "padding end", least: 0n, slides: 8 },
  op: { label: "output_padding", least: 0n, slides: 5 },
};
const LARGEST = BigInt(settings.largest);
const axes = settings.axes;
const find = id => document.getElementById(id);

// What the program answers.

function answer(door, fields) {
  const whole = { s: fields.s, d: fields.d };
  const broken = door.together.find(limit => !limit.holds(whole));
  if (broken) return refused(door.base, broken, whole);
  const answered = [];
  for (const [place, axis] of axes.entries()) {
    const name = axes.length > 1 ? `${door.dialect}: ${axis}` : door.dialect;
    const computed = onAxis(door, numbersOf(door, fields, place), name);
    if (computed.refusal) return computed;
    answered.push(computed);
  }
  return { axes: answered, notes: answered.flatMap(axis => axis.notes) };
}

function numbersOf(door, fields, place) {
  const given = Object.entries(door.numbers);
  return Object.fromEntries(
    given.map(([name, held]) => [name, typeof held === "string" ? fields[held][place] : held]));
}

function onAxis(door, v, name) {
  const broken = [];
  for (const entry of arithmetics[door.arithmetic]) {
    if (entry.step) v[entry.step] = entry.of(v);
    else if (entry.holds(v)) continue;
    else if (entry.refuses) return refused(name, entry, v);
    else broken.push(entry);
  }
  return { v, notes: broken.map(limit => ({ code: limit.code, message: limit.message(v) })) };
}

const refused = (name, limit, v) =>
  ({ refusal: { code: limit.code, message: `${name}: ${limit.message(v)}`, help: limit.help(v) } });

// How many pairs reach an element, far from both ends.

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

function interior(v) {
  const distinct = v.s / gcd(v.s, v.d);
  const period = v.k % distinct === 0n && distinct === v.s ? 1n : v.s;
  if (period * v.k > 10000n) return null;
  const counts = [];
  for (let output = 0n; output < period; output++) {
    let pairs = 0;
    for (let tap = 0n; tap < v.k; tap++)
      if (modulo(output + v.crop_begin - tap * v.d, v.s) === 0n) pairs++;
    counts.push(pairs);
  }
  return counts;
}

function evenKernels(v) {
  if (gcd(v.s, v.d) > 1n) return [];
  if (v.k % v.s === 0n) return [v.k];
  const below = (v.k / v.s) * v.s;
  return [below, below + v.s].filter(kernel => kernel > 0n);
}

function overlapText(name, v) {
  const counts = interior(v);
  if (!counts) return `${name}: too large to be counted here.`;
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (least === most) return `${name}: even, ${most} in every element.`;
  const even = evenKernels(v);
  const cure = even.length ? `kernel ${even.join(" or ")} is even.` : "no kernel is even: dilation and stride share a factor.";
  const gaps = least === 0 ? " Elements with 0 are gaps, which only the bias fills;" : "";
  return `${name}: uneven, ${counts.join(", ")} again and again, most to least ${most}:${least};${gaps} ${cure}`;
}

// What of an axis is shown: the same corner as in the program's pictures.

function windowOf(v, most) {
  const keptBegin = v.crop_begin;
  const keptEnd = max(keptBegin, v.full - v.crop_end);
  const begin = max(min(0n, keptBegin), -BigInt(Math.floor(most / 4)));
  const end = min(max(v.full, keptEnd), begin + BigInt(most));
  const inputs = max(1n, min(v.n, -floorDivided(-end, v.s)));
  return {
    begin: Number(begin), end: Number(end), inputs: Number(inputs), v, keptBegin, keptEnd,
    whole: begin <= min(0n, keptBegin) && max(v.full, keptEnd) <= end,
    open: inputs < v.n,
  };
}

const STILL = { n: 1n, k: 1n, s: 1n, d: 1n, crop_begin: 0n, crop_end: 0n, full: 1n };

function windows(answered) {
  const shownAxes = answered.axes.map(({ v }) => windowOf(v, settings.cells));
  return [windowOf(STILL, 1), ...shownAxes].slice(-2);
}

function tapsOf(view, place) {
  const found = [];
  const end = BigInt(view.end);
  for (let tap = 0n, at = BigInt(place) * view.v.s; tap < view.v.k && at < end; tap++, at += view.v.d)
    found.push(Number(at));
  return found;
}

function countsOf(rows, columns, stamped) {
  const counts = new Map();
  for (let input = 0; input < stamped; input++)
    for (const y of tapsOf(rows, Math.floor(input / columns.inputs)))
      for (const x of tapsOf(columns, input % columns.inputs))
        counts.set(`${y},${x}`, (counts.get(`${y},${x}`) || 0) + 1);
  return counts;
}

// The picture.

const UNIT = 32;

function drawing(answered, stamped) {
  const [rows, columns] = windows(answered);
  const flat = axes.length === 1;
  const finished = stamped === rows.inputs * columns.inputs;
  const left = flat ? 2 : columns.inputs * UNIT + 48;
  const top = flat ? UNIT + 68 : 28;
  const width = Math.max(left + (columns.end - columns.begin) * UNIT, columns.inputs * UNIT) + 4;
  const height = Math.max(top + (rows.end - rows.begin) * UNIT, 28 + rows.inputs * UNIT) + 4;
  const parts = [
    `<text x="2" y="18">input</text>`,
    `<text x="${left}" y="${top - 10}">full scatter${finished ? ", cropped" : ""}</text>`,
    ...inputCells(rows, columns, stamped, finished),
    ...outputCells(rows, columns, stamped, finished, left, top),
    finished ? cropFrame(rows, columns, left, top) : stampFrame(rows, columns, stamped, left, top),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="caption" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join("")}</svg>`;
}

const square = (x, y) => `<rect x="${x}" y="${y}" width="${UNIT}" height="${UNIT}"/>`;

function inputCells(rows, columns, stamped, finished) {
  const cells = [];
  for (let input = 0; input < rows.inputs * columns.inputs; input++) {
    const [y, x] = [Math.floor(input / columns.inputs), input % columns.inputs];
    const lit = input === stamped - 1 && !finished;
    cells.push([lit, `<g class="cell ${lit ? "lit" : "input"}">${square(2 + x * UNIT, 28 + y * UNIT)}</g>`]);
  }
  return cells.sort(([a], [b]) => a - b).map(([, cell]) => cell);
}

function outputCells(rows, columns, stamped, finished, left, top) {
  const counts = countsOf(rows, columns, stamped);
  const most = Math.max(1, ...countsOf(rows, columns, rows.inputs * columns.inputs).values());
  const cells = [];
  for (let y = rows.begin; y < rows.end; y++)
    for (let x = columns.begin; x < columns.end; x++) {
      const kind = kindOf(rows, columns, y, x, finished);
      if (kind === "outside") continue;
      const pairs = counts.get(`${y},${x}`) || 0;
      const level = kind === "kept" && pairs ? ` level${Math.round(settings.levels * pairs / most)}` : "";
      const [at, down] = [left + (x - columns.begin) * UNIT, top + (y - rows.begin) * UNIT];
      const slash = kind === "cut" ? `<path class="slash" d="M${at} ${down + UNIT}l${UNIT} ${-UNIT}"/>` : "";
      const digits = pairs || finished ? `<text x="${at + UNIT / 2}" y="${down + 21}">${pairs}</text>` : "";
      cells.push(`<g class="cell ${kind}${level}">${square(at, down)}${slash}${digits}</g>`);
    }
  return cells;
}

function kindOf(rows, columns, y, x, finished) {
  const inside = (view, at) => 0 <= at && at < view.v.full;
  const kept = (view, at) => view.keptBegin <= at && at < view.keptEnd;
  const isKept = kept(rows, y) && kept(columns, x);
  if (!(inside(rows, y) && inside(columns, x))) return finished && isKept ? "added" : "outside";
  return finished && !isKept ? "cut" : "kept";
}

function stampFrame(rows, columns, stamped, left, top) {
  if (!stamped) return "";
  const [row, column] = [Math.floor((stamped - 1) / columns.inputs), (stamped - 1) % columns.inputs];
  return tapsOf(rows, row).flatMap(y => tapsOf(columns, column).map(x =>
    `<g class="tap">${square(left + (x - columns.begin) * UNIT, top + (y - rows.begin) * UNIT)}</g>`)).join("");
}

function cropFrame(rows, columns, left, top) {
  const clamp = (view, at) => Number(max(BigInt(view.begin), min(BigInt(view.end), at)));
  const [y, bottom] = [clamp(rows, rows.keptBegin), clamp(rows, rows.keptEnd)];
  const [x, right] = [clamp(columns, columns.keptBegin), clamp(columns, columns.keptEnd)];
  return `<rect class="crop" x="${left + (x - columns.begin) * UNIT}" y="${top + (y - rows.begin) * UNIT}" width="${(right - x) * UNIT}" height="${(bottom - y) * UNIT}"/>`;
}

function captionOf(door, answered, stamped) {
  const [rows, columns] = windows(answered);
  const inputs = rows.inputs * columns.inputs;
  const drawn = axes.length > 2 ? `${axes.slice(-2).join(" and ")} are drawn; ${axes[0]} works in the same way. ` : "";
  const corner = rows.whole && columns.whole ? "" : "A corner is shown; the rest goes on alike. ";
  const circular = door.circular ? "What the crop cuts off comes back at the other end and is added there. " : "";
  const state = stamped === inputs
    ? "All inputs are stamped; struck out is what the crop cuts off, dashed what it appends."
    : `${stamped} of ${inputs} inputs are stamped.`;
  return `${drawn}${corner}Digits count the (input, tap) pairs that reach an element. ${state} ${circular}`.trim();
}

// The form.

const state = {
  door: settings.start.door,
  fields: Object.fromEntries(Object.keys(FIELDS).map(name =>
    [name, axes.map((_, place) => (settings.start.fields[name] || [])[place] ?? String(FIELDS[name].least))])),
  stamped: Infinity,
};

const option = (value, label, selected) => new Option(label, value, false, selected);

function fillChoices() {
  const door = doors[state.door];
  const own = doors.filter(other => other.dialect === door.dialect);
  const names = [...new Set(doors.map(other => other.dialect))];
  find("dialect").replaceChildren(...names.map(name => option(name, `${name} (${settings.titles[name]})`, name === door.dialect)));
  const ways = [...new Set(own.map(other => other.way))];
  find("way").replaceChildren(...ways.map(way => option(way, way, way === door.way)));
  for (const choice of find("given").options) {
    const given = choice.value === "true";
    choice.disabled = !own.some(other => other.way === door.way && other.given === given);
    choice.selected = given === door.given;
  }
}

function choose() {
  const wanted = { dialect: find("dialect").value, way: find("way").value, given: find("given").value === "true" };
  const likeness = door => (door.way === wanted.way ? 2 : 0) + (door.given === wanted.given ? 1 : 0);
  const own = doors.filter(door => door.dialect === wanted.dialect);
  state.door = doors.indexOf(own.reduce((best, door) => (likeness(door) > likeness(best) ? door : best)));
  fillChoices();
  fillFields();
  update();
}

function usedFields(door) {
  return ["n", "k", "s", "d", ...["begin", "end"].slice(0, door.sides), ...(door.given ? ["op"] : [])];
}

function labelOf(name, door) {
  return name === "begin" && door.sides === 2 ? "padding begin" : FIELDS[name].label;
}

function fillFields() {
  const door = doors[state.door];
  const table = document.createElement("table");
  const head = table.insertRow();
  head.append(document.createElement("td"), ...axes.map(axis => header(axis, "col")));
  for (const name of usedFields(door)) {
    const row = table.insertRow();
    row.append(header(labelOf(name, door), "row"));
    axes.forEach((axis, place) => row.insertCell().append(...controls(name, place, `${labelOf(name, door)}, ${axis}`)));
  }
  find("fields").replaceChildren(table);
  find("fields").className = "scroll";
}

function header(text, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

function controls(name, place, label) {
  const box = Object.assign(document.createElement("input"), { type: "text", inputMode: "numeric", id: `${name}-${place}`, value: state.fields[name][place], autocomplete: "off" });
  const slider = Object.assign(document.createElement("input"), { type: "range", id: `${name}-${place}-slider`, min: FIELDS[name].least, max: FIELDS[name].slides, value: state.fields[name][place] });
  box.setAttribute("aria-label", label);
  slider.setAttribute("aria-label", `${label}, slider`);
  const link = (from, to) => from.addEventListener("input", () => {
    state.fields[name][place] = to.value = from.value;
    update();
  });
  link(box, slider);
  link(slider, box);
  return [box, slider];
}

// Numbers of the fields that are asked for; null for what is none.
function numbersGiven(door) {
  const read = (name, text) => {
    if (!/^\d{1,19}$/.test(text.trim())) return null;
    const number = BigInt(text);
    return number < FIELDS[name].least || number > LARGEST ? null : number;
  };
  return Object.fromEntries(usedFields(door).map(name => [name, state.fields[name].map(text => read(name, text))]));
}

function invalid(door, fields) {
  let first = "";
  for (const name of usedFields(door))
    axes.forEach((axis, place) => {
      const wrong = fields[name][place] === null;
      find(`${name}-${place}`).setAttribute("aria-invalid", wrong);
      if (wrong && !first) first = `${labelOf(name, door)}, ${axis}: give a whole number from ${FIELDS[name].least} to ${LARGEST}.`;
    });
  return first;
}

function commandOf(door, fields) {
  const sized = name => fields[name].join("x");
  const padding = { 0: door.way, 1: door.sides && sized("begin"), 2: door.sides === 2 && fields.begin.map((begin, place) => `${begin}:${fields.end[place]}`).join(",") }[door.sides];
  const more = door.given ? ` --output-padding ${sized("op")}` : "";
  return `deconv shape --dialect ${door.dialect} --in ${sized("n")} -k ${sized("k")} -s ${sized("s")} -d ${sized("d")} --padding ${padding}${more}`;
}

// Everything that is said, at once.

function update() {
  const door = doors[state.door];
  const fields = numbersGiven(door);
  const wrong = invalid(door, fields);
  find("command").textContent = wrong ? "" : commandOf(door, fields);
  if (wrong) return say([["p", wrong]], true);
  const answered = answer(door, fields);
  if (answered.refusal) return say([["p", answered.refusal.message], ["p", `help: ${answered.refusal.help}`]], true);
  const list = of => answered.axes.map(of).join("x");
  say([
    ["p", `output ${list(({ v }) => v.out)}`, "size"],
    ["p", `full ${list(({ v }) => v.full)} before the crop; crop ${answered.axes.map(({ v }) => `${v.crop_begin}:${v.crop_end}`).join(",")} (begin:end)`],
    ...new Map(answered.notes.map(note => [note.code, ["p", `warning: ${note.message}`]])).values(),
  ], false);
  showPicture(door, answered);
  showSteps(door, answered);
  find("overlap").replaceChildren(...answered.axes.map(({ v }, place) => element("li", overlapText(axes[place], v))));
}

function element(tag, text, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

function say(parts, isRefused) {
  find("answer").className = isRefused ? "refused" : "";
  find("answer").replaceChildren(...parts.map(part => element(...part)));
  for (const section of document.querySelectorAll(".answered")) section.hidden = isRefused;
}

function showPicture(door, answered) {
  const [rows, columns] = windows(answered);
  const inputs = rows.inputs * columns.inputs;
  const stamped = Math.min(state.stamped, inputs);
  Object.assign(find("stamped"), { max: inputs, value: stamped });
  find("stamped-of").textContent = `${stamped} of ${inputs}`;
  find("picture").innerHTML = drawing(answered, stamped);
  find("caption").textContent = captionOf(door, answered, stamped);
}

function showSteps(door, answered) {
  const steps = arithmetics[door.arithmetic].filter(entry => entry.step);
  find("steps").replaceChildren(...answered.axes.map(({ v }, place) => {
    const table = document.createElement("table");
    table.append(element("caption", axes[place]));
    const head = table.insertRow();
    head.append(...["step", "formula", "with numbers", "result", "what it is"].map(text => header(text, "col")));
    for (const step of steps) {
      const row = table.insertRow();
      row.append(header(step.step, "row"));
      for (const text of [step.formula, step.put(v), shown(v[step.step])]) row.insertCell().append(element("code", text));
      row.append(element("td", step.meaning, "muted"));
    }
    const scroll = element("div", "", "scroll");
    scroll.append(table);
    return scroll;
  }));
}

for (const id of ["dialect", "way", "given"]) find(id).addEventListener("change", choose);
find("layer").addEventListener("submit", event => event.preventDefault());
find("stamped").addEventListener("input", () => {
  const { value, max: last } = find("stamped");
  state.stamped = value === last ? Infinity : Number(value);
  update();
});
find("left-out").textContent = `Left out are dialects that are told their output size or do not take all of these fields, and ways in which one axis depends on another: ${settings.leftOut.join("; ")}. What implementations were seen to do beyond the rule, the command line says.`;
fillChoices();
fillFields();
update();
