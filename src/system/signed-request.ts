// A webhook's signature: its receiver can tell that a message is ours, whole, and not sent once more by somebody else.
import { createHmac } from "node:crypto";
import type { ChannelRequest } from "../domain/channel-requests.ts";

/** HMAC-SHA256 over the second in which it was sent, a dot, and the body; nothing where there is no key. */
export function signed(request: ChannelRequest, at: Date): ChannelRequest {
  const { signingKey = null, headers, body } = request;
  if (signingKey === null) return request;
  const second = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac("sha256", signingKey).update(`${second}.${body}`).digest("hex");
  return {
    ...request,
    headers: { ...headers, "X-Pobsync-Timestamp": second, "X-Pobsync-Signature": `sha256=${signature}` },
  };
}
