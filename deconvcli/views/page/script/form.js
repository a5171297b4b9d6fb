// The form: what can be chosen, and what stands in its fields.

const FIELDS = {
  n: { label: "input n", least: 1n, slides: 16 },
  k: { label: "kernel k", least: 1n, slides: 9 },
  s: { label: "stride s", least: 1n, slides: 6 },
  d: { label: "dilation d", least: 1n, slides: 4 },
  begin: { label: "padding", least: 0n, slides: 8 },
  end: { label: "padding end", least: 0n, slides: 8 },
  op: { label: "output_padding", least: 0n, slides: 5 },
};
const LARGEST = BigInt(settings.largest);

const state = {
  door: settings.start.door,
  fields: Object.fromEntries(Object.keys(FIELDS).map(name =>
    [name, axes.map((_, place) => (settings.start.fields[name] || [])[place] ?? String(FIELDS[name].least))])),
  stamped: Infinity,
};

const option = (value, label, selected) => new Option(label, value, false, selected);

function fillChoices() {
  const door = doors[state.door];
  const own = doors.filter(other => other.dialect === door.dialect);
  const names = [...new Set(doors.map(other => other.dialect))];
  find("dialect").replaceChildren(...names.map(name => option(name, `${name} (${settings.titles[name]})`, name === door.dialect)));
  const ways = [...new Set(own.map(other => other.way))];
  find("way").replaceChildren(...ways.map(way => option(way, way, way === door.way)));
  for (const choice of find("given").options) {
    const given = choice.value === "true";
    choice.disabled = !own.some(other => other.way === door.way && other.given === given);
    choice.selected = given === door.given;
  }
}

function choose() {
  const wanted = { dialect: find("dialect").value, way: find("way").value, given: find("given").value === "true" };
  const likeness = door => (door.way === wanted.way ? 2 : 0) + (door.given === wanted.given ? 1 : 0);
  const own = doors.filter(door => door.dialect === wanted.dialect);
  state.door = doors.indexOf(own.reduce((best, door) => (likeness(door) > likeness(best) ? door : best)));
  fillChoices();
  fillFields();
  update();
}

function usedFields(door) {
  return ["n", "k", "s", "d", ...["begin", "end"].slice(0, door.sides), ...(door.given ? ["op"] : [])];
}

function labelOf(name, door) {
  return name === "begin" && door.sides === 2 ? "padding begin" : FIELDS[name].label;
}

function fillFields() {
  const door = doors[state.door];
  const table = document.createElement("table");
  const head = table.insertRow();
  head.append(document.createElement("td"), ...axes.map(axis => header(axis, "col")));
  for (const name of usedFields(door)) {
    const row = table.insertRow();
    row.append(header(labelOf(name, door), "row"));
    axes.forEach((axis, place) => row.insertCell().append(...controls(name, place, `${labelOf(name, door)}, ${axis}`)));
  }
  find("fields").replaceChildren(table);
  find("fields").className = "scroll";
}

function header(text, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

function controls(name, place, label) {
  const box = Object.assign(document.createElement("input"), { type: "text", inputMode: "numeric", id: `${name}-${place}`, value: state.fields[name][place], autocomplete: "off" });
  const slider = Object.assign(document.createElement("input"), { type: "range", id: `${name}-${place}-slider`, min: FIELDS[name].least, max: FIELDS[name].slides, value: state.fields[name][place] });
  box.setAttribute("aria-label", label);
  slider.setAttribute("aria-label", `${label}, slider`);
  const link = (from, to) => from.addEventListener("input", () => {
    state.fields[name][place] = to.value = from.value;
    update();
  });
  link(box, slider);
  link(slider, box);
  return [box, slider];
}
