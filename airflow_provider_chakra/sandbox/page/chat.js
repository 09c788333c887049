// The chat that is open.

import { showDraft } from "./answer.js";
import { refreshTicks } from "./chats.js";
import { $, el, keep, say } from "./elements.js";
import { drawMessage } from "./messages.js";
import { settle, toEnd } from "./reading.js";
import { CLOCK, dayOf, isToday, timeOf } from "./times.js";
import { brief } from "./words.js";

function quote(message, chat) {
  if (!message.reply_to) return undefined;
  const target = chat.messages.find((each) => each.wamid === message.reply_to);
  const who = target?.direction === "OUTBOUND" ? "Business" : "Customer";
  if (!target) return el("blockquote", null, "An earlier message");
  return el("blockquote", null, el("b", null, who), el("span", { dir: "auto" }, brief(target)));
}

function makeMessage({ message, chat }) {
  if (!message) return el("li", { class: "day" }, el("span"));
  const out = message.direction === "OUTBOUND";
  const [inside, below = []] = drawMessage(message);
  const bubble = el("div", { class: "bubble" }, quote(message, chat), inside);
  // Within the last paragraph it takes up no line of its own, if there is room.
  const end = bubble.lastChild?.matches("p") ? bubble.lastChild : bubble;
  const at = el("time", { datetime: message.at }, timeOf(message.at));
  // That it came further is no news to be read out.
  end.append(el("span", { class: "stamp", "aria-live": "off" }, at, el("span", { class: "how" })));
  return el("li", { class: out ? "out" : "in" },
    el("article", { "aria-label": out ? "From the business" : "From the customer" },
      bubble, below.length ? el("div", { class: "taps" }, below) : undefined,
      el("p", { class: "reason" }), el("p", { class: "reactions", hidden: "" })));
}

function refreshMessage(child, { message, title, reactions }) {
  if (!message) {
    say(child.firstChild, title);
    return;
  }
  const failed = message.status === "FAILED";
  refreshTicks(child.querySelector(".how"), message);
  say(child.querySelector(".reason"), failed ? `Not delivered: ${message.error}` : "");
  // No phone has it.
  for (const button of child.querySelectorAll("button")) button.disabled = failed;
  const below = child.querySelector(".reactions");
  say(below, [...reactions.values()].join(""));
  below.hidden = !below.textContent;
}

/** List a chat's messages with their days between them; reactions go to the messages they are for. */
function lines(chat) {
  const known = new Map(chat.messages.map((message) => [message.wamid, new Map()]));
  const all = [];
  let today = "";
  for (const message of chat.messages) {
    const reaction = message.payload.reaction;
    const arrived = message.payload.type === "reaction" && message.status !== "FAILED";
    if (arrived && known.has(reaction?.message_id)) {
      known.get(reaction.message_id).set(message.direction, reaction.emoji ?? "");
      continue;
    }
    const title = dayOf(message.at);
    if (title !== today) all.push({ key: title, title: isToday(message.at) ? "Today" : title });
    today = title;
    all.push({ key: message.wamid, message, chat, reactions: known.get(message.wamid) });
  }
  return all;
}

function windowOf({ window_closes_at: end, state, group }, rule) {
  if (group) return "A group: what its members write stands in their own chats";
  if (!end && (rule !== "open" || state.window_closed)) return "Window closed: templates only";
  if (!end) return "Window over, but not enforced: all messages pass";
  return `Window open until ${new Date(end).toLocaleString([], { ...CLOCK, weekday: "short" })}`;
}

let openContact;

/** Show the chat that is open, or none. */
export function renderChat(chat, windows) {
  const list = $("lines");
  const log = $("messages");
  const other = openContact !== chat?.contact;
  openContact = chat?.contact;
  if (!chat) return;
  if (other) {
    toEnd();
    // A chat that is opened is no news to be read out.
    log.setAttribute("aria-live", "off");
    setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
    list.replaceChildren();
  }
  keep(list, lines(chat), makeMessage, refreshMessage);
  settle();
  showDraft(chat);
  say($("contact"), chat.contact);
  say($("window"), windowOf(chat, windows));
  const { reach, ...state } = chat.state;
  $("reach").value = reach;
  for (const box of $("switches").querySelectorAll("input")) box.checked = state[box.name];
}
