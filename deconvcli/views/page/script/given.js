// What was given: numbers, what is wrong with them, and the command that says the same.

// Numbers of the fields that are asked for; null for what is none.
function numbersGiven(door) {
  const read = (name, text) => {
    if (!/^\d{1,19}$/.test(text.trim())) return null;
    const number = BigInt(text);
    return number < FIELDS[name].least || number > LARGEST ? null : number;
  };
  return Object.fromEntries(usedFields(door).map(name => [name, state.fields[name].map(text => read(name, text))]));
}

function invalid(door, fields) {
  let first = "";
  for (const name of usedFields(door))
    axes.forEach((axis, place) => {
      const wrong = fields[name][place] === null;
      find(`${name}-${place}`).setAttribute("aria-invalid", wrong);
      if (wrong && !first) first = `${labelOf(name, door)}, ${axis}: give a whole number from ${FIELDS[name].least} to ${LARGEST}.`;
    });
  return first;
}

function commandOf(door, fields) {
  const sized = name => fields[name].join("x");
  const padding = { 0: door.way, 1: door.sides && sized("begin"), 2: door.sides === 2 && fields.begin.map((begin, place) => `${begin}:${fields.end[place]}`).join(",") }[door.sides];
  const more = door.given ? ` --output-padding ${sized("op")}` : "";
  return `deconv shape --dialect ${door.dialect} --in ${sized("n")} -k ${sized("k")} -s ${sized("s")} -d ${sized("d")} --padding ${padding}${more}`;
}
