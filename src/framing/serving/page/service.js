// The requests to this service. Every refusal becomes a Refusal with a sentence for the reader.

const READ_AGAIN = "The service did not answer. Check that it runs, then try again.";

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
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

/** What the labels mean. */
export function taxonomy() {
  return ask("v1/taxonomy");
}

/** Keep a reader's dispute of one label. */
export function correct(correction) {
  return ask("v1/corrections", correction);
}

/** The article in a file: text as it is, HTML as the service reads it. */
export async function textOf(file) {
  if (/\.html?$/i.test(file.name)) return (await send("page/text", file, "text/html")).text;
  if (/\.(txt|md)$/i.test(file.name) || file.type.startsWith("text/plain")) return file.text();
  throw new Refusal(0, "Only .txt and .html files can be read.");
}

/** One of the page's own texts. */
export async function example(number) {
  return (await fetched(`page/example-${number}.txt`, {})).text();
}

function ask(path, body) {
  return body ? send(path, JSON.stringify(body), "application/json") : send(path);
}

async function send(path, body, type) {
  const headers = { ...(type && { "content-type": type }), ...(key && { authorization: `Bearer ${key}` }) };
  return (await fetched(path, { method: body ? "POST" : "GET", body, headers })).json();
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
