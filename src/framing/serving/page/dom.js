// Elements from plain values. Text goes in as text nodes only: no markup of an article is ever parsed.

/** An element: `attributes` by name (true and false switch them, functions listen), then children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** The element with this id. */
export function at(id) {
  return document.getElementById(id);
}

/** Text that only a screen reader reads. */
export function spoken(text) {
  return make("span", { class: "spoken" }, text);
}

/** A number as the page shows it. */
export function decimals(value) {
  return value.toFixed(2);
}
