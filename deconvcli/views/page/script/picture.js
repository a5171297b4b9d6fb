// The picture: the inputs, and the full scatter with the stamped kernel or the crop.

const CELL_SIDE = 32;

function drawPicture(answered, stamped) {
  const [rows, columns] = chooseWindows(answered);
  const isFlat = axes.length === 1;
  const isFinished = stamped === rows.inputs * columns.inputs;
  const left = isFlat ? 2 : columns.inputs * CELL_SIDE + 48;
  const top = isFlat ? CELL_SIDE + 68 : 28;
  const width = Math.max(left + (columns.end - columns.begin) * CELL_SIDE, columns.inputs * CELL_SIDE) + 4;
  const height = Math.max(top + (rows.end - rows.begin) * CELL_SIDE, 28 + rows.inputs * CELL_SIDE) + 4;
  const parts = [
    `<text x="2" y="18">input</text>`,
    `<text x="${left}" y="${top - 10}">full scatter${isFinished ? ", cropped" : ""}</text>`,
    ...drawInputs(rows, columns, stamped, isFinished),
    ...drawOutputs(rows, columns, stamped, isFinished, left, top),
    isFinished ? drawCrop(rows, columns, left, top) : drawStamp(rows, columns, stamped, left, top),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="caption" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join("")}</svg>`;
}

const drawSquare = (x, y) => `<rect x="${x}" y="${y}" width="${CELL_SIDE}" height="${CELL_SIDE}"/>`;

function drawInputs(rows, columns, stamped, isFinished) {
  const cells = [];
  for (let input = 0; input < rows.inputs * columns.inputs; input++) {
    const [y, x] = [Math.floor(input / columns.inputs), input % columns.inputs];
    const isLit = input === stamped - 1 && !isFinished;
    cells.push([isLit, `<g class="cell ${isLit ? "lit" : "input"}">${drawSquare(2 + x * CELL_SIDE, 28 + y * CELL_SIDE)}</g>`]);
  }
  // SVG has no z-index: the highlighted cell comes last, so that no neighbour covers its border.
  return cells.sort(([a], [b]) => a - b).map(([, cell]) => cell);
}

function drawOutputs(rows, columns, stamped, isFinished, left, top) {
  const counts = countPairs(rows, columns, stamped);
  const most = Math.max(1, ...countPairs(rows, columns, rows.inputs * columns.inputs).values());
  const cells = [];
  for (let y = rows.begin; y < rows.end; y++)
    for (let x = columns.begin; x < columns.end; x++) {
      const kind = kindOf(rows, columns, y, x, isFinished);
      if (kind === "outside") continue;
      const pairs = counts.get(`${y},${x}`) || 0;
      const level = kind === "kept" && pairs ? ` level${Math.round(settings.levels * pairs / most)}` : "";
      const [at, down] = [left + (x - columns.begin) * CELL_SIDE, top + (y - rows.begin) * CELL_SIDE];
      const slash = kind === "cut" ? `<path class="slash" d="M${at} ${down + CELL_SIDE}l${CELL_SIDE} ${-CELL_SIDE}"/>` : "";
      const digits = pairs || isFinished ? `<text x="${at + CELL_SIDE / 2}" y="${down + 21}">${pairs}</text>` : "";
      cells.push(`<g class="cell ${kind}${level}">${drawSquare(at, down)}${slash}${digits}</g>`);
    }
  return cells;
}

function kindOf(rows, columns, y, x, isFinished) {
  // Comparisons mix Number and BigInt exactly; arithmetic on the two would throw.
  const isInside = (view, at) => 0 <= at && at < view.v.full;
  const isKeptAlong = (view, at) => view.keptBegin <= at && at < view.keptEnd;
  const isKept = isKeptAlong(rows, y) && isKeptAlong(columns, x);
  if (!(isInside(rows, y) && isInside(columns, x))) return isFinished && isKept ? "added" : "outside";
  return isFinished && !isKept ? "cut" : "kept";
}

function drawStamp(rows, columns, stamped, left, top) {
  if (!stamped) return "";
  const [row, column] = [Math.floor((stamped - 1) / columns.inputs), (stamped - 1) % columns.inputs];
  return reachedElements(rows, row).flatMap(y => reachedElements(columns, column).map(x =>
    `<g class="tap">${drawSquare(left + (x - columns.begin) * CELL_SIDE, top + (y - rows.begin) * CELL_SIDE)}</g>`)).join("");
}

function drawCrop(rows, columns, left, top) {
  // The crop may end far outside the drawn part, at a number too large for a coordinate.
  const clamp = (view, at) => Number(max(BigInt(view.begin), min(BigInt(view.end), at)));
  const [y, bottom] = [clamp(rows, rows.keptBegin), clamp(rows, rows.keptEnd)];
  const [x, right] = [clamp(columns, columns.keptBegin), clamp(columns, columns.keptEnd)];
  return `<rect class="crop" x="${left + (x - columns.begin) * CELL_SIDE}" y="${top + (y - rows.begin) * CELL_SIDE}" width="${(right - x) * CELL_SIDE}" height="${(bottom - y) * CELL_SIDE}"/>`;
}

function writeCaption(variant, answered, stamped) {
  const [rows, columns] = chooseWindows(answered);
  const inputs = rows.inputs * columns.inputs;
  const sentences = [
    axes.length > 2 && `Only ${axes.slice(-2).join(" and ")} are drawn; ${axes[0]} works in the same way.`,
    !(rows.isWhole && columns.isWhole) && "Only the first part is drawn; the pattern continues.",
    "Numbers count the (input, tap) pairs that reach an element.",
    stamped === inputs
      ? "All inputs are stamped. Elements that the crop cuts off are struck through; elements that it appends are dashed."
      : `${stamped} of ${inputs} inputs are stamped.`,
    variant.isCircular && "Elements that the crop cuts off wrap around and are added at the other end.",
  ];
  return sentences.filter(Boolean).join(" ");
}
