// What is typed as the customer: each chat has its own draft.

import { chosenContact } from "./chats.js";
import { $ } from "./elements.js";
import { write } from "./orders.js";
import { settle, toEnd } from "./reading.js";

const drafts = new Map();
let shownOf;

/** Show the draft of a chat. */
export function showDraft(contact) {
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
  if (!text) return;
  // Before the answer comes: what is typed meanwhile is the next message.
  setDraft(contact, "");
  toEnd();
  settle();
  if (await write(contact, text)) return;
  setDraft(contact, [text, drafts.get(contact)].filter(Boolean).join("\n"));
});
