// The answer to the numbers of the form: sizes and crops, or a refusal, as the program gives it.

function computeAnswer(variant, fields) {
  const allAxes = { s: fields.s, d: fields.d };
  const broken = variant.together.find(limit => !limit.holds(allAxes));
  if (broken) return refuse(variant.base, broken, allAxes);
  const answered = [];
  for (const [place, axis] of axes.entries()) {
    const name = axes.length > 1 ? `${variant.dialect}: ${axis}` : variant.dialect;
    const computed = computeAxis(variant, axisNumbers(variant, fields, place), name);
    if (computed.refusal) return computed;
    answered.push(computed);
  }
  const largest = BigInt(settings.maxSizes[variant.dialect]);
  const tooLarge = answered.find(axis => axis.v.out > largest);
  if (tooLarge) return refuseSize(variant.base, tooLarge.v.out, largest);
  return { axes: answered, notes: answered.flatMap(axis => axis.notes) };
}

const refuseSize = (name, size, largest) => ({
  refusal: {
    code: "too-large",
    message: `${name}: the output would have size ${size}; the largest size is ${largest}`,
    help: "use a smaller input, stride or kernel.",
  },
});

// A name of the arithmetic is bound to a field, given by its name, or to a constant.
function axisNumbers(variant, fields, place) {
  const bindings = Object.entries(variant.numbers);
  return Object.fromEntries(
    bindings.map(([name, bound]) => [name, typeof bound === "string" ? fields[bound][place] : bound]));
}

function computeAxis(variant, v, name) {
  const broken = [];
  for (const entry of arithmetics[variant.arithmetic]) {
    if (entry.step) v[entry.step] = entry.compute(v);
    else if (entry.holds(v)) continue;
    else if (entry.refuses) return refuse(name, entry, v);
    else broken.push(entry);
  }
  return { v, notes: broken.map(limit => ({ code: limit.code, message: tidyRanges(limit.message(v)) })) };
}

const refuse = (name, limit, v) =>
  ({ refusal: { code: limit.code, message: `${name}: ${tidyRanges(limit.message(v))}`, help: tidyRanges(limit.help(v)) } });
