// Orders to the sandbox.

import { clearTrouble, tellTrouble } from "./trouble.js";

const PATIENCE = 10000;

/** Give an order; JSON, so that no page of another origin can do the same unasked. */
export async function order(path, content) {
  clearTrouble();
  try {
    const answer = await fetch(`/_sandbox/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok) return true;
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

export const write = (from, body) => order("inbound", { from, payload: { type: "text", text: { body } } });
