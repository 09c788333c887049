// The sandbox as a phone: draws what /_sandbox/live tells, and plays the customer.
// Messages are strangers' words: they become text nodes only, and addresses become links only if http(s).

import { dropDrafts } from "./answer.js";
import { renderChat } from "./chat.js";
import { addressOf, chosenContact, renderChats } from "./chats.js";
import { $ } from "./elements.js";
import { listen } from "./live.js";
import { oneAtATime, order, write } from "./orders.js";
import { CLOCK, DATE, sandboxNow, setAhead } from "./times.js";

let chats = [];
let windows = "open";

const isWide = () => matchMedia("(min-width: 46rem)").matches;
const isThere = (contact) => chats.some((each) => each.contact === contact);
let opened;
let toAnswer = false;

/** Choose what to show where nobody chose: not a chat that was forgotten, and the newest if there is room. */
function choose() {
  if (opened && !isThere(opened)) history.replaceState(null, "", location.pathname);
  const [newest] = chats;
  if (!location.hash && isWide() && newest) history.replaceState(null, "", addressOf(newest));
}

function render() {
  const chat = chats.find((each) => each.contact === chosenContact());
  opened = chat?.contact;
  renderChats(chats);
  document.body.classList.toggle("in-chat", Boolean(chat));
  $("chat").hidden = !chat;
  $("none").hidden = Boolean(chat);
  $("skip").hidden = !chat;
  renderChat(chat, windows);
  $("enforce").checked = windows !== "open";
  if (chat && toAnswer) {
    toAnswer = false;
    $("words").focus();
  }
  tick();
}

function tick() {
  const now = sandboxNow();
  $("clock").dateTime = now.toISOString();
  $("clock").textContent = now.toLocaleString([], { ...DATE, ...CLOCK, second: "2-digit" });
}

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", () => $(opener.dataset.opens).showModal());
}
for (const closer of document.querySelectorAll("[data-closes]")) {
  closer.addEventListener("click", () => $(closer.dataset.closes).close());
}
for (const mover of document.querySelectorAll("[data-advance]")) {
  mover.addEventListener("click", () => order("clock", { seconds: Number(mover.dataset.advance) }));
}

$("enforce").addEventListener("change", async ({ target }) => {
  if (!(await order("windows", { rule: target.checked ? "late" : "open" }))) render();
});

$("switches").addEventListener("change", async ({ target }) => {
  const change = { [target.name]: target.type === "checkbox" ? target.checked : target.value };
  // What was not done is not shown as done.
  if (!(await order("contacts", { contact: chosenContact(), ...change }))) render();
});

$("first").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const number = form.elements.number.value.replace(/\D/g, "");
  if (!(await oneAtATime(() => write(number, form.elements.words.value)))) return;
  form.reset();
  $("new-chat").close();
  toAnswer = true;
  history.pushState(null, "", addressOf({ contact: number }));
  render();
});

$("forget").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!(await order("reset", {}))) return;
  $("reset").close();
  dropDrafts();
});

window.addEventListener("hashchange", () => {
  const before = opened;
  render();
  // Where there is room for one pane, the other one goes with its focus.
  if (isWide()) return;
  if (opened) $("contact").focus();
  else document.querySelector(`#chats [href="${CSS.escape(addressOf({ contact: before }))}"]`)?.focus();
});
$("skip").addEventListener("click", () => $("words").focus());
setInterval(tick, 1000);

listen((snapshot) => {
  setAhead(snapshot.ahead);
  ({ chats, windows } = snapshot);
  choose();
  render();
});
