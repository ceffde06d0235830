// One article as a list of sentences: the evidence lined, and beside each sentence its frames, voice and doubt.

import { decimals, make, spoken } from "./dom.js";
import { look, swatch } from "./labels.js";
import { attribution, paragraphs, pieces } from "./text.js";

const NESTED = 3;
const DOUBTS = 2;

/** The article; `open` is called with (document, sentence, label id or null) when a reader asks for reasons. */
export function article({ document: read, text, title, labels, open }) {
  const breaks = paragraphs(text, read.sentences);
  const rows = read.sentences.map((sentence, k) => row(sentence, labels, breaks[k], (id) => open(read, sentence, id)));
  const heading = `article-${read.id}`;
  return make(
    "section",
    { class: "article", "aria-labelledby": heading },
    make("h3", { id: heading }, title),
    make("ol", { class: "sentences" }, rows),
  );
}

/** The voice that says a frame: that of its evidence, else of its sentence. */
export function speaker(frame, sentence) {
  return frame.evidence[0] ?? sentence;
}

function row(sentence, labels, opens, open) {
  const classes = ["sentence", opens && "opens", sentence.frames.length && "framed"].filter(Boolean).join(" ");
  const element = make(
    "li",
    { class: classes },
    rail(sentence, labels),
    words(sentence, labels, open),
    notes(sentence, labels, open),
  );
  element.sentence = sentence;
  return element;
}

function rail(sentence, labels) {
  const bars = sentence.frames.map((frame) => make("span", { class: `bar ${look(labels.get(frame.label))}` }));
  return make("span", { class: "rail", "aria-hidden": "true" }, bars);
}

function words(sentence, labels, open) {
  const tint = sentence.frames.length ? `tint hue-${labels.get(strongest(sentence).label).hue}` : "";
  return make(
    "p",
    { class: "words" },
    make(
      "span",
      { class: tint },
      pieces(sentence.text, sentence.frames).map((piece) => lined(piece, sentence, labels, open)),
    ),
    "\u00a0",
    scoresButton(sentence, open),
  );
}

function strongest(sentence) {
  return sentence.frames.reduce((best, frame) => (frame.score > best.score ? frame : best));
}

/** The piece inside one mark for each frame that it carries; each frame's line keeps its depth in the sentence. */
function lined(piece, sentence, labels, open) {
  return piece.frames.reduceRight((inner, frame) => {
    const depth = sentence.frames.indexOf(frame) % NESTED;
    const classes = `${look(labels.get(frame.label))} depth-${depth}`;
    const reasons = (event) => {
      event.stopPropagation();
      open(frame.label);
    };
    return make("mark", { class: classes, "data-label": frame.label, click: reasons }, inner);
  }, document.createTextNode(piece.text));
}

function notes(sentence, labels, open) {
  const frames = sentence.frames.map((frame) => frameNote(frame, sentence, labels.get(frame.label), open));
  const voice = !sentence.frames.length && sentence.voice !== "narrator";
  return make(
    "div",
    { class: "notes" },
    frames,
    voice && make("p", { class: "voice" }, attribution(sentence)),
    sentence.abstained.length > 0 && doubt(sentence, labels, open),
  );
}

function frameNote(frame, sentence, label, open) {
  const evidence = frame.evidence.map((span) => `“${span.text}”`).join(", ");
  const button = make(
    "button",
    { type: "button", class: `frame ${look(label)}`, "data-label": frame.label, click: () => open(frame.label) },
    swatch(label),
    make("span", { class: "name" }, label.name),
    " ",
    make("span", { class: "score" }, spoken("score "), decimals(frame.score)),
    evidence && spoken(`: ${evidence}`),
  );
  for (const on of ["mouseenter", "focus"]) button.addEventListener(on, () => light(button, frame.label, true));
  for (const off of ["mouseleave", "blur"]) button.addEventListener(off, () => light(button, frame.label, false));
  return make("div", { class: "note" }, button, make("p", { class: "voice" }, attribution(speaker(frame, sentence))));
}

function light(button, label, on) {
  const marks = button.closest(".sentence").querySelectorAll(`mark[data-label="${CSS.escape(label)}"]`);
  for (const mark of marks) mark.classList.toggle("lit", on);
}

/** The labels nearest to their thresholds by score; the others are in the table of all scores. */
function doubt(sentence, labels, open) {
  const nearest = [...sentence.abstained].sort((a, b) => sentence.scores[b] - sentence.scores[a]);
  const buttons = nearest.slice(0, DOUBTS).map((id) => doubtButton(labels.get(id).name, () => open(id)));
  const rest = nearest.length - DOUBTS;
  return make(
    "p",
    { class: "doubts" },
    make("span", {}, "in doubt: "),
    buttons,
    rest > 0 && doubtButton(`${rest} more`, () => open(null)),
  );
}

function doubtButton(text, click) {
  return make("button", { type: "button", class: "doubt", click }, text);
}

function scoresButton(sentence, open) {
  const name = `All scores of sentence ${sentence.index + 1}`;
  return make("button", { type: "button", class: "all-scores", "aria-label": name, title: "All scores", click: () => open(null) }, "⋯");
}
