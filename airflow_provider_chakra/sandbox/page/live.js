// What the sandbox tells, whenever it changes.

import { $ } from "./elements.js";

const AGAIN = 2000;

/**
 * Hear of all changes, as long as the page is seen.
 *
 * A browser has six connections to a host, for all of its windows: a stream that nobody looks at must not hold
 * one. By itself it opens a stream anew that broke, but not one that was once answered with something else.
 */
export function listen(show) {
  let stream;
  let waiting;

  function open() {
    close();
    if (document.hidden) return;
    stream = new EventSource("/_sandbox/live");
    stream.onopen = () => ($("connection").textContent = "");
    stream.onmessage = ({ data }) => show(JSON.parse(data));
    stream.onerror = () => {
      close();
      $("connection").textContent = "The sandbox does not answer. Trying again …";
      waiting = setTimeout(open, AGAIN);
    };
  }

  function close() {
    stream?.close();
    clearTimeout(waiting);
  }

  document.addEventListener("visibilitychange", open);
  open();
}
