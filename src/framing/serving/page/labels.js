// The codebook in the browser: what a label means, and the colour and line it is drawn with.

import { make } from "./dom.js";

export const HUES = 4;
export const LINES = 5;

/** Labels by id, each with `hue` and `line`: a group shares a hue, and no two labels of twenty share both.

`ids` are the labels of the answer; one that the taxonomy does not describe goes by its id. */
export function withLooks(taxonomy, ids) {
  const described = new Map(taxonomy.labels.map((label) => [label.id, label]));
  const groups = Object.keys(taxonomy.groups ?? {});
  const taken = new Array(HUES).fill(0);
  const looks = ids.map((id, index) => {
    const label = { ...bare(id), ...described.get(id) };
    const group = groups.indexOf(label.group);
    const hue = (group < 0 ? index : group) % HUES;
    const line = taken[hue]++ % LINES;
    return [id, { ...label, hue, line, groupTitle: taxonomy.groups?.[label.group] ?? "" }];
  });
  return new Map(looks);
}

function bare(id) {
  return { id, name: id, definition: "", include: [], exclude: [], counter_frame: [], positives: [], negatives: [] };
}

/** The class names that draw a label. */
export function look(label) {
  return `hue-${label.hue} line-${label.line}`;
}

/** A short sample of the label's line. */
export function swatch(label) {
  return make("span", { class: `swatch ${look(label)}`, "aria-hidden": "true" }, "\u00a0\u00a0\u00a0\u00a0");
}
