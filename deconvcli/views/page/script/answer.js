// What the program answers.

function answer(door, fields) {
  const whole = { s: fields.s, d: fields.d };
  const broken = door.together.find(limit => !limit.holds(whole));
  if (broken) return refused(door.base, broken, whole);
  const answered = [];
  for (const [place, axis] of axes.entries()) {
    const name = axes.length > 1 ? `${door.dialect}: ${axis}` : door.dialect;
    const computed = onAxis(door, numbersOf(door, fields, place), name);
    if (computed.refusal) return computed;
    answered.push(computed);
  }
  return { axes: answered, notes: answered.flatMap(axis => axis.notes) };
}

function numbersOf(door, fields, place) {
  const given = Object.entries(door.numbers);
  return Object.fromEntries(
    given.map(([name, held]) => [name, typeof held === "string" ? fields[held][place] : held]));
}

function onAxis(door, v, name) {
  const broken = [];
  for (const entry of arithmetics[door.arithmetic]) {
    if (entry.step) v[entry.step] = entry.of(v);
    else if (entry.holds(v)) continue;
    else if (entry.refuses) return refused(name, entry, v);
    else broken.push(entry);
  }
  return { v, notes: broken.map(limit => ({ code: limit.code, message: limit.message(v) })) };
}

const refused = (name, limit, v) =>
  ({ refusal: { code: limit.code, message: `${name}: ${limit.message(v)}`, help: limit.help(v) } });
