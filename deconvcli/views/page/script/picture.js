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
