// The requests to this service. Every refusal becomes a Refusal with a sentence for the reader.

const READ_AGAIN = "The service did not answer. Check that it runs, then try again.";

export class Refusal extends Error {
  constructor(status, message, options) {
    super(message, options);
    this.status = status;
  }
}

let key = "";

/** The key that the following requests carry; it is kept in this tab's memory only. */
export function useKey(value) {
  key = value.trim();
}

/** Frames, evidence and voice of each text, in order. */
export function predict(texts) {
  return ask("v1/predict", { texts, unit: "article" });
}

/** What the labels mean; nothing where the model came without its taxonomy. */
export async function taxonomy() {
  try {
    return await ask("v1/taxonomy");
  } catch (refusal) {
    if (refusal.status !== 404) throw refusal;
    return { labels: [] };
  }
}

/** Keep a reader's dispute of one label. */
export function correct(correction) {
  return ask("v1/corrections", correction);
}

/** The article in a file: text as it is, HTML as the service reads it. */
export async function textOf(file) {
  if (!/\.(txt|md|html?)$/i.test(file.name)) throw new Refusal(0, "Only .txt and .html files can be read.");
  const text = decoded(await file.arrayBuffer());
  return /\.html?$/i.test(file.name) ? (await ask("v1/text", { html: text })).text : text;
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Refusal(0, "This file is not UTF-8 text.", { cause: error });
  }
}

/** One of the page's own texts. */
export async function example(number) {
  return (await fetched(`page/example-${number}.txt`, {})).text();
}

async function ask(path, body) {
  const headers = { ...(body && { "content-type": "application/json" }), ...(key && { authorization: `Bearer ${key}` }) };
  const options = body ? { method: "POST", body: JSON.stringify(body), headers } : { headers };
  return (await fetched(path, options)).json();
}

async function fetched(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw new Refusal(0, READ_AGAIN, { cause: error });
  }
  if (!response.ok) throw new Refusal(response.status, await reason(response));
  return response;
}

async function reason(response) {
  if (response.status === 401) return "This service asks for a key.";
  const problem = response.headers.get("content-type")?.includes("json") ? await response.json() : {};
  const detail = typeof problem.detail === "string" ? problem.detail : "no reason was given";
  return `The service refused this (${response.status}): ${detail}.`;
}
