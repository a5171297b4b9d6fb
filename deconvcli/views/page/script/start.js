// The first answer, and who asks for the next.

for (const id of ["dialect", "way", "given"]) find(id).addEventListener("change", choose);
find("layer").addEventListener("submit", event => event.preventDefault());
find("stamped").addEventListener("input", () => {
  const { value, max: last } = find("stamped");
  state.stamped = value === last ? Infinity : Number(value);
  update();
});
find("left-out").textContent = `Left out are dialects that are told their output size or do not take all of these fields, and ways in which one axis depends on another: ${settings.leftOut.join("; ")}. What implementations were seen to do beyond the rule, the command line says.`;
fillChoices();
fillFields();
update();
