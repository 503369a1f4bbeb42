// From people and what they did to the shapes of the contract.
import type { ApiTokenJson, AuditEntryJson, UserJson } from "../contract/types.ts";
import type { AuditEntry } from "../domain/audit.ts";
import type { ApiToken, User } from "../domain/people.ts";

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

export const userJson = (user: User): UserJson => ({
  username: user.username,
  displayName: user.displayName,
  role: user.role,
  enabled: user.enabled,
  totp: user.hasTotp,
  createdAt: user.createdAt.toISOString(),
  lastLoginAt: iso(user.lastLoginAt),
  passwordChangedAt: user.passwordChangedAt.toISOString(),
});

export const apiTokenJson = (token: ApiToken): ApiTokenJson => ({
  id: token.id,
  username: token.username,
  name: token.name,
  role: token.role,
  createdAt: token.createdAt.toISOString(),
  expiresAt: iso(token.expiresAt),
  lastUsedAt: iso(token.lastUsedAt),
});

export const auditEntryJson = (entry: AuditEntry): AuditEntryJson => ({
  id: entry.id,
  at: entry.at.toISOString(),
  actor: { ...entry.actor },
  action: entry.action,
  subjectKind: entry.subjectKind,
  subject: entry.subject,
  detail: { ...entry.detail },
});
