// What every answer tells the browser about whom it may trust.

/** One page: everything from here, and style elements only with the number that this answer alone knows. */
const policy = (nonce: string | null): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce === null ? "" : ` 'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

const YEAR_SECONDS = 365 * 86_400;

/** `nonce` is that of a page, null for what is none. A policy that is there already, such as that of a download, stays. */
export function secure(headers: Headers, isSecure: boolean, nonce: string | null): void {
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", policy(nonce));
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  headers.set("referrer-policy", "same-origin");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
  if (isSecure) headers.set("strict-transport-security", `max-age=${YEAR_SECONDS}`);
}
