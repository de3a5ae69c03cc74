/* Rows come as arrays, for they are many. */
function layersOf({ columns, rows }) {
  const path = [];
  return rows.map((row, index) => {
    const layer = { index };
    columns.forEach((key, i) => { layer[key] = row[i]; });
    layer.reads = layer.connected_to.map((one) => one.replace(/\[0\]\[0\]$/, "")).join(", ");
    layer.colour = `kind-${layer.kind}`;
    layer.text = `${layer.name} ${layer.class_name} ${layer.output_shape}`.toLowerCase();
    layer.share = layer.params;
    path.splice(layer.depth, Infinity, layer.name);
    layer.path = path.join("/");
    return layer;
  });
}

function start() {
  for (const model of data.models) model.layers = layersOf(model);
  const details = new Details();
  const open = (layer, model) => details.open(layer, model);
  const table = new LayersTable(open);
  const showAll = (key) => {
    table.sort(COLUMNS.find((column) => column.key === key), false);
    byId("layers").scrollIntoView();
    byId("layers").focus();
  };
  const parts = [
    details, table, new Graph(data.models, open), new Treemap("params", "parameters", open, showAll), new Treemap("macs", "MACs", open, showAll), new MemoryByBatch(),
  ];

  function use(model) {
    byId("name").textContent = model.name;
    byId("source").textContent = `${model.source} · ${model.class_name}`;
    showTotals(model);
    showNotes(model);
    showBudgets(model);
    for (const one of parts) one.use(model, data.batch);
  }

  byId("comparison").hidden = data.models.length === 1;
  if (data.models.length > 1) new Comparison(data.models, data.changes, open);
  const chosen = byId("model");
  chosen.append(...data.models.map((model, i) => el("option", { value: i }, model.source)));
  chosen.addEventListener("change", () => use(data.models[chosen.value]));
  byId("model-choice").hidden = data.models.length === 1;
  chosen.value = String(data.models.length - 1);
  const theme = byId("theme");
  theme.value = document.documentElement.dataset.theme;
  theme.addEventListener("change", () => { document.documentElement.dataset.theme = theme.value; });
  byId("footer").textContent = `lstmcount ${data.version}`;
  use(data.models[data.models.length - 1]);

  /* #lstm_1 opens that layer: by its path, or else by its name. */
  function follow() {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const models = [...data.models].reverse();
    for (const key of ["path", "name"]) {
      for (const model of models) {
        const layer = wanted && model.layers.find((one) => one[key] === wanted);
        if (layer) return open(layer, model);
      }
    }
  }
  addEventListener("hashchange", follow);
  follow();
}

start();
