// What went wrong, above all else on the page.

import { $ } from "./elements.js";

/** Tell of something that went wrong, until it is closed or something else is tried. */
export function tellTrouble(reason) {
  clearTrouble();
  // All that is outside of an open dialog can be neither reached nor heard.
  (document.querySelector("dialog[open]") ?? document.body).append($("trouble"));
  $("reason").textContent = reason;
  $("trouble").showPopover();
}

export function clearTrouble() {
  $("trouble").hidePopover();
}

$("close-trouble").addEventListener("click", clearTrouble);
for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", clearTrouble);
