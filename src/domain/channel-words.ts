// The words that settings of channels are made of: addresses of servers, mailboxes, headers, templates.
import { parseAddress } from "./host-address.ts";
import { isFillable } from "./message-template.ts";
import { badInput } from "./problem.ts";

function url(what: string, given: string): URL {
  const found = URL.canParse(given) ? new URL(given) : null;
  if (found === null || !/^https?:$/.test(found.protocol))
    throw badInput(what, "", "must begin with https:// or http://, followed by the name of a server.");
  return found;
}

/** Where a service is, without anything secret in it, and without a slash at its end. */
export function serverUrl(what: string, given: string): string {
  const { username, password, search, hash, href } = url(what, given);
  if (username !== "" || password !== "")
    throw badInput(what, "", "holds a password: give it as a token, which is kept sealed.");
  if (search !== "" || hash !== "") throw badInput(what, given, "must end before any ? or #.");
  return href.replace(/\/+$/, "");
}

/** An address that is a secret as a whole. */
export function secretUrl(what: string, given: string): string {
  const found = url(what, given);
  found.hash = "";
  return found.href;
}

/** What of an address may be shown. */
export const originOf = (given: string): string => (URL.canParse(given) ? new URL(given).origin : "");

/** A name or address without a port. */
export const serverName = (_: string, given: string): string => parseAddress(given);

const MAILBOX = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** One address and nothing else: what holds a comma or a line's end would be two. */
export function mailbox(what: string, given: string): string {
  if (MAILBOX.test(given)) return given;
  throw badInput(what, given, "is no e-mail address such as ops@example.org.");
}

/** Those that say how a message is sent are ours. */
const OWN_HEADERS =
  /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|proxy-.*)$/i;
/** Written by what sends it. */
const HEADER = /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}):[ \t]*([\x20-\x7e]*)$/;

/** `Name: value`. Never repeats the value. */
export function header(what: string, given: string): string {
  const [, name = "", value = ""] = HEADER.exec(given) ?? [];
  if (name === "") throw badInput(what, "", "is not written as Name: value.");
  if (OWN_HEADERS.test(name)) throw badInput(what, name, "is one that pobsync sets itself.");
  return `${name}: ${value}`;
}

export function template(what: string, given: string): string {
  if (!isFillable(given)) throw badInput(what, "", "names something in {{ }} that a message does not have.");
  return given;
}

/** What stands in a path of a service and must not leave it. */
export const word =
  (form: RegExp, like: string) =>
  (what: string, given: string): string => {
    if (form.test(given)) return given;
    throw badInput(what, given, like);
  };

/** The same, of what is not repeated. */
export const secretWord =
  (form: RegExp, like: string) =>
  (what: string, given: string): string => {
    if (form.test(given)) return given;
    throw badInput(what, "", like);
  };
