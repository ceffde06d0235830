// The answer as a file: JSON as the service gave it, or CSV with one row for each frame of each sentence.

const COLUMNS = [
  "document", "sentence", "start", "end", "text", "voice", "source", "distance",
  "label", "score", "threshold", "evidence", "evidence_voice", "evidence_source", "evidence_distance", "in_doubt",
];
const FORMULA = /^[=+\-@\t\r]/;

/** The answer as CSV (RFC 4180, with the byte order mark that spreadsheets need to see UTF-8). */
export function csv(answer) {
  const rows = answer.documents.flatMap((read) => read.sentences.flatMap((sentence) => rowsOf(read, sentence)));
  return `\ufeff${[COLUMNS, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function rowsOf(read, sentence) {
  const { index, start, end, text, voice, source, distance } = sentence;
  const lead = [read.id, index, start, end, text, voice, source, distance];
  const frames = sentence.frames.length ? sentence.frames : [{ evidence: [] }];
  return frames.map((frame) => {
    const all = (field) => frame.evidence.map((span) => span[field] ?? "").join(" | ");
    const evidence = ["text", "voice", "source", "distance"].map(all);
    return [...lead, frame.label, frame.score, frame.threshold, ...evidence, sentence.abstained.join(" ")];
  });
}

/** Text that a spreadsheet would take for a formula gets an apostrophe. */
function cell(value) {
  if (typeof value === "number") return String(value);
  const text = String(value ?? "");
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/** Hand `content` to the reader as a file. */
export function save(content, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
