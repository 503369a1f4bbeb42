// Moments as a browser's own field for them has them: "2026-11-23T14:00", in the zone of whoever looks.

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** For the field; empty when it is none. */
export const toLocal = (text: string | undefined): string =>
  text !== undefined && LOCAL.test(text) ? text : "";

/** As the API wants it, or null. */
export function fromLocal(text: string | undefined): string | null {
  const moment = new Date(toLocal(text));
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
