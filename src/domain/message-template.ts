// A template that somebody wrote for a webhook, filled in so that no message can break out of the form it is written in.
import type { Message } from "./notification.ts";

const PLACE = /\{\{\s*([A-Za-z]*)\s*\}\}/g;

const VALUES = {
  subject: ({ subject }) => subject,
  body: ({ body }) => body,
  severity: ({ severity }) => severity,
  host: ({ host }) => host ?? "",
  code: ({ code }) => code ?? "",
  url: ({ url }) => url ?? "",
  kind: ({ kind }) => kind,
  since: ({ since }) => since?.toISOString() ?? "",
} as const satisfies Record<string, (message: Message) => string>;

export const PLACES = Object.keys(VALUES);

export const isFillable = (template: string): boolean =>
  [...template.matchAll(PLACE)].every(([, name]) => Object.hasOwn(VALUES, name ?? ""));

/** How a value is written: within quotes of JSON, as a value of a form, or as it is. */
export type Escaping = "json" | "form" | "none";

/** What a content type asks for; null is that of JSON, which is the usual one. */
export const escapingFor = (contentType: string | null): Escaping =>
  contentType === null || /[/+]json\b/i.test(contentType)
    ? "json"
    : /x-www-form-urlencoded/i.test(contentType)
      ? "form"
      : "none";

const ESCAPES: Record<Escaping, (text: string) => string> = {
  json: (text) => JSON.stringify(text).slice(1, -1),
  form: encodeURIComponent,
  none: (text) => text,
};

/** `{{subject}}` and its like become what the message says. What a value holds is never read as a template. */
export const fill = (template: string, message: Message, escaping: Escaping): string =>
  template.replace(PLACE, (place, name: string) =>
    Object.hasOwn(VALUES, name) ? ESCAPES[escaping](VALUES[name as keyof typeof VALUES](message)) : place,
  );
