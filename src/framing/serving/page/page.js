// The page: reads what the reader gave, shows what the service found, and wires the parts together.

import { table } from "./compare.js";
import { at } from "./dom.js";
import { csv, save } from "./download.js";
import { build, passes } from "./filters.js";
import { withLooks } from "./labels.js";
import { showLabel, showScores } from "./panel.js";
import { article } from "./reading.js";
import { example, predict, taxonomy, useKey } from "./service.js";
import { fields, setSheets, titles } from "./sheets.js";
import { digest } from "./text.js";

let answer = null;

setSheets(1, complain);
at("more").addEventListener("click", compareOrNot);
at("example").addEventListener("click", fillExample);
at("ask").addEventListener("submit", read);
at("json").addEventListener("click", () => save(JSON.stringify(answer, null, 1), "framing.json", "application/json"));
at("csv").addEventListener("click", () => save(csv(answer), "framing.csv", "text/csv"));

function compareOrNot() {
  const two = fields().length === 1;
  setSheets(two ? 2 : 1, complain);
  at("more").setAttribute("aria-pressed", String(two));
}

async function fillExample() {
  try {
    const texts = await Promise.all(fields().map((_, k) => example(k + 1)));
    fields().forEach((field, k) => (field.value = texts[k]));
    at("read").focus();
  } catch (refusal) {
    complain(refusal);
  }
}

async function read(event) {
  event.preventDefault();
  const texts = fields().map((field) => field.value.toWellFormed());
  const empty = texts.findIndex((text) => !text.trim());
  if (empty >= 0) {
    complain(new Error(`${titles(texts.length)[empty]} is empty: paste or drop a text first.`));
    fields()[empty].focus();
    return;
  }
  useKey(at("key").value);
  busy(true);
  try {
    const [found, codebook] = await Promise.all([predict(texts), taxonomy()]);
    show(found, withLooks(codebook, labelsOf(found)), texts);
  } catch (refusal) {
    complain(refusal);
  } finally {
    busy(false);
  }
}

/** The labels of the answer, in its order; an answer without a sentence has none. */
function labelsOf(found) {
  const [first] = found.documents.flatMap((read) => read.sentences);
  return Object.keys(first?.scores ?? {});
}

function busy(on) {
  at("read").disabled = on;
  if (on) at("alert").hidden = true;
  at("status").textContent = on ? "Reading …" : "";
}

function complain(refusal) {
  at("alert").textContent = refusal.message;
  at("alert").hidden = false;
  if (refusal.status === 401) at("key-line").hidden = false;
}

function show(found, labels, texts) {
  answer = found;
  const { documents } = found;
  const names = titles(texts.length);
  const open = (read, sentence, id) => {
    const place = { sentence, document: digest(texts[documents.indexOf(read)]) };
    if (id) showLabel(labels.get(id), place);
    else showScores(sentence, labels, (chosen) => showLabel(labels.get(chosen), place));
  };
  at("articles").replaceChildren(
    ...documents.map((read, k) => article({ document: read, text: texts[k], title: names[k], labels, open })),
  );
  at("articles").classList.toggle("two", documents.length > 1);
  at("compare").replaceChildren(
    ...(documents.length > 1 ? [table(documents, names, labels, (id) => showLabel(labels.get(id)))] : []),
  );
  build(at("filters"), documents.flatMap((read) => read.sentences), labels, filter);
  filter(new Set(), new Set());
  at("summary").textContent = documents.map((read, k) => summary(read, names[k])).join(" ");
  at("model").textContent = `Read by ${modelName(found.model)}.`;
  at("found").hidden = false;
  at("input").open = false;
  at("found-title").focus();
}

function filter(labels, voices) {
  const rows = [...document.querySelectorAll(".sentence")];
  for (const row of rows) row.hidden = !passes(row.sentence, labels, voices);
  const shown = rows.filter((row) => !row.hidden).length;
  at("shown").textContent = shown < rows.length ? `${shown} of ${rows.length} sentences shown` : "";
}

function summary(read, name) {
  const framed = read.sentences.filter((sentence) => sentence.frames.length).length;
  const doubted = read.sentences.filter((sentence) => sentence.abstained.length).length;
  return `${name}: ${read.sentences.length} sentences, ${framed} with a frame, ${doubted} with a label in doubt.`;
}

function modelName(model) {
  const version = model.version ? ` version ${model.version}` : "";
  return `${model.name}${version} (${model.kind}), labels ${model.taxonomy}`;
}
