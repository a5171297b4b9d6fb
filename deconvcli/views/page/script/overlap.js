// The number of (input, tap) pairs that reach an element far from both ends of an axis.

const MAX_COUNTED_TAPS = 10000n;
const gcd = (a, b) => (b ? gcd(b, a % b) : a);

// One period of counts; null if counting would make the page hang.
function interiorCounts(v) {
  const distinct = v.s / gcd(v.s, v.d);
  const period = v.k % distinct === 0n ? v.s / distinct : v.s;
  if (period * v.k > MAX_COUNTED_TAPS) return null;
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

function describeOverlap(name, v) {
  const counts = interiorCounts(v);
  if (!counts) return `${name}: the overlap is too large to count here.`;
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const pairs = `${most} ${most === 1 ? "pair reaches" : "pairs reach"}`;
  if (least === most) return `${name}: even, ${pairs} every element away from the edges.`;
  const even = evenKernels(v);
  const cure = even.length
    ? `A kernel of ${even.join(" or ")} makes it even.`
    : "No kernel makes it even, because stride and dilation share a factor.";
  const gaps = least === 0 ? " Elements with 0 pairs hold only the bias." : "";
  return `${name}: uneven; away from the edges the counts ${counts.join(", ")} repeat.${gaps} ${cure}`;
}
