// How many pairs reach an element, far from both ends.

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

function interior(v) {
  const distinct = v.s / gcd(v.s, v.d);
  const period = v.k % distinct === 0n ? v.s / distinct : v.s;
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
  if (least === most) return `${name}: even, ${most} in every element away from the edges.`;
  const even = evenKernels(v);
  const cure = even.length ? `kernel ${even.join(" or ")} is even.` : "no kernel is even: dilation and stride share a factor.";
  const gaps = least === 0 ? " Elements with 0 are gaps, which only the bias fills;" : "";
  return `${name}: uneven, ${counts.join(", ")} again and again away from the edges, most to least ${most}:${least};${gaps} ${cure}`;
}
