// The contents of the fields: their numbers, the first mistake in them, and the same command.

// The numbers of the variant's fields; null for each that is not a number in range.
function readNumbers(variant) {
  const read = (name, text) => {
    // BigInt itself would also take an empty text as 0, and 0x10.
    if (!/^\d{1,19}$/.test(text.trim())) return null;
    const number = BigInt(text);
    return number < FIELDS[name].min || number > MAX_FIELD ? null : number;
  };
  return Object.fromEntries(fieldNames(variant).map(name => [name, state.fields[name].map(text => read(name, text))]));
}

// Marks the fields with mistakes; returns a sentence about the first one, or "".
function validate(variant, fields) {
  let message = "";
  for (const name of fieldNames(variant))
    axes.forEach((axis, place) => {
      const isInvalid = fields[name][place] === null;
      find(`${name}-${place}`).setAttribute("aria-invalid", isInvalid);
      if (isInvalid && !message) message = `${labelOf(name, variant)}, ${axis}: give a whole number from ${FIELDS[name].min} to ${MAX_FIELD}.`;
    });
  return message;
}

function writeCommand(variant, fields) {
  const sizes = name => fields[name].join("x");
  const padding = { 0: variant.padding, 1: variant.sides && sizes("begin"), 2: variant.sides === 2 && fields.begin.map((begin, place) => `${begin}:${fields.end[place]}`).join(",") }[variant.sides];
  const more = variant.hasOutputPadding ? ` --output-padding ${sizes("op")}` : "";
  return `deconv shape --dialect ${variant.dialect} --in ${sizes("n")} -k ${sizes("k")} -s ${sizes("s")} -d ${sizes("d")} --padding ${padding}${more}`;
}
