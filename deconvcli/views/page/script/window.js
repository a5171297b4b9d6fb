// The part of an axis that is drawn: the same start of it as in the program's pictures.

function chooseWindow(v, cells) {
  const keptBegin = v.crop_begin;
  const keptEnd = max(keptBegin, v.full - v.crop_end);
  const begin = max(min(0n, keptBegin), -BigInt(Math.floor(cells / 4)));
  const end = min(max(v.full, keptEnd), begin + BigInt(cells));
  const inputs = max(1n, min(v.n, -floorDivide(-end, v.s)));
  return {
    begin: Number(begin), end: Number(end), inputs: Number(inputs), v, keptBegin, keptEnd,
    isWhole: begin <= min(0n, keptBegin) && max(v.full, keptEnd) <= end,
  };
}

// The rows of a 1-D layer: one input that becomes one element.
const SINGLE_ROW = { n: 1n, k: 1n, s: 1n, d: 1n, crop_begin: 0n, crop_end: 0n, full: 1n };

function chooseWindows(answered) {
  const all = answered.axes.map(({ v }) => chooseWindow(v, settings.cells));
  return [chooseWindow(SINGLE_ROW, 1), ...all].slice(-2);
}

// The drawn elements that one input reaches.
function reachedElements(view, input) {
  const found = [];
  const end = BigInt(view.end);
  for (let tap = 0n, at = BigInt(input) * view.v.s; tap < view.v.k && at < end; tap++, at += view.v.d)
    found.push(Number(at));
  return found;
}

function countPairs(rows, columns, stamped) {
  const counts = new Map();
  for (let input = 0; input < stamped; input++)
    for (const y of reachedElements(rows, Math.floor(input / columns.inputs)))
      for (const x of reachedElements(columns, input % columns.inputs))
        counts.set(`${y},${x}`, (counts.get(`${y},${x}`) || 0) + 1);
  return counts;
}
