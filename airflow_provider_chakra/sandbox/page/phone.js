// The sandbox as a phone: draws what /_sandbox/live tells, and plays the customer.
// Messages are strangers' words: they become text nodes only, and addresses become links only if http(s).

const $ = (id) => document.getElementById(id);

let shown = { ahead: 0, chats: [] };

/** Make an element; attributes that are false or missing are left out, those that begin with "on" listen. */
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== ""));
  return made;
}

let ids = 0;

const uid = () => `u${(ids += 1)}`;

function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(namespace, "svg");
  made.setAttribute("aria-hidden", "true");
  made.append(document.createElementNS(namespace, "use"));
  made.firstChild.setAttribute("href", `#i-${name}`);
  return made;
}

// --- Orders to the sandbox ---------------------------------------------------------------------------------

/** Give an order; JSON, so that no page of another origin can do the same unasked. */
async function order(path, content) {
  $("trouble").textContent = "";
  try {
    const answer = await fetch(`/_sandbox/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
    });
    if (answer.ok) return true;
    const said = await answer.json().catch(() => ({}));
    const words = said._errors ?? said.detail?.map((problem) => problem.msg);
    $("trouble").textContent = words?.join("; ") ?? `The sandbox answered ${answer.status}.`;
  } catch {
    $("trouble").textContent = "The sandbox does not answer.";
  }
  render();
  return false;
}

const tap = (message, id) => order("taps", { wamid: message.wamid, id });
const write = (from, body) => order("inbound", { from, payload: { type: "text", text: { body } } });

// --- Words -------------------------------------------------------------------------------------------------

// https://faq.whatsapp.com/539178204879377 (How to format your messages)
const MARKS = { "*": "strong", _: "em", "~": "s" };
const MARKUP = new RegExp(
  [
    /```([^]+?)```/, // 1: monospace, over several lines
    /`([^`\n]+)`/, // 2: inline code
    /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)*_~])/, // 3: an address, before any mark within it
    /(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\4(?![\p{L}\p{N}])/, // 4, 5: a mark around words
  ].map((part) => part.source).join("|"),
  "gu",
);

/** Turn WhatsApp's markup into elements. */
function marked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(MARKUP)) {
    nodes.push(text.slice(end, found.index));
    end = found.index + found[0].length;
    const [, block, code, address, mark, words] = found;
    if (mark) nodes.push(el(MARKS[mark], null, marked(words)));
    else nodes.push(address ? link(address) : el("code", null, block ?? code));
  }
  return [...nodes, text.slice(end)];
}

function words(text, kind) {
  return text ? el("p", { class: kind, dir: "auto" }, marked(String(text))) : undefined;
}

const note = (...parts) => el("p", { class: "note" }, ...parts);

/** Link to an address that leads to the web; show any other as it is. */
function link(address, title = address, attributes = {}) {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return el("span", attributes, title);
  return el("a", { ...attributes, href: address, target: "_blank", rel: "noopener noreferrer" }, title);
}

/** Say a message in one line. */
function brief({ payload, text }) {
  const kind = payload.type ?? "text";
  const content = payload[kind];
  if (kind === "reaction") return content?.emoji ? `Reacted ${content.emoji}` : "Took a reaction back";
  if (Array.isArray(content)) return content.map((each) => each?.name?.formatted_name ?? "?").join(", ");
  // Without its marks, and without the elements, which have no place in a link.
  if (text) return el("p", null, marked(text)).textContent;
  return content?.filename || content?.name || `[${content?.type ?? kind}]`;
}

// --- Files -------------------------------------------------------------------------------------------------

const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/** Give the path of a file that this sandbox has; nothing else is fetched unless it is clicked. */
function own(file) {
  if (file.id) return `/_sandbox/page/media/${encodeURIComponent(file.id)}`;
  if (!URL.canParse(file.link)) return undefined;
  const address = new URL(file.link);
  const here = address.port === location.port && LOOPBACK.includes(address.hostname);
  const folder = "/public-media/";
  if (!here || !address.pathname.startsWith(folder)) return undefined;
  return `/_sandbox/page/media/${address.pathname.slice(folder.length)}`;
}

function media(kind, file) {
  const path = own(file);
  const absent = () => placeholder(kind, file);
  if (!path || !["image", "sticker"].includes(kind)) return absent();
  const onerror = ({ target }) => {
    target.replaceWith(absent());
    settle();
  };
  return el("img", { src: path, alt: file.caption || kind, class: kind, onload: settle, onerror });
}

function placeholder(kind, file) {
  const shape = { gif: "video", sticker: "image" }[kind] ?? kind;
  const title = file.filename ?? (file.voice ? "voice note" : kind);
  return box(kind, shape, title, file.link ? link(file.link) : `id ${file.id}`);
}

/** Draw what is not said in words: an icon, a title, and smaller lines below it. */
function box(kind, shape, title, ...more) {
  const small = more.filter(Boolean).map((line) => el("small", null, line));
  return el("div", { class: `file ${kind}` }, icon(shape), el("span", null, el("b", null, title), small));
}

// --- Messages, by type: each gives what is in the bubble, and what can be tapped below it ------------------

function place({ latitude, longitude, name, address }) {
  const where = `${latitude}, ${longitude}`;
  return box("location", "location", name ?? where, address ?? (name && where));
}

function person({ name, phones = [] }) {
  return box("contact", "person", name?.formatted_name ?? "?", ...phones.map(({ phone }) => phone));
}

const goods = (id, more) => box("goods", "goods", id, more);

function button(title, shape, onclick) {
  return el("button", { type: "button", onclick }, icon(shape), el("span", null, title));
}

const reply = (message, { id, title }) => button(title, "reply", () => tap(message, id));
const replies = (message) => message.choices.map((choice) => reply(message, choice));
const label = (title) => el("span", { class: "tap" }, title);

function page({ url, display_text: title }) {
  return link(url, [icon("link"), el("span", null, title)], { class: "tap", title: url });
}

function header(content) {
  const head = content.header;
  if (!head) return undefined;
  return head.type === "text" ? words(head.text, "head") : media(head.type, head[head.type] ?? {});
}

const LABELS = {
  location_request_message: "Send location",
  address_message: "Provide address",
  product: "View",
  catalog_message: "View catalog",
  call_permission_request: "Allow calls",
  request_contact_info: "Share contact info",
  order_details: "Review and pay",
};

function interactive(content, message) {
  const { nfm_reply: form, list_reply, button_reply: chosen = list_reply } = content;
  if (chosen) return [[words(chosen.title), words(chosen.description, "foot")]];
  if (form) return [[note("Form: ", form.body ?? ""), el("code", null, form.response_json ?? "")]];
  const action = content.action ?? {};
  const parameters = action.parameters ?? {};
  const inside = [header(content), words(content.body?.text), words(content.footer?.text, "foot")];
  switch (content.type) {
    case "list":
      return [inside, [button(action.button, "list", () => open(action.button, rows(action, message)))]];
    case "button":
      return [inside, replies(message)];
    case "cta_url":
      return [inside, [page(parameters)]];
    case "product_list":
      return [inside, [button("View items", "list", () => open("Items", items(action)))]];
    case "carousel":
      return [[...inside, swiped(action.cards.map((each) => card(each, message)))]];
    case "flow":
      return [inside, [label(parameters.flow_cta)]];
    case "voice_call":
      return [inside, [label(parameters.display_text ?? "Call Now")]];
    case "order_details":
    case "order_status":
      inside.unshift(goods(`Order ${parameters.reference_id}`, parameters.order?.status));
      break;
    case "product":
      inside.unshift(goods(action.product_retailer_id));
      break;
    default:
      if (!(content.type in LABELS)) inside.unshift(note(`[${content.type}]`));
  }
  return [inside, content.type in LABELS ? [label(LABELS[content.type])] : []];
}

function swiped(cards) {
  return el("div", { class: "cards", tabindex: "0", role: "group", "aria-label": "Cards" }, cards);
}

function card(content, message) {
  const action = content.action ?? {};
  if (content.type === "product") return el("div", { class: "card" }, goods(action.product_retailer_id));
  const below = action.buttons?.map((each) => reply(message, each.quick_reply)) ?? page(action.parameters);
  return el("div", { class: "card" }, header(content), words(content.body?.text), below);
}

function parameters(components, kind) {
  return components.filter((part) => part.type === kind).flatMap((part) => part.parameters ?? []);
}

/** Draw what was filled in that is no text. */
function filled(given) {
  const value = given[given.type];
  switch (given.type) {
    case "image":
    case "video":
    case "gif":
    case "document":
      return media(given.type, value);
    case "location":
      return place(value);
    case "product":
      return goods(value.product_retailer_id);
  }
  return undefined;
}

/** List the texts that were filled in, each with its name or number. */
function listed(given) {
  const texts = given.flatMap((each, number) => {
    const value = each[each.type]?.fallback_value ?? each[each.type];
    if (typeof value !== "string") return [];
    return [el("dt", null, each.parameter_name ?? number + 1), el("dd", { dir: "auto" }, value)];
  });
  return texts.length ? el("dl", null, texts) : undefined;
}

function template(content, message) {
  const all = content.components ?? [];
  const [head, body] = ["header", "body"].map((kind) => parameters(all, kind));
  const cards = all.flatMap((part) => part.cards ?? []).map(({ components }) => {
    const [above, below] = ["header", "body"].map((kind) => parameters(components, kind));
    return el("div", { class: "card" }, above.map(filled), listed(below));
  });
  const others = all.filter((part) => part.type === "button" && part.sub_type !== "quick_reply");
  const labels = others.map(({ sub_type: kind, parameters: [given] }) => {
    const value = given[given.type];
    return label(typeof value === "string" ? `${kind}: ${value}` : kind);
  });
  return [
    [
      note(icon("template"), `${content.name} (${content.language.code})`),
      head.map(filled), listed(head),
      // The text as it is read is known if the template is.
      words(message.text) ?? listed(body),
      cards.length ? swiped(cards) : undefined,
    ],
    [...replies(message), ...labels],
  ];
}

const ordered = (item) => goods(item.product_retailer_id, `${item.quantity} ×`);

/** Draw a message: what is in its bubble, and what can be tapped below. */
function draw(message) {
  const kind = message.payload.type ?? "text";
  const content = message.payload[kind];
  switch (kind) {
    case "text":
      return [[words(content.body)]];
    case "button":
      return [[words(content.text)]];
    case "image":
    case "video":
    case "audio":
    case "document":
    case "sticker":
      return [[media(kind, content), words(content.caption)]];
    case "location":
      return [[place(content)]];
    case "contacts":
      return [content.map(person)];
    case "interactive":
      return interactive(content, message);
    case "template":
      return template(content, message);
    case "reaction":
      return [[note(brief(message))]];
    case "order":
      return [[words(content.text), content.product_items.map(ordered)]];
  }
  return [[note(`[${kind}]`)]];
}

/** Draw any message: what the control API took in a customer's name may be anything. */
function drawAny(message) {
  try {
    return draw(message);
  } catch {
    return [[note(`[${message.payload.type}]`)]];
  }
}

// --- What opens from a button ------------------------------------------------------------------------------

function open(title, sections) {
  $("list-title").textContent = title;
  $("sections").replaceChildren(...sections);
  $("list").showModal();
}

function section({ title }, content) {
  return el("section", null, title ? el("h3", null, title) : undefined, content);
}

function rows(action, message) {
  return action.sections.map((each) => section(each, each.rows.map((row) => choice(row, message))));
}

function choice(row, message) {
  const [title, more] = [uid(), uid()];
  const onclick = async () => {
    $("list").close();
    await tap(message, row.id);
  };
  const attributes = { type: "button", "aria-labelledby": title, "aria-describedby": more, onclick };
  const description = el("small", { id: more }, row.description ?? "");
  return el("button", attributes, el("b", { id: title }, row.title), description);
}

function items(action) {
  const item = ({ product_retailer_id: id }) => goods(id);
  return action.sections.map((each) => section(each, each.product_items.map(item)));
}

// --- The chats ---------------------------------------------------------------------------------------------

const sandboxNow = () => new Date(Date.now() + shown.ahead * 1000);
const clock = { hour: "2-digit", minute: "2-digit" };
const date = { day: "numeric", month: "short" };
const time = (at) => new Date(at).toLocaleTimeString([], clock);
const day = (at) => new Date(at).toLocaleDateString([], { ...date, weekday: "long", month: "long" });
const isToday = (at) => day(at) === day(sandboxNow());
const when = (at) => (isToday(at) ? time(at) : new Date(at).toLocaleDateString([], date));
const addressOf = (chat) => `#${encodeURIComponent(chat.contact)}`;
const chosen = () => decodeURIComponent(location.hash.slice(1));

/** Bring a list up to date, element by element: what stays keeps its focus, and its place. */
function keep(list, all, make, refresh) {
  const focused = document.activeElement;
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = all.map((each) => {
    const child = old.get(each.key) ?? make(each);
    old.delete(each.key);
    child.dataset.key = each.key;
    refresh(child, each);
    return child;
  });
  for (const gone of old.values()) gone.remove();
  wanted.forEach((child, place) => {
    if (list.children[place] !== child) list.insertBefore(child, list.children[place] ?? null);
  });
  if (focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

function ticks({ direction, status }) {
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
  if (chat.contact === chosen()) child.firstChild.setAttribute("aria-current", "true");
  else child.firstChild.removeAttribute("aria-current");
  child.querySelector("time").textContent = last ? when(last.at) : "";
  child.querySelector("small").replaceChildren(...(last ? [ticks(last), ` ${brief(last)}`] : []));
}

function quote(message, chat) {
  if (!message.reply_to) return undefined;
  const target = chat.messages.find((each) => each.wamid === message.reply_to);
  const who = target?.direction === "OUTBOUND" ? "Business" : "Customer";
  return el("blockquote", null, target ? [el("b", null, who), brief(target)] : "An earlier message");
}

function makeMessage({ message, chat }) {
  if (!message) return el("li", { class: "day" }, el("span"));
  const out = message.direction === "OUTBOUND";
  const [inside, below = []] = drawAny(message);
  const bubble = el("div", { class: "bubble" }, quote(message, chat), inside);
  // Within the last paragraph it takes up no line of its own, if there is room.
  const end = bubble.lastChild?.matches("p") ? bubble.lastChild : bubble;
  const at = el("time", { datetime: message.at }, time(message.at));
  end.append(el("span", { class: "stamp" }, at, el("span", { class: "how" })));
  return el("li", { class: out ? "out" : "in" },
    el("article", { "aria-label": out ? "From the business" : "From the customer" },
      bubble, below.length ? el("div", { class: "taps" }, below) : undefined,
      el("p", { class: "reason" }), el("p", { class: "reactions", hidden: "" })));
}

function refreshMessage(child, { message, title, reactions }) {
  if (!message) {
    child.firstChild.textContent = title;
    return;
  }
  const failed = message.status === "FAILED";
  child.querySelector(".how").replaceChildren(ticks(message));
  child.querySelector(".reason").textContent = failed ? `Not delivered: ${message.error}` : "";
  const below = child.querySelector(".reactions");
  below.textContent = [...reactions.values()].join("");
  below.hidden = !below.textContent;
}

/** List a chat's messages with their days between them; reactions go to the messages they are for. */
function lines(chat) {
  const known = new Map(chat.messages.map((message) => [message.wamid, new Map()]));
  const all = [];
  let today = "";
  for (const message of chat.messages) {
    const reaction = message.payload.reaction;
    if (message.payload.type === "reaction" && known.has(reaction?.message_id)) {
      known.get(reaction.message_id).set(message.direction, reaction.emoji ?? "");
      continue;
    }
    const title = day(message.at);
    if (title !== today) all.push({ key: title, title: isToday(message.at) ? "Today" : title });
    today = title;
    all.push({ key: message.wamid, message, chat, reactions: known.get(message.wamid) });
  }
  return all;
}

function windowOf({ window_closes_at: end }) {
  if (!end) return "Window closed: templates only";
  return `Window open until ${new Date(end).toLocaleString([], { ...clock, weekday: "short" })}`;
}

let drawn;
let atEnd = true;
let lastTop = 0;

/** Go on showing the end to whoever is reading it: after news, and after a picture that comes later. */
function settle() {
  if (atEnd) $("messages").scrollTop = $("messages").scrollHeight;
}

function renderChat(chat) {
  const list = $("messages");
  const other = drawn !== chat.contact;
  drawn = chat.contact;
  if (other) {
    // A chat that is opened is no news to be read out.
    list.setAttribute("aria-live", "off");
    setTimeout(() => list.setAttribute("aria-live", "polite"), 500);
    list.replaceChildren();
  }
  atEnd ||= other;
  keep(list, lines(chat), makeMessage, refreshMessage);
  settle();
  $("contact").textContent = chat.contact;
  $("window").textContent = windowOf(chat);
  const { reach, blocks, window_closed } = chat.state;
  const state = { [reach]: true, blocks, window_closed };
  for (const box of $("switches").querySelectorAll("input")) box.checked = Boolean(state[box.name]);
}

function render() {
  const chat = shown.chats.find((each) => each.contact === chosen());
  keep($("chats"), shown.chats.map((each) => ({ key: each.contact, ...each })), makeChat, refreshChat);
  document.body.classList.toggle("in-chat", Boolean(chat));
  $("chat").hidden = !chat;
  $("none").hidden = Boolean(chat);
  if (chat) renderChat(chat);
  else drawn = undefined;
  tick();
}

function tick() {
  const now = sandboxNow();
  $("clock").dateTime = now.toISOString();
  $("clock").textContent = now.toLocaleString([], { ...date, ...clock, second: "2-digit" });
}

// --- Controls ----------------------------------------------------------------------------------------------

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", () => $(opener.dataset.opens).showModal());
}
for (const closer of document.querySelectorAll("[data-closes]")) {
  closer.addEventListener("click", () => $(closer.dataset.closes).close());
}
for (const mover of document.querySelectorAll("[data-advance]")) {
  mover.addEventListener("click", () => order("clock", { seconds: Number(mover.dataset.advance) }));
}

$("switches").addEventListener("change", ({ target: { name, checked } }) => {
  const reach = { reach: checked ? name : "online" };
  const change = name in { offline: 0, not_on_whatsapp: 0 } ? reach : { [name]: checked };
  order("contacts", { contact: chosen(), ...change });
});

$("answer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = $("words");
  if (field.value.trim() && (await write(chosen(), field.value.trim()))) field.value = "";
});
$("words").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("answer").requestSubmit();
});

$("first").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const number = form.elements.number.value.replace(/\D/g, "");
  if (!(await write(number, form.elements.words.value))) return;
  form.reset();
  $("new-chat").close();
  location.hash = addressOf({ contact: number });
});

$("forget").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await order("reset", {})) $("reset").close();
});

$("messages").addEventListener("scroll", ({ target }) => {
  // What grows in the meantime pushes the end down; only going up leaves it.
  if (target.scrollHeight - target.scrollTop - target.clientHeight < 60) atEnd = true;
  else if (target.scrollTop < lastTop) atEnd = false;
  lastTop = target.scrollTop;
});
window.addEventListener("hashchange", render);
setInterval(tick, 1000);

const live = new EventSource("/_sandbox/live");
live.onopen = () => ($("connection").textContent = "");
live.onerror = () => ($("connection").textContent = "The sandbox does not answer. Trying again …");
live.onmessage = ({ data }) => {
  shown = JSON.parse(data);
  const wide = matchMedia("(min-width: 46rem)").matches;
  const [newest] = shown.chats;
  if (!location.hash && wide && newest) history.replaceState(null, "", addressOf(newest));
  render();
};
