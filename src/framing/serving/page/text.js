// Offsets of the answer count characters as Python does (code points); strings here count UTF-16 units.

/** Cut `text` where frames begin and end: pieces with the frames whose evidence covers each. */
export function pieces(text, frames) {
  const characters = Array.from(text);
  const cuts = new Set([0, characters.length]);
  for (const frame of frames) for (const span of frame.evidence) cuts.add(span.start).add(span.end);
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(1).map((end, k) => ({
    text: characters.slice(edges[k], end).join(""),
    frames: frames.filter((frame) => frame.evidence.some((span) => span.start <= edges[k] && end <= span.end)),
  }));
}

/** For each sentence, whether a new paragraph begins with it. */
export function paragraphs(text, sentences) {
  const characters = Array.from(text);
  return sentences.map((sentence, k) => {
    const before = k ? sentences[k - 1].end : 0;
    return k > 0 && characters.slice(before, sentence.start).filter((c) => c === "\n").length > 1;
  });
}

/** Sixteen hexadecimal digits that tell texts apart (FNV-1a, 64 bits): corrections of one article stay together. */
export function digest(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, "0");
}

/** Who says it, in words. */
export function attribution({ voice, source, distance }) {
  const parts = [voice, source, distance === "distanced" ? "kept at a distance" : ""];
  return parts.filter(Boolean).join(" · ");
}
