/* The figures of the whole model, its notes and its budgets. */
function showTotals(model) {
  const { params, trainable, non_trainable, optimizer, bytes, macs, layers } = model.totals;
  const why = model.notes.join(" ") || "not all of it is known";
  const figures = [
    ["Parameters", amount(params, null, why), null],
    ["Trainable", amount(trainable, null, why), null],
    ["Non-trainable", amount(non_trainable, null, why), null],
    ["Weights", bytes === null ? amount(null, null, why) : size(bytes), bytes === null ? null : [number(bytes), " bytes"]],
    ["MACs", amount(macs.value, macs.per_step, why), "for one sample"],
    ["Layers", number(layers), null],
  ];
  if (optimizer !== null) figures.push(["Optimizer", number(optimizer), "variables beside the parameters"]);
  byId("totals").replaceChildren(el("dl", { class: "figures" }, figures.map(([term, value, more]) =>
    el("div", null, el("dt", null, term), el("dd", null, value), more ? el("dd", { class: "quiet" }, more) : null))));
}

function showNotes(model) {
  const unknown = new Map();
  for (const layer of model.layers) if (layer.reason) unknown.set(layer.reason, [...(unknown.get(layer.reason) || []), layer.name]);
  const notes = [...model.notes];
  for (const [reason, names] of unknown) {
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    notes.push(`${names.slice(0, 5).join(", ")}${more}: ${reason}.`);
  }
  byId("notes").hidden = !notes.length;
  byId("notes-list").replaceChildren(...notes.map((note) => el("li", null, prose(note))));
}

function showBudgets(model) {
  const checks = model.budgets;
  byId("budgets").hidden = checks === null;
  if (checks === null) return;
  byId("budgets-list").replaceChildren(
    ...checks.map(({ rule, passed, text: said, details }) =>
      el("li", { class: passed ? "passed" : "failed" },
        el("strong", null, passed ? "✓ within" : "✗ over"), " ", el("code", null, rule), " ", prose(said),
        details.map((detail) => el("div", { class: "quiet" }, prose(detail))))),
    ...model.budget_notes.map((note) => el("li", { class: "quiet" }, prose(note))),
  );
}
