// Where articles go in: one or two text fields that also take dropped or chosen files.

import { at, make, spoken } from "./dom.js";
import { textOf } from "./service.js";

const NAMES = ["Article A", "Article B"];

/** One field, or two to compare; texts already there stay. `failed` is told why a file cannot be read. */
export function setSheets(count, failed) {
  const box = at("sheets");
  while (box.children.length > count) box.lastElementChild.remove();
  while (box.children.length < count) box.append(sheet(box.children.length, failed));
  box.classList.toggle("two", count > 1);
  box.querySelector("label").textContent = titles(count)[0];
}

/** What the articles are called. */
export function titles(count) {
  return count > 1 ? NAMES : ["Article"];
}

/** The fields, in order. */
export function fields() {
  return [...at("sheets").querySelectorAll("textarea")];
}

function sheet(index, failed) {
  const id = `text-${index}`;
  const field = make("textarea", { id, rows: "9", spellcheck: "false", "aria-describedby": `hint-${index}` });
  const load = async (file) => {
    try {
      field.value = await textOf(file);
    } catch (refusal) {
      failed(refusal);
    }
  };
  const chooser = make("input", {
    id: `file-${index}`,
    type: "file",
    accept: ".txt,.md,.html,.htm",
    change: (event) => event.target.files[0] && load(event.target.files[0]),
  });
  const element = make(
    "div",
    { class: "sheet" },
    make("label", { for: id }, NAMES[index]),
    field,
    make("p", { class: "quiet file", id: `hint-${index}` }, "Paste the text, drop a .txt or .html file here, or ",
      make("label", { for: `file-${index}` }, "choose a file", spoken(` for ${NAMES[index]}`)), ": ", chooser),
  );
  takeDrops(element, load);
  return element;
}

function takeDrops(element, load) {
  const over = (on) => (event) => {
    event.preventDefault();
    element.classList.toggle("over", on);
  };
  element.addEventListener("dragover", over(true));
  element.addEventListener("dragleave", over(false));
  element.addEventListener("drop", (event) => {
    over(false)(event);
    const [file] = event.dataTransfer.files;
    if (file) load(file);
  });
}
