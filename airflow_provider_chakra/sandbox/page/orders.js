// Orders to the sandbox.

import { clearTrouble, tellTrouble } from "./trouble.js";

const PATIENCE = 10000;

/** Give an order, and what was answered; JSON or a photo, as no page of another origin can send unasked. */
export async function order(path, content) {
  clearTrouble();
  const isFile = content instanceof File;
  try {
    const answer = await fetch(`/_sandbox/${path}`, {
      method: "POST",
      headers: { "Content-Type": isFile ? content.type || "application/octet-stream" : "application/json" },
      body: isFile ? content : JSON.stringify(content),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok) return await answer.json().catch(() => ({}));
    const said = await answer.json().catch(() => ({}));
    const reasons = said._errors ?? said.detail?.map((problem) => problem.msg);
    tellTrouble(reasons?.join("; ") ?? `The sandbox answered ${answer.status}.`);
  } catch ({ name }) {
    const many = name === "TimeoutError" ? " Is this page open in more than five windows?" : "";
    tellTrouble(`The sandbox does not answer.${many}`);
  }
  return false;
}

let underway = false;

/** Do what shall not be done twice by who clicks twice. */
export async function oneAtATime(work) {
  if (underway) return false;
  underway = true;
  try {
    return await work();
  } finally {
    underway = false;
  }
}

/** Send a photo as the customer: first the file, then the message that names it. */
export async function sendPhoto(from, file) {
  const stored = await order("media", file);
  if (!stored) return false;
  return order("inbound", { from, payload: { type: "image", image: { id: stored.id, mime_type: file.type } } });
}

export const write = (from, body) => order("inbound", { from, payload: { type: "text", text: { body } } });
