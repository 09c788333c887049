// The list of chats.

import { $, el, icon, keep, say } from "./elements.js";
import { when } from "./times.js";
import { brief } from "./words.js";

export const addressOf = (chat) => `#${encodeURIComponent(chat.contact)}`;

/** Tell whose chat the address names; it may name nobody's. */
export function chosenContact() {
  const named = location.hash.slice(1);
  try {
    return decodeURIComponent(named);
  } catch {
    return named;
  }
}

function ticks({ direction, status }) {
  if (direction === "INBOUND" || !status) return "";
  const name = status.toLowerCase();
  const drawn = status === "FAILED" ? "!" : icon(status === "SENT" ? "sent" : "delivered");
  return el("span", { class: `ticks ${name}`, role: "img", "aria-label": name, title: name }, drawn);
}

/** Draw anew how far a message came, if it came further. */
export function refreshTicks(place, message) {
  const status = message?.status ?? "";
  if (place.dataset.status === status) return;
  place.dataset.status = status;
  place.replaceChildren(message ? ticks(message) : "");
}

function makeChat(chat) {
  return el("li", null, el("a", { href: addressOf(chat) },
    el("span", { class: "face", "aria-hidden": "true" }, icon("person")),
    el("b", null, chat.contact), el("time"),
    el("small", { dir: "auto" }, el("span", { class: "how" }), el("span"))));
}

function refreshChat(child, chat) {
  const last = chat.messages.at(-1);
  if (chat.contact === chosenContact()) child.firstChild.setAttribute("aria-current", "true");
  else child.firstChild.removeAttribute("aria-current");
  say(child.querySelector("time"), last ? when(last.at) : "");
  refreshTicks(child.querySelector(".how"), last);
  say(child.querySelector("small").lastChild, last ? brief(last) : "");
}

/** List all chats. */
export function renderChats(chats) {
  keep($("chats"), chats.map((each) => ({ key: each.contact, ...each })), makeChat, refreshChat);
}
