// Which sentences are shown: by label and by voice. Nothing pressed shows everything.

import { make } from "./dom.js";
import { swatch } from "./labels.js";
import { speaker } from "./reading.js";

const VOICES = ["narrator", "direct", "indirect", "mixed"];

/** Whether a sentence has one of the labels in one of the voices; empty sets let everything through. */
export function passes(sentence, labels, voices) {
  const framed = sentence.frames.filter((frame) => !labels.size || labels.has(frame.label));
  if (labels.size && !framed.length) return false;
  if (!voices.size) return true;
  const heard = framed.map((frame) => speaker(frame, sentence).voice);
  return labels.size ? heard.some((v) => voices.has(v)) : voices.has(sentence.voice) || heard.some((v) => voices.has(v));
}

/** Fill `form` with a switch for each label and voice that occurs; `changed` gets the two sets that are on. */
export function build(form, sentences, labels, changed) {
  const chosen = { labels: new Set(), voices: new Set() };
  const used = tally(sentences.flatMap((sentence) => sentence.frames.map((frame) => frame.label)));
  const heard = tally(sentences.flatMap(voicesOf));
  const toggle = (set, value) => (event) => {
    const on = !set.delete(value);
    if (on) set.add(value);
    event.currentTarget.setAttribute("aria-pressed", String(on));
    changed(chosen.labels, chosen.voices);
  };
  const labelChips = [...labels.values()].filter((label) => used.has(label.id)).map((label) =>
    chip(toggle(chosen.labels, label.id), [swatch(label), label.name], used.get(label.id)));
  const voiceChips = VOICES.filter((voice) => heard.has(voice)).map((voice) =>
    chip(toggle(chosen.voices, voice), [voice], heard.get(voice)));
  form.replaceChildren(...(labelChips.length ? [group("Label", labelChips)] : []), group("Voice", voiceChips));
}

function voicesOf(sentence) {
  return [...new Set([sentence.voice, ...sentence.frames.map((frame) => speaker(frame, sentence).voice)])];
}

function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function chip(click, content, count) {
  return make(
    "button",
    { type: "button", class: "chip", "aria-pressed": "false", click },
    content,
    " ",
    make("span", { class: "count" }, String(count)),
  );
}

function group(title, chips) {
  return make("fieldset", {}, make("legend", {}, title), make("div", { class: "chips" }, chips));
}
