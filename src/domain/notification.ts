// What pobsync tells people without being asked, where it tells them, and to whom what goes.

/** `bad`: something is not backed up, or not safe. `warning`: it is, and somebody should look. `info`: nobody need do anything. */
export const SEVERITIES = ["info", "warning", "bad"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * Why a message is sent: a condition has begun, goes on without being acknowledged, or is over; the news of a day or week; or
 * somebody wants to see whether messages arrive.
 */
export const MESSAGE_KINDS = ["opened", "reminder", "cleared", "digest", "test"] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Plain text, whatever hosts and files are called. A channel writes it in its own form, and escapes what that form needs. */
export interface Message {
  readonly kind: MessageKind;
  readonly severity: Severity;
  /** One line. */
  readonly subject: string;
  /** Lines, separated by line feeds. */
  readonly body: string;
  /** Null: the site as a whole, or several hosts. */
  readonly host: string | null;
  /** The condition, such as `late`; null where there is none. */
  readonly code: string | null;
  /** Since when; null where that is not known. */
  readonly since: Date | null;
  /** The page of the console about it; null while nobody has said where the console is (POBSYNC_PUBLIC_URL). */
  readonly url: string | null;
}

export const CHANNEL_KINDS = [
  ...(["email", "webhook", "ntfy", "gotify", "slack"] as const),
  ...(["discord", "telegram", "matrix", "apprise"] as const),
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const DIGESTS = ["off", "daily", "weekly"] as const;
export type Digest = (typeof DIGESTS)[number];

/** What goes to a channel, and when. */
export interface ChannelRules {
  /** Nothing below it. */
  readonly minSeverity: Severity;
  /** Conditions by their codes, such as `late`; empty: all. */
  readonly codes: readonly string[];
  /** Hosts by name or glob, such as `web*`; empty: all hosts, and the site as a whole. */
  readonly hosts: readonly string[];
  /** Hosts with one of these tags; empty: whatever tags a host has. */
  readonly tags: readonly string[];
  /** Wall-clock times such as `22:00` in the site's time zone between which nothing is sent but what is `bad`; null: none. */
  readonly quiet: { readonly from: string; readonly to: string } | null;
  /** How often a condition that nobody has acknowledged is told of again; null: never. */
  readonly repeatSeconds: number | null;
  readonly digest: Digest;
}

/** Somewhere that messages go. What it needs to get there, passwords and all, is sealed in the database. */
export interface Channel {
  readonly id: number;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly enabled: boolean;
  readonly rules: ChannelRules;
  /** Since when nothing arrives there, and why; null while it works, as far as is known. */
  readonly broken: { readonly since: Date; readonly why: string } | null;
  readonly createdAt: Date;
}
