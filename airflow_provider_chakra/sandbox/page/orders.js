// Orders to the sandbox.

import { $ } from "./elements.js";

/** Give an order; JSON, so that no page of another origin can do the same unasked. */
export async function order(path, content) {
  $("trouble").textContent = "";
  try {
    const answer = await fetch(`/_sandbox/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
    });
    if (answer.ok) return true;
    const said = await answer.json().catch(() => ({}));
    const reasons = said._errors ?? said.detail?.map((problem) => problem.msg);
    $("trouble").textContent = reasons?.join("; ") ?? `The sandbox answered ${answer.status}.`;
  } catch {
    $("trouble").textContent = "The sandbox does not answer.";
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

export const tap = (message, id) => oneAtATime(() => order("taps", { wamid: message.wamid, id }));
export const write = (from, body) => order("inbound", { from, payload: { type: "text", text: { body } } });
