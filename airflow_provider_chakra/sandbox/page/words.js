// Words: WhatsApp's markup, and what there is to say of a message in one line.

import { el } from "./elements.js";

// https://faq.whatsapp.com/539178204879377 (How to format your messages)
const MARKS = { "*": "strong", _: "em", "~": "s" };
const MARKUP = new RegExp(
  [
    /```([^]+?)```/, // 1: monospace, over several lines
    /`([^`\n]+)`/, // 2: inline code
    // 3: an address, before any mark within it; a parenthesis is part of it if it is closed in it.
    /([hH][tT]{2}[pP][sS]?:\/\/(?:[^\s<>"()]|\([^\s<>"()]*\))*(?:[^\s<>".,;:!?()*_~]|\([^\s<>"()]*\)))/,
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
    const [, block, code, address, mark, inner] = found;
    if (mark) nodes.push(el(MARKS[mark], null, marked(inner)));
    else nodes.push(address ? link(address) : el("code", null, block ?? code));
  }
  return [...nodes, text.slice(end)];
}

/** Write a text of a message. */
export function paragraph(text, kind) {
  return text ? el("p", { class: kind, dir: "auto" }, marked(String(text))) : undefined;
}

export const note = (...parts) => el("p", { class: "note", dir: "auto" }, ...parts);

/** Link to an address that leads to the web; show any other as it is. */
export function link(address, title = address, attributes = {}) {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return el("span", { dir: "auto", ...attributes }, title);
  return el("a", { dir: "auto", ...attributes, href: address, target: "_blank", rel: "noopener noreferrer" }, title);
}

/** Say a message in one line. */
export function brief({ payload, text }) {
  const kind = payload.type ?? "text";
  const content = payload[kind];
  if (kind === "reaction") return content?.emoji ? `Reacted ${content.emoji}` : "Took a reaction back";
  if (Array.isArray(content)) return content.map((each) => each?.name?.formatted_name ?? "?").join(", ");
  // Without its marks, and without the elements, which have no place in a link.
  if (text) return el("p", null, marked(text)).textContent;
  return content?.filename || content?.name || `[${content?.type ?? kind}]`;
}
