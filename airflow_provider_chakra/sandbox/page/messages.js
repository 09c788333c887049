// Messages, by type: each gives what is in the bubble, and what can be tapped below it.

import { tap } from "./answer.js";
import { el, icon } from "./elements.js";
import { box, goods, media } from "./files.js";
import { openItems, openRows } from "./sheet.js";
import { brief, link, note, paragraph } from "./words.js";

function spot({ latitude, longitude, name, address }) {
  const where = `${latitude}, ${longitude}`;
  return box("location", "location", name ?? where, address ?? (name && where));
}

function person({ name, phones = [] }) {
  return box("contact", "person", name?.formatted_name ?? "?", ...phones.map(({ phone }) => phone));
}

const label = (title) => el("span", { class: "tap", dir: "auto" }, title);

function button(title, shape, act) {
  // A double click is one tap, and so it is if the answer comes between its two.
  const onclick = ({ detail }) => {
    if (detail < 2) act();
  };
  return el("button", { type: "button", onclick }, icon(shape), el("span", { dir: "auto" }, title));
}

const reply = (message, { id, title }) => button(title, "reply", () => tap(message, id));
const replies = (message) => message.choices.map((choice) => reply(message, choice));
function page({ url, display_text: title }) {
  return link(url, [icon("link"), el("span", { dir: "auto" }, title)], { class: "tap", title: url });
}

function heading(content) {
  const head = content.header;
  if (!head) return undefined;
  return head.type === "text" ? paragraph(head.text, "head") : media(head.type, head[head.type] ?? {});
}

function interactive(content, message) {
  const { nfm_reply: form, list_reply, button_reply: tapped = list_reply } = content;
  if (tapped) return [[paragraph(tapped.title), paragraph(tapped.description, "foot")]];
  if (form) return [[note("Form: ", form.body ?? ""), el("code", null, form.response_json ?? "")]];
  const action = content.action ?? {};
  const given = action.parameters ?? {};
  const inside = [heading(content), paragraph(content.body?.text), paragraph(content.footer?.text, "foot")];
  switch (content.type) {
    case "list":
      return [inside, [button(action.button, "list", () => openRows(action, message))]];
    case "button":
      return [inside, replies(message)];
    case "cta_url":
      return [inside, [page(given)]];
    case "product_list":
      return [inside, [button(message.label, "list", () => openItems(action))]];
    case "carousel":
      return [[...inside, swiped(action.cards.map((each) => card(each, message)))]];
    case "flow":
      return [inside, [label(given.flow_cta)]];
    case "voice_call":
      return [inside, [label(given.display_text ?? message.label)]];
    case "order_details":
    case "order_status":
      inside.unshift(goods(`Order ${given.reference_id}`, given.order?.status));
      break;
    case "product":
      inside.unshift(goods(action.product_retailer_id));
      break;
    default:
      if (!message.label) inside.unshift(note(`[${content.type}]`));
  }
  return [inside, message.label ? [label(message.label)] : []];
}

function swiped(cards) {
  return el("div", { class: "cards", tabindex: "0", role: "group", "aria-label": "Cards" }, cards);
}

function card(content, message) {
  const action = content.action ?? {};
  if (content.type === "product") return el("div", { class: "card" }, goods(action.product_retailer_id));
  const below = action.buttons?.map((each) => reply(message, each.quick_reply)) ?? page(action.parameters);
  return el("div", { class: "card" }, heading(content), paragraph(content.body?.text), below);
}

function parametersOf(components, kind) {
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
      return spot(value);
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

/** Draw a button of a template that the sandbox knows. */
function knownButton(message, { title, id, url, phone }) {
  if (id) return reply(message, { id, title });
  if (url) return page({ url, display_text: title });
  return phone ? el("span", { class: "tap", title: phone }, icon("call"), el("span", { dir: "auto" }, title)) : label(title);
}

/** Draw what was filled in of a button that is not known. */
function unknownButton({ sub_type: kind, parameters: [only] }) {
  const value = only?.[only.type];
  return label(typeof value === "string" ? `${kind}: ${value}` : kind);
}

/** Draw a template or a card of one: as it is read if it is known, else what was filled in. */
function sides(components, read, message) {
  const [head, body] = ["header", "body"].map((kind) => parametersOf(components, kind));
  if (!read) return [[head.map(filled), listed(head), paragraph(message.text) ?? listed(body)], []];
  const inside = [paragraph(read.header, "head"), paragraph(read.body), paragraph(read.footer, "foot")];
  return [[head.map(filled), inside], read.buttons.map((each) => knownButton(message, each))];
}

function template(content, message) {
  const all = content.components ?? [];
  const read = message.template;
  const [inside, below] = sides(all, read, message);
  const cards = all.flatMap((part) => part.cards ?? []).map(({ components }, index) => {
    return el("div", { class: "card" }, sides(components, read?.cards[index], { ...message, text: "" }));
  });
  const others = all.filter((part) => part.type === "button" && part.sub_type !== "quick_reply");
  return [
    [
      note(icon("template"), `${content.name} (${content.language.code})`),
      inside,
      cards.length ? swiped(cards) : undefined,
    ],
    read ? below : [...replies(message), ...others.map(unknownButton)],
  ];
}

const ordered = (item) => goods(item.product_retailer_id, `${item.quantity} ×`);

function drawKind(message) {
  const kind = message.payload.type ?? "text";
  const content = message.payload[kind];
  switch (kind) {
    case "text":
      return [[paragraph(content.body)]];
    case "button":
      return [[paragraph(content.text)]];
    case "image":
    case "video":
    case "audio":
    case "document":
    case "sticker":
      return [[media(kind, content), paragraph(content.caption)]];
    case "location":
      return [[spot(content)]];
    case "contacts":
      return [content.map(person)];
    case "interactive":
      return interactive(content, message);
    case "template":
      return template(content, message);
    case "reaction":
      return [[note(brief(message))]];
    case "order":
      return [[paragraph(content.text), content.product_items.map(ordered)]];
  }
  return [[note(`[${kind}]`)]];
}

/**
 * Draw a message: what is in its bubble, and what can be tapped below.
 *
 * It may be any: so may be what the control API took in a customer's name.
 */
export function drawMessage(message) {
  try {
    return drawKind(message);
  } catch {
    return [[note(`[${message.payload.type}]`)]];
  }
}
