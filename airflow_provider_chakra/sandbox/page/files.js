// Files: shown if the sandbox has them, else only named.

import { el, icon } from "./elements.js";
import { settle } from "./reading.js";
import { link } from "./words.js";

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

export function media(kind, file) {
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
export function box(kind, shape, title, ...more) {
  const small = more.filter(Boolean).map((line) => el("small", { dir: "auto" }, line));
  return el("div", { class: `file ${kind}` }, icon(shape), el("span", null, el("b", { dir: "auto" }, title), small));
}

export const goods = (id, more) => box("goods", "goods", id, more);
