// The form in which a reader disputes a label. It sends the sentence, the label and the note; nothing about the reader.

import { make } from "./dom.js";
import { correct } from "./service.js";

const LONGEST = 5000;

/** A form for one label of one sentence: `given` disputes it, otherwise it is asked for. */
export function disputeForm(label, { sentence, document: digest }, given) {
  const verdict = given ? "absent" : "present";
  const answer = make("p", { class: "status", role: "status" });
  const note = make("textarea", { id: "note", rows: "2", maxlength: "1000" });
  const words = given ? null : make("input", { id: "words", type: "text", maxlength: String(LONGEST), autocomplete: "off" });
  const button = make("button", { type: "submit" }, given ? "It does not belong here" : "It belongs here");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    const correction = { text: sentence.text, label: label.id, verdict, note: note.value.toWellFormed(), document: digest };
    if (words) correction.words = words.value.toWellFormed();
    try {
      await correct(correction);
      answer.textContent = "Thank you. The correction is kept for the next annotation.";
    } catch (refusal) {
      answer.textContent = refusal.message;
      button.disabled = false;
    }
  };
  return make(
    "form",
    { class: "dispute", submit },
    make("h3", {}, given ? "Wrong here?" : "Missing here?"),
    words && make("label", { for: "words" }, "The words that carry it, copied from the sentence (optional)"),
    words,
    make("label", { for: "note" }, "Why (optional)"),
    note,
    make("p", { class: "quiet" }, "Kept: this sentence, the label, your note. No name, no address."),
    button,
    answer,
  );
}
