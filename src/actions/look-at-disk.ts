// What a look at a host's disk would record, while nothing is changed.
import type { App } from "./app.ts";
import { type Discovery, discoverSnapshots } from "./discover-snapshots.ts";

/** Refuses with `not_configured`, `root_not_mounted` or `not_found`. */
export const previewDiscovery = (app: App, host: string, stop: AbortSignal): Promise<Discovery> =>
  discoverSnapshots(app, { host, rebuild: false, adopt: null, confirmed: false, dryRun: true }, (_, work) =>
    work({ stop }),
  );
