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

export const tap = (message, id) => order("taps", { wamid: message.wamid, id });
export const write = (from, body) => order("inbound", { from, payload: { type: "text", text: { body } } });
