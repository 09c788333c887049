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

function render() {
  const chat = chats.find((each) => each.contact === chosenContact());
  renderChats(chats);
  document.body.classList.toggle("in-chat", Boolean(chat));
  $("chat").hidden = !chat;
  $("none").hidden = Boolean(chat);
  renderChat(chat, windows);
  $("enforce").checked = windows !== "open";
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
  location.hash = addressOf({ contact: number });
});

$("forget").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!(await order("reset", {}))) return;
  $("reset").close();
  dropDrafts();
});

window.addEventListener("hashchange", render);
setInterval(tick, 1000);

listen((snapshot) => {
  setAhead(snapshot.ahead);
  ({ chats, windows } = snapshot);
  const wide = matchMedia("(min-width: 46rem)").matches;
  const [newest] = chats;
  if (!location.hash && wide && newest) history.replaceState(null, "", addressOf(newest));
  render();
});
