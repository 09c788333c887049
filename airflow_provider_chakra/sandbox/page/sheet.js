// What opens from a button: the rows of a list, or products.

import { tap } from "./answer.js";
import { $, el, uid } from "./elements.js";
import { goods } from "./files.js";

function show(title, sections) {
  $("list-title").textContent = title;
  $("sections").replaceChildren(...sections);
  $("list").showModal();
}

function section({ title }, content) {
  return el("section", null, title ? el("h3", { dir: "auto" }, title) : undefined, content);
}

/** Open the rows of a list. */
export function openRows(action, message) {
  const rows = action.sections.map((each) => section(each, each.rows.map((row) => choice(row, message))));
  show(action.button, rows);
}

function choice(row, message) {
  const [title, more] = [uid(), uid()];
  const onclick = async () => {
    $("list").close();
    await tap(message, row.id);
  };
  const attributes = { type: "button", "aria-labelledby": title, "aria-describedby": more, onclick };
  const description = el("small", { id: more, dir: "auto" }, row.description ?? "");
  return el("button", attributes, el("b", { id: title, dir: "auto" }, row.title), description);
}

/** Open the products of a list. */
export function openItems(action) {
  const item = ({ product_retailer_id: id }) => goods(id);
  show("Items", action.sections.map((each) => section(each, each.product_items.map(item))));
}
