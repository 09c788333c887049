// What is typed as the customer: each chat has its own draft.

import { chosenContact } from "./chats.js";
import { $ } from "./elements.js";
import { oneAtATime, order, sendPhoto, write } from "./orders.js";
import { settle, toEnd } from "./reading.js";

const drafts = new Map();
let shownOf;

/** Show the draft of a chat, and ask who writes if it is a group. */
export function showDraft({ contact, group }) {
  $("who").hidden = $("who").disabled = !group;
  if (contact === shownOf) return;
  shownOf = contact;
  $("words").value = drafts.get(contact) ?? "";
}

/** Forget all drafts. */
export function dropDrafts() {
  drafts.clear();
  shownOf = undefined;
}

function setDraft(contact, text) {
  drafts.set(contact, text);
  if (contact === shownOf) $("words").value = text;
}

/** Tell who writes and taps, or ask for it. */
function customer() {
  const who = $("who");
  if (who.hidden) return chosenContact();
  return who.reportValidity() ? who.value.replace(/\D/g, "") : undefined;
}

/** Tap a row or a button. */
export async function tap(message, id) {
  const from = customer();
  if (!from) return;
  toEnd();
  await oneAtATime(() => order("taps", { wamid: message.wamid, id, from }));
}

$("attach").addEventListener("click", () => {
  if (customer()) $("photo").click();
});

$("photo").addEventListener("change", async ({ target }) => {
  const [photo] = target.files;
  const from = customer();
  // The same one may be chosen again.
  target.value = "";
  if (!photo || !from) return;
  toEnd();
  await oneAtATime(() => sendPhoto(from, photo));
});

$("words").addEventListener("input", ({ target }) => drafts.set(chosenContact(), target.value));
$("words").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("answer").requestSubmit();
});

$("answer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const contact = chosenContact();
  const text = $("words").value.trim();
  const from = customer();
  if (!text || !from) return;
  // Before the answer comes: what is typed meanwhile is the next message.
  setDraft(contact, "");
  toEnd();
  settle();
  if (await write(from, text)) return;
  setDraft(contact, [text, drafts.get(contact)].filter(Boolean).join("\n"));
});
