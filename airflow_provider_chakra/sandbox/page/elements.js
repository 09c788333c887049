// Elements: made, found, and brought up to date.

export const $ = (id) => document.getElementById(id);

/** Make an element; attributes that are false or missing are left out, those that begin with "on" listen. */
export function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== ""));
  return made;
}

/** Write a text, if it is another one: what is written anew is read out anew. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let ids = 0;

export const uid = () => `u${(ids += 1)}`;

export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(namespace, "svg");
  made.setAttribute("aria-hidden", "true");
  made.append(document.createElementNS(namespace, "use"));
  made.firstChild.setAttribute("href", `#i-${name}`);
  return made;
}

/** Bring a list up to date, element by element: what stays keeps its focus, and its place. */
export function keep(list, all, make, refresh) {
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
  wanted.forEach((child, index) => {
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
  });
  if (focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
}
