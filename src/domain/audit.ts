// The audit: who did what to what, and when. Written once, never changed.

export const ACTOR_KINDS = ["user", "token", "cli", "system"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** On whose behalf something happens. */
export interface Actor {
  /** A username; who is at the keyboard for `cli`; null when it is not known. */
  readonly name: string | null;
  readonly kind: ActorKind;
  /** The network address that it came from; null for what happens on this machine. */
  readonly address: string | null;
}

/** What was done, in words that do not change: `host.created`, `run.cancelled`. */
export interface AuditFacts {
  readonly action: string;
  /** What kind of thing it was done to: `host`, `schedule`, `run`, `snapshot`, `user`, `token`, `session`, `site`. */
  readonly subjectKind: string;
  /** Its name as people know it: `web1`, `web1/nightly`, `#12`. */
  readonly subject: string;
  /** Plain data for whoever wants to know exactly. Never a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditFacts {
  readonly id: number;
  readonly at: Date;
  readonly actor: Actor;
}
