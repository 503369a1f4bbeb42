// What is done with a host. Whatever takes long is queued; the answer is the run.
import { pruneAsSeen } from "../../actions/agree-to-plan.ts";
import { queueBackup } from "../../actions/change-run.ts";
import { acceptHostKey, checkHost } from "../../actions/check-host.ts";
import { describeHost } from "../../actions/describe-host.ts";
import { hostContext } from "../../actions/host-context.ts";
import { hostPublicKey } from "../../actions/host-public-key.ts";
import { judgeAnomaly } from "../../actions/judge-anomaly.ts";
import { previewDiscovery } from "../../actions/look-at-disk.ts";
import { hostSpace } from "../../actions/look-at-space.ts";
import { planHostRetention } from "../../actions/plan-retention.ts";
import { queueDiscover } from "../../actions/queue-work.ts";
import { weighRemoval } from "../../actions/weigh-removal.ts";
import { PLAIN_RUN } from "../../domain/run.ts";
import { judgedJson } from "../../shapes/anomaly-shapes.ts";
import { checkJson } from "../../shapes/check-shapes.ts";
import { hostPageJson, planJson } from "../../shapes/console-shapes.ts";
import { discoveryJson } from "../../shapes/discovery-shapes.ts";
import { runJson } from "../../shapes/shapes.ts";
import { hostSpaceJson } from "../../shapes/space-shapes.ts";
import { routes } from "../implement.ts";
import { rulesFrom } from "../setting-changes.ts";

const { hosts: os } = routes;

/** Somebody who looks at a plan does not wait until a tree of millions of files is read. */
const MEASURE_MS = 5000;

export const hostWork = {
  check: os.check.handler(async ({ context: { app, gone }, input: { host } }) =>
    checkJson(host, await checkHost(app, host, gone)),
  ),
  acceptKey: os.acceptKey.handler(async ({ context: { app }, input: { host, fingerprint } }) => {
    await acceptHostKey(app, host, fingerprint);
    return hostPageJson(await describeHost(app, host));
  }),
  publicKey: os.publicKey.handler(({ context: { app }, input: { host } }) => hostPublicKey(app, host)),
  backup: os.backup.handler(
    async ({ context: { app }, input: { host, prune = false, waitForWindow = false } }) =>
      runJson(await queueBackup(app, host, { ...PLAIN_RUN, prune, waitForWindow })),
  ),
  discover: os.discover.handler(async ({ context: { app }, input: { host } }) =>
    runJson(await queueDiscover(app, host)),
  ),
  discoverPreview: os.discoverPreview.handler(async ({ context: { app, gone }, input: { host } }) =>
    discoveryJson(await previewDiscovery(app, host, gone)),
  ),
  space: os.space.handler(async ({ context: { app, console, gone }, input: { host } }) =>
    hostSpaceJson(await hostSpace(app, host, { stop: gone }, console.spacesOf)),
  ),
  retention: os.retention.handler(async ({ context: { app, gone }, input: { host, measure } }) => {
    const context = await hostContext(app, host);
    const found = await planHostRetention(app, context);
    const freeable =
      measure === "true" ? await weighRemoval(context, found.plan.remove, MEASURE_MS, gone) : null;
    return planJson(found, freeable);
  }),
  tryRetention: os.tryRetention.handler(async ({ context: { app }, input: { host, ...sent } }) => {
    const context = await hostContext(app, host);
    return planJson(await planHostRetention(app, context, { rules: rulesFrom(sent) }), null);
  }),
  judgeAnomaly: os.judgeAnomaly.handler(async ({ context: { app }, input: { host, verdict, reason } }) =>
    judgedJson(await judgeAnomaly(app, host, verdict, reason)),
  ),
  prune: os.prune.handler(async ({ context: { app }, input: { host, maxDelete, overrideHold, expect } }) => {
    const options = { maxDelete: maxDelete ?? null, overrideHold: overrideHold === true };
    return runJson(await pruneAsSeen(app, host, options, expect ?? null));
  }),
};
