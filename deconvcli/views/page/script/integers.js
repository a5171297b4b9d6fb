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
