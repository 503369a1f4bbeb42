// Codes from an app on somebody's phone: TOTP (RFC 6238) as all such apps know it, SHA-1, six digits, 30 seconds.
import { Secret, TOTP } from "otpauth";

const PARAMETERS = { algorithm: "SHA1", digits: 6, period: 30 } as const;
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
/** A clock may be half a minute off, and a person needs a moment to type. */
const WINDOW = 1;
const ISSUER = "pobsync";

/** A new secret in base32, which an app also takes when it is typed. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What an app reads from a QR code: `otpauth://totp/pobsync:ada?…`. */
export const totpUri = (secret: string, username: string): string =>
  new TOTP({ ...PARAMETERS, issuer: ISSUER, label: username, secret: Secret.fromBase32(secret) }).toString();

/** The number of the time step (30 s since 1970) whose code this is; null when it is none of around now. */
export function totpStep(secret: string, code: string, now: Date): number | null {
  const totp = new TOTP({ ...PARAMETERS, secret: Secret.fromBase32(secret) });
  const timestamp = now.getTime();
  const delta = totp.validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : totp.counter({ timestamp }) + delta;
}
