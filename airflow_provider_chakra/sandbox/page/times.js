// The sandbox's time, and how times are written.

let ahead = 0;

/** Note by how many seconds the sandbox's clock is before the machine's. */
export function setAhead(seconds) {
  ahead = seconds;
}

export const CLOCK = { hour: "2-digit", minute: "2-digit" };
export const DATE = { day: "numeric", month: "short" };

export const sandboxNow = () => new Date(Date.now() + ahead * 1000);
export const timeOf = (at) => new Date(at).toLocaleTimeString([], CLOCK);
export const dayOf = (at) => new Date(at).toLocaleDateString([], { ...DATE, weekday: "long", month: "long" });
export const isToday = (at) => dayOf(at) === dayOf(sandboxNow());
export const when = (at) => (isToday(at) ? timeOf(at) : new Date(at).toLocaleDateString([], DATE));
