// Where somebody reads: who reads the end of a chat goes on reading it.

import { $ } from "./elements.js";

let atEnd = true;
let lastTop = 0;

/** Read the end from now on. */
export function toEnd() {
  atEnd = true;
}

/** Go on showing the end to whoever is reading it: after news, and after a picture that comes later. */
export function settle() {
  if (atEnd) $("messages").scrollTop = $("messages").scrollHeight;
}

$("messages").addEventListener("scroll", ({ target }) => {
  // What grows in the meantime pushes the end down; only going up leaves it.
  if (target.scrollHeight - target.scrollTop - target.clientHeight < 60) atEnd = true;
  else if (target.scrollTop < lastTop) atEnd = false;
  lastTop = target.scrollTop;
});
