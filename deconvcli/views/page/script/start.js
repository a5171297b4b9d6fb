// The first answer, and the events that lead to the next ones.

for (const id of ["dialect", "padding", "output-padding"]) find(id).addEventListener("change", choose);
find("layer").addEventListener("submit", event => event.preventDefault());
find("stamped").addEventListener("input", () => {
  const { value, max: last } = find("stamped");
  // All inputs stay all inputs when another layer has more of them.
  state.stamped = value === last ? Infinity : Number(value);
  update();
});
find("left-out").textContent = `Not on this page, because the dialect takes an output size, lacks one of these fields, or makes one axis depend on another: ${settings.leftOut.join("; ")}. The command line answers for them, and also reports where an implementation is known to deviate.`;
fillChoices();
fillFields();
update();
