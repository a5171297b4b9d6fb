// The form: the choices above, and the fields that the chosen variant takes.

// Sliders end early; larger numbers are typed.
const FIELDS = {
  n: { label: "input n", min: 1n, sliderMax: 16 },
  k: { label: "kernel k", min: 1n, sliderMax: 9 },
  s: { label: "stride s", min: 1n, sliderMax: 6 },
  d: { label: "dilation d", min: 1n, sliderMax: 4 },
  begin: { label: "padding", min: 0n, sliderMax: 8 },
  end: { label: "padding end", min: 0n, sliderMax: 8 },
  op: { label: "output_padding", min: 0n, sliderMax: 5 },
};
const MAX_FIELD = BigInt(settings.maxField);

// Fields are kept as typed, and also those that the chosen variant does not take: whoever goes back
// to another variant finds them again.
const state = {
  variant: settings.start.variant,
  fields: Object.fromEntries(Object.keys(FIELDS).map(name =>
    [name, axes.map((_, place) => (settings.start.fields[name] || [])[place] ?? String(FIELDS[name].min))])),
  stamped: Infinity,
};

const makeOption = (value, label, isSelected) => new Option(label, value, false, isSelected);

function fillChoices() {
  const variant = variants[state.variant];
  const own = variants.filter(other => other.dialect === variant.dialect);
  const names = [...new Set(variants.map(other => other.dialect))];
  find("dialect").replaceChildren(...names.map(name => makeOption(name, `${name} (${settings.titles[name]})`, name === variant.dialect)));
  const styles = [...new Set(own.map(other => other.padding))];
  find("padding").replaceChildren(...styles.map(style => makeOption(style, style, style === variant.padding)));
  for (const choice of find("output-padding").options) {
    const isGiven = choice.value === "given";
    choice.disabled = !own.some(other => other.padding === variant.padding && other.hasOutputPadding === isGiven);
    choice.selected = isGiven === variant.hasOutputPadding;
  }
}

// A dialect need not have the chosen combination: take its most similar one.
function choose() {
  const dialect = find("dialect").value;
  const padding = find("padding").value;
  const isGiven = find("output-padding").value === "given";
  const likeness = variant => (variant.padding === padding ? 2 : 0) + (variant.hasOutputPadding === isGiven ? 1 : 0);
  const own = variants.filter(variant => variant.dialect === dialect);
  state.variant = variants.indexOf(own.reduce((best, variant) => (likeness(variant) > likeness(best) ? variant : best)));
  fillChoices();
  fillFields();
  update();
}

function fieldNames(variant) {
  return ["n", "k", "s", "d", ...["begin", "end"].slice(0, variant.sides), ...(variant.hasOutputPadding ? ["op"] : [])];
}

function labelOf(name, variant) {
  return name === "begin" && variant.sides === 2 ? "padding begin" : FIELDS[name].label;
}

function fillFields() {
  const variant = variants[state.variant];
  const table = document.createElement("table");
  const head = table.insertRow();
  head.append(document.createElement("td"), ...axes.map(axis => makeHeader(axis, "col")));
  for (const name of fieldNames(variant)) {
    const row = table.insertRow();
    row.append(makeHeader(labelOf(name, variant), "row"));
    axes.forEach((axis, place) => row.insertCell().append(...makeControls(name, place, `${labelOf(name, variant)}, ${axis}`)));
  }
  find("fields").replaceChildren(table);
  find("fields").className = "scroll";
}

function makeHeader(text, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

// A text box, since <input type=number> rounds numbers above 2^53 and hides text that is no number.
function makeControls(name, place, label) {
  const box = Object.assign(document.createElement("input"), { type: "text", inputMode: "numeric", id: `${name}-${place}`, value: state.fields[name][place], autocomplete: "off" });
  const slider = Object.assign(document.createElement("input"), { type: "range", id: `${name}-${place}-slider`, min: FIELDS[name].min, max: FIELDS[name].sliderMax, value: state.fields[name][place] });
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
