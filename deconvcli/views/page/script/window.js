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
