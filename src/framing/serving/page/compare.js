// Two articles in one table: which frames each uses, how often, and in whose voice.

import { make } from "./dom.js";
import { swatch } from "./labels.js";
import { speaker } from "./reading.js";

/** Label id to one Map of counts by voice for each document, for the labels that any of them uses. */
export function counted(documents, labels) {
  const table = new Map();
  for (const id of labels.keys()) {
    const columns = documents.map((read) => byVoice(read, id));
    if (columns.some((voices) => voices.size)) table.set(id, columns);
  }
  return table;
}

function byVoice(read, id) {
  const voices = new Map();
  for (const sentence of read.sentences) {
    for (const frame of sentence.frames.filter((each) => each.label === id)) {
      const { voice } = speaker(frame, sentence);
      voices.set(voice, (voices.get(voice) ?? 0) + 1);
    }
  }
  return voices;
}

/** The table; `open` is called with a label id. */
export function table(documents, titles, labels, open) {
  const rows = [...counted(documents, labels)].map(([id, columns]) => row(labels.get(id), columns, titles, open));
  const head = ["Frame", ...titles].map((title) => make("th", { scope: "col" }, title));
  return make(
    "table",
    { class: "compare" },
    make("caption", {}, "Which frames each article uses, how often, and in whose voice"),
    make("thead", {}, make("tr", {}, head)),
    make("tbody", {}, rows.length ? rows : make("tr", {}, make("td", { colspan: "3" }, "Neither uses a frame."))),
  );
}

function row(label, columns, titles, open) {
  const button = make("button", { type: "button", class: "plain", click: () => open(label.id) }, swatch(label), label.name);
  const alone = columns.filter((voices) => voices.size).length === 1;
  const cells = columns.map((voices) => cell(voices, alone));
  return make("tr", {}, make("th", { scope: "row" }, button), cells);
}

function cell(voices, alone) {
  if (!voices.size) return make("td", { class: "none" }, "none");
  const total = [...voices.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...voices].map(([voice, count]) => `${voice} ${count}`).join(", ");
  return make(
    "td",
    {},
    make("b", {}, String(total)),
    make("span", { class: "quiet" }, ` ${parts}`),
    alone && make("span", { class: "only" }, "only here"),
  );
}
