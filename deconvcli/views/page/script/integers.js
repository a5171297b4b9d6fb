// Python's integer arithmetic. Sizes go up to 2^63 - 1, which Number cannot hold exactly, so all
// formulas run on BigInt; it rounds divisions toward zero, Python rounds them down.
const floorDivide = (a, b) => a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
const modulo = (a, b) => a - b * floorDivide(a, b);
// Math.min and Math.max throw on BigInt.
const min = (...values) => values.flat().reduce((a, b) => (b < a ? b : a));
const max = (...values) => values.flat().reduce((a, b) => (b > a ? b : a));
const count = values => BigInt(values.length);
// Messages show values as Python prints them.
const format = value =>
  Array.isArray(value) ? `[${value.join(", ")}]`
  : typeof value === "boolean" ? (value ? "True" : "False")
  : String(value);
// A range of one number is that number, as in the texts of the command line.
const tidyRanges = text =>
  text.replace(/\boutside (-?\d+) to \1(?!\w|\.\d)/g, "not $1")
    .replace(/(?:\bfrom )?(?<![\w.-])(-?\d+) to \1(?!\w|\.\d)/g, "$1")
    .replace(/(?<![\w.-])0 or less\b/g, "0");
const parenthesize = value => /^[0-9A-Za-z]+$/.test(format(value)) ? format(value) : `(${format(value)})`;
