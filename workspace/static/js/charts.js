// Draws data_visualization blocks with Chart.js. The library is loaded with the first chart.
let library = null;

function loadLibrary() {
  library ??= import("../vendor/chart.umd.js").then(() => globalThis.Chart);
  return library;
}

/** Draws on the canvas in the colours of the current theme. Returns a function that removes the drawing. */
export function draw(canvas, chart) {
  let drawing = null;
  let gone = false;
  loadLibrary().then((Chart) => {
    if (!gone) drawing = new Chart(canvas, settings(chart, palette()));
  });
  return () => {
    gone = true;
    drawing?.destroy();
  };
}

/** The chart's values as a table: `{names, rows: [[label, value, …]]}`. A missing value is null. */
export function tabulate(chart) {
  if (chart.type === "pie") {
    const total = (chart.segments ?? []).reduce((sum, segment) => sum + segment.value, 0);
    const share = (value) => (total ? `${Math.round((100 * value) / total)}%` : "–");
    return {
      names: ["Segment", "Value", "Share"],
      rows: (chart.segments ?? []).map(({ label, value }) => [label, value, share(value)]),
    };
  }
  const series = chart.series ?? [];
  return {
    names: [chart.axis_config?.x_label || "Label", ...series.map((one) => one.name)],
    rows: categories(chart).map((label) => [label, ...series.map((one) => valueAt(one, label))]),
  };
}

/** Whether there are so many categories that their labels need extra height. */
export const isCrowded = (chart) => chart.type !== "pie" && categories(chart).length > 8;

function categories(chart) {
  const named = chart.axis_config?.categories;
  return named?.length
    ? named
    : [...new Set((chart.series ?? []).flatMap((one) => one.data.map((point) => point.label)))];
}

const valueAt = (series, label) => series.data.find((point) => point.label === label)?.value ?? null;

function palette() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6].map((number) => read(`--chart-${number}`)),
    text: read("--text-soft"),
    grid: read("--line"),
    paper: read("--paper"),
  };
}

function settings(chart, colours) {
  const pie = chart.type === "pie";
  return {
    type: { area: "line", pie: "pie" }[chart.type] ?? chart.type,
    data: pie ? pieData(chart, colours) : seriesData(chart, colours),
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: pie ? "nearest" : "index", intersect: false },
      plugins: {
        legend: {
          display: pie || chart.series.length > 1,
          position: pie ? "right" : "bottom",
          labels: { color: colours.text, boxWidth: 12, boxHeight: 12, useBorderRadius: true, borderRadius: 3 },
        },
      },
      scales: pie ? {} : scales(chart, colours),
    },
  };
}

function pieData(chart, colours) {
  return {
    labels: chart.segments.map((segment) => segment.label),
    datasets: [
      {
        data: chart.segments.map((segment) => segment.value),
        backgroundColor: colours.series,
        borderColor: colours.paper,
        borderWidth: 2,
      },
    ],
  };
}

function seriesData(chart, colours) {
  const labels = categories(chart);
  const datasets = chart.series.map((series, at) => {
    const colour = colours.series[at % colours.series.length];
    return {
      label: series.name,
      data: labels.map((label) => valueAt(series, label)),
      borderColor: colour,
      backgroundColor: chart.type === "area" ? `${colour}40` : colour,
      fill: chart.type === "area",
      borderWidth: chart.type === "bar" ? 0 : 2,
      borderRadius: chart.type === "bar" ? 4 : 0,
      maxBarThickness: 46,
      pointRadius: 3,
      tension: 0.2,
      spanGaps: true,
    };
  });
  return { labels, datasets };
}

const LETTER = 6.5; // px, approximate width of a letter

// Every label is shown, wrapped over several lines if its words fit. Otherwise Chart.js rotates all labels as needed.
function wrapLabels(labels, width) {
  const room = Math.floor(width / labels.length / LETTER) - 1;
  const fits = labels.every((label) => label.split(" ").every((word) => word.length <= room));
  return fits ? labels.map((label) => wrapLabel(label, Math.min(room, 14))) : labels;
}

function wrapLabel(label, room) {
  const lines = [];
  for (const word of label.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : "";
    if (longer && longer.length <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function scales(chart, colours) {
  const axis = (label, { ticks, ...more }) => ({
    ticks: { color: colours.text, ...ticks },
    border: { color: colours.grid },
    title: { display: Boolean(label), text: label, color: colours.text },
    ...more,
  });
  const labels = categories(chart).map(String);
  const ticks = {
    autoSkip: false,
    maxRotation: 90,
    callback: function (_, at) {
      return wrapLabels(labels, this.width)[at];
    },
  };
  return {
    x: axis(chart.axis_config?.x_label, { ticks, grid: { display: false } }),
    y: axis(chart.axis_config?.y_label, { grid: { color: colours.grid }, beginAtZero: chart.type !== "line" }),
  };
}
