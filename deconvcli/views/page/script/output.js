// All output of the page, made again after every change.

function update() {
  const variant = variants[state.variant];
  const fields = readNumbers(variant);
  const mistake = validate(variant, fields);
  find("command").textContent = mistake ? "" : writeCommand(variant, fields);
  if (mistake) return showAnswer([["p", mistake]], true);
  const answered = computeAnswer(variant, fields);
  if (answered.refusal) return showAnswer([["p", answered.refusal.message], ["p", `help: ${answered.refusal.help}`]], true);
  const list = of => answered.axes.map(of).join("x");
  showAnswer([
    ["p", `output ${list(({ v }) => v.out)}`, "size"],
    ["p", `full ${list(({ v }) => v.full)} before the crop; crop ${answered.axes.map(({ v }) => `${v.crop_begin}:${v.crop_end}`).join(",")} (begin:end)`],
    ...describeReversal(variant, fields),
    // A Map keeps one note per code: axes would repeat it.
    ...new Map(answered.notes.map(note => [note.code, ["p", `warning: ${note.message}`]])).values(),
  ], false);
  showPicture(variant, answered);
  showSteps(variant, answered);
  find("overlap").replaceChildren(...answered.axes.map(({ v }, place) => makeElement("li", describeOverlap(axes[place], v))));
}

// Weights belong to the layer that the page opened with.
function describeReversal(variant, fields) {
  const { dialect, flipped } = settings.start;
  if (variant.flipped === flipped || fields.k.every(kernel => kernel === 1n)) return [];
  return [["p", `with the taps reversed: the weights of ${dialect} need the opposite order here`]];
}

function makeElement(tag, text, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

function showAnswer(parts, isRefused) {
  find("answer").className = isRefused ? "refused" : "";
  find("answer").replaceChildren(...parts.map(part => makeElement(...part)));
  for (const section of document.querySelectorAll(".answered")) section.hidden = isRefused;
}

function showPicture(variant, answered) {
  const [rows, columns] = chooseWindows(answered);
  const inputs = rows.inputs * columns.inputs;
  const stamped = Math.min(state.stamped, inputs);
  Object.assign(find("stamped"), { max: inputs, value: stamped });
  find("stamped-of").textContent = `${stamped} of ${inputs}`;
  // Only numbers are put into this markup.
  find("picture").innerHTML = drawPicture(answered, stamped);
  find("caption").textContent = writeCaption(variant, answered, stamped);
}

function showSteps(variant, answered) {
  const steps = arithmetics[variant.arithmetic].filter(entry => entry.step);
  find("steps").replaceChildren(...answered.axes.map(({ v }, place) => {
    const table = document.createElement("table");
    table.append(makeElement("caption", axes[place]));
    const head = table.insertRow();
    head.append(...["step", "formula", "with numbers", "result", "meaning"].map(text => makeHeader(text, "col")));
    for (const step of steps) {
      const row = table.insertRow();
      row.append(makeHeader(step.step, "row"));
      for (const text of [step.formula, step.substitute(v), format(v[step.step])]) row.insertCell().append(makeElement("code", text));
      row.append(makeElement("td", step.meaning, "muted"));
    }
    const scroll = makeElement("div", "", "scroll");
    scroll.append(table);
    return scroll;
  }));
}
