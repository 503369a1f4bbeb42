// How a script asks the API.

/** `token` is left out where it is not known any more. */
export const curlLine = (token = "TOKEN", path = "/status"): string =>
  `curl -H 'Authorization: Bearer ${token}' ${location.origin}/api${path}`;

/** How metrics are looked at with a token that may do nothing else. */
export const scrapeLine = (token: string): string =>
  `curl -H 'Authorization: Bearer ${token}' ${location.origin}/metrics`;
