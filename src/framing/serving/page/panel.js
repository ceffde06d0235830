// The panel: what a label means, why it is (or is not) given here, and a form to dispute it.

import { at, decimals, make } from "./dom.js";
import { swatch } from "./labels.js";
import { disputeForm } from "./dispute.js";
import { attribution } from "./text.js";

const panel = at("panel");
let opener = null;

at("close").addEventListener("click", () => panel.close());
panel.addEventListener("click", (event) => event.target === panel && panel.close());
panel.addEventListener("close", () => opener?.focus());

/** Show a label, here in `place` ({sentence, document}) or in general. */
export function showLabel(label, place = null) {
  const given = place?.sentence.frames.find((frame) => frame.label === label.id);
  show(
    [swatch(label), label.name],
    [
      label.groupTitle && make("p", { class: "quiet" }, label.groupTitle),
      make("p", { class: "definition" }, label.definition || "This taxonomy gives no definition."),
      label.turns && make("p", { class: "turn" }, "Turns ", make("b", {}, label.turns), " into ", make("b", {}, label.into), "."),
      place && reason(label, place.sentence, given),
      list("It counts", label.include),
      list("It does not count", label.exclude),
      list("Plain words", label.counter_frame),
      list("Examples", label.positives.map(example)),
      list("Near misses", label.negatives.map((miss) => [`“${miss.text}” `, make("span", { class: "quiet" }, miss.why)])),
      place && disputeForm(label, place, Boolean(given)),
    ],
  );
}

/** Show every label's score in a sentence; each name leads to its label. */
export function showScores(sentence, labels, open) {
  const given = new Set(sentence.frames.map((frame) => frame.label));
  const doubted = new Set(sentence.abstained);
  const ranked = Object.entries(sentence.scores).sort((a, b) => b[1] - a[1]);
  const rows = ranked.map(([id, score]) => {
    const label = labels.get(id);
    const state = given.has(id) ? "given" : doubted.has(id) ? "in doubt" : "";
    const name = make("button", { type: "button", class: "plain", click: () => open(id) }, swatch(label), label.name);
    return make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, bar(score, null, label)), make("td", {}, state));
  });
  show(
    [`Sentence ${sentence.index + 1}`],
    [
      make("blockquote", {}, sentence.text),
      make("p", { class: "quiet" }, attribution(sentence)),
      make("table", { class: "scores" }, make("caption", {}, "Every label's score; open one to dispute it"), make("tbody", {}, rows)),
    ],
  );
}

function show(title, body) {
  if (!panel.open) opener = document.activeElement;
  at("panel-title").replaceChildren(...title);
  at("panel-body").replaceChildren(...body.filter(Boolean));
  if (!panel.open) panel.showModal();
  at("panel-body").scrollTop = 0;
  at("panel-title").focus();
}

function reason(label, sentence, frame) {
  const score = sentence.scores[label.id];
  const heading = frame ? "Why here" : sentence.abstained.includes(label.id) ? "In doubt here" : "Not given here";
  const evidence = (frame?.evidence ?? []).map((span) =>
    make("li", {}, make("mark", { class: `hue-${label.hue} line-${label.line} depth-0` }, span.text), " ",
      make("span", { class: "quiet" }, attribution(span))));
  const words = frame
    ? `It scored ${decimals(score)}; the label is given from ${decimals(frame.threshold)}.`
    : `It scored ${decimals(score)}, too little for this label.`;
  return make(
    "section",
    { class: "reason" },
    make("h3", {}, heading),
    make("blockquote", {}, sentence.text),
    evidence.length > 0 && make("ul", {}, evidence),
    bar(score, frame?.threshold, label),
    make("p", {}, words),
  );
}

/** The score as a bar and a number; a notch marks the threshold where it is known. */
function bar(score, threshold, label) {
  const fill = make("span", { class: "fill" });
  fill.style.inlineSize = `${score * 100}%`;
  const notch = threshold == null ? null : make("span", { class: "notch" });
  if (notch) notch.style.insetInlineStart = `${threshold * 100}%`;
  const track = make("span", { class: `track hue-${label.hue}`, "aria-hidden": "true" }, fill, notch);
  return make("span", { class: "measure" }, track, make("span", { class: "score" }, decimals(score)));
}

function example({ text, evidence }) {
  const [before, ...after] = text.split(evidence);
  return [`“${before}`, make("u", {}, evidence), `${after.join(evidence)}”`];
}

function list(title, items) {
  if (!items.length) return null;
  return make("section", {}, make("h3", {}, title), make("ul", {}, items.map((item) => make("li", {}, item))));
}
