// Making a host that is new, and changing one that is there, where a mistyped name must do neither.
import { parseHostName } from "../domain/host-address.ts";
import { Problem, quoted } from "../domain/problem.ts";
import { findHost } from "../store/hosts.ts";
import type { App } from "./app.ts";
import { configureHost, type HostChanges, previewHostChange } from "./configure-host.ts";
import { describeHost, type HostDetail } from "./describe-host.ts";
import { hostContext } from "./host-context.ts";
import type { RetentionEffect } from "./retention-effect.ts";

/** Refuses with `bad_input`, also when there is a host of that name, or `not_configured`. */
export async function createHost(app: App, givenName: string, wish: HostChanges): Promise<HostDetail> {
  const name = parseHostName(givenName);
  if ((await findHost(app.db, name)) !== null)
    throw new Problem("bad_input", `There is a host ${quoted(name)} already.`, {
      hint: "Nothing was changed. Take another name, or change the one that is there.",
    });
  await configureHost(app, name, wish);
  return describeHost(app, name);
}

/** Refuses with `bad_input`, `not_found` or `not_configured`. */
export async function changeHost(app: App, name: string, changes: HostChanges): Promise<HostDetail> {
  await hostContext(app, name);
  await configureHost(app, name, changes);
  return describeHost(app, name);
}

/** What a change would do to retention. Refuses as `changeHost` does. */
export async function previewKnownHost(
  app: App,
  name: string,
  changes: HostChanges,
): Promise<readonly RetentionEffect[]> {
  await hostContext(app, name);
  return previewHostChange(app, name, changes);
}
