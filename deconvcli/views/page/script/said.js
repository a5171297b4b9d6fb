// Everything that is said, at once.

function update() {
  const door = doors[state.door];
  const fields = numbersGiven(door);
  const wrong = invalid(door, fields);
  find("command").textContent = wrong ? "" : commandOf(door, fields);
  if (wrong) return say([["p", wrong]], true);
  const answered = answer(door, fields);
  if (answered.refusal) return say([["p", answered.refusal.message], ["p", `help: ${answered.refusal.help}`]], true);
  const list = of => answered.axes.map(of).join("x");
  say([
    ["p", `output ${list(({ v }) => v.out)}`, "size"],
    ["p", `full ${list(({ v }) => v.full)} before the crop; crop ${answered.axes.map(({ v }) => `${v.crop_begin}:${v.crop_end}`).join(",")} (begin:end)`],
    ...new Map(answered.notes.map(note => [note.code, ["p", `warning: ${note.message}`]])).values(),
  ], false);
  showPicture(door, answered);
  showSteps(door, answered);
  find("overlap").replaceChildren(...answered.axes.map(({ v }, place) => element("li", overlapText(axes[place], v))));
}

function element(tag, text, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

function say(parts, isRefused) {
  find("answer").className = isRefused ? "refused" : "";
  find("answer").replaceChildren(...parts.map(part => element(...part)));
  for (const section of document.querySelectorAll(".answered")) section.hidden = isRefused;
}

function showPicture(door, answered) {
  const [rows, columns] = windows(answered);
  const inputs = rows.inputs * columns.inputs;
  const stamped = Math.min(state.stamped, inputs);
  Object.assign(find("stamped"), { max: inputs, value: stamped });
  find("stamped-of").textContent = `${stamped} of ${inputs}`;
  find("picture").innerHTML = drawing(answered, stamped);
  find("caption").textContent = captionOf(door, answered, stamped);
}

function showSteps(door, answered) {
  const steps = arithmetics[door.arithmetic].filter(entry => entry.step);
  find("steps").replaceChildren(...answered.axes.map(({ v }, place) => {
    const table = document.createElement("table");
    table.append(element("caption", axes[place]));
    const head = table.insertRow();
    head.append(...["step", "formula", "with numbers", "result", "what it is"].map(text => header(text, "col")));
    for (const step of steps) {
      const row = table.insertRow();
      row.append(header(step.step, "row"));
      for (const text of [step.formula, step.put(v), shown(v[step.step])]) row.insertCell().append(element("code", text));
      row.append(element("td", step.meaning, "muted"));
    }
    const scroll = element("div", "", "scroll");
    scroll.append(table);
    return scroll;
  }));
}
