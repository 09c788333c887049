// The list of chats.

import { $, el, icon, keep, uid } from "./elements.js";
import { when } from "./times.js";
import { brief } from "./words.js";

export const addressOf = (chat) => `#${encodeURIComponent(chat.contact)}`;
export const chosenContact = () => decodeURIComponent(location.hash.slice(1));

/** Draw how far a message came. */
export function ticks({ direction, status }) {
  if (direction === "INBOUND" || !status) return "";
  const name = status.toLowerCase();
  const drawn = status === "FAILED" ? "!" : icon(status === "SENT" ? "sent" : "delivered");
  return el("span", { class: `ticks ${name}`, role: "img", "aria-label": name, title: name }, drawn);
}

function makeChat(chat) {
  const id = uid();
  return el("li", null, el("a", { href: addressOf(chat), "aria-labelledby": id },
    el("span", { class: "face", "aria-hidden": "true" }, icon("person")),
    el("b", { id }, chat.contact), el("time"), el("small")));
}

function refreshChat(child, chat) {
  const last = chat.messages.at(-1);
  if (chat.contact === chosenContact()) child.firstChild.setAttribute("aria-current", "true");
  else child.firstChild.removeAttribute("aria-current");
  child.querySelector("time").textContent = last ? when(last.at) : "";
  child.querySelector("small").replaceChildren(...(last ? [ticks(last), ` ${brief(last)}`] : []));
}

/** List all chats. */
export function renderChats(chats) {
  keep($("chats"), chats.map((each) => ({ key: each.contact, ...each })), makeChat, refreshChat);
}
