// Hosts: listed, shown, made, changed, removed.
import { describeHost } from "../../actions/describe-host.ts";
import { changeHost, createHost, previewKnownHost } from "../../actions/edit-host.ts";
import { pageHosts } from "../../actions/page-hosts.ts";
import { removeHost } from "../../actions/remove-host.ts";
import { parseTag } from "../../domain/host-tags.ts";
import { Problem, quoted } from "../../domain/problem.ts";
import { fieldsJson, hostPageJson } from "../../shapes/console-shapes.ts";
import { effectsJson } from "../../shapes/retention-shapes.ts";
import { hostJson } from "../../shapes/shapes.ts";
import { findSite } from "../../store/site.ts";
import { routes } from "../implement.ts";
import { hostChangesFrom } from "../setting-changes.ts";
import { hostWork } from "./host-work.ts";

const { hosts: os } = routes;

const USUAL_PAGE = 50;
/** A large host is deleted for longer than anybody waits for an answer. */
const DELETION_WAITED_MS = 5000;

export const hosts = {
  list: os.list.handler(async ({ context: { app, console }, input }) => {
    const { q, health, enabled, tag, sort = "name", order = "asc", limit = USUAL_PAGE, after } = input;
    const wish = { q, health, tags: tag?.map(parseTag), sort, limit, after, descending: order === "desc" };
    const [site, facts] = await Promise.all([findSite(app), console.facts.hosts.get()]);
    const page = await pageHosts(app, facts, {
      ...wish,
      ...(enabled === undefined ? {} : { enabled: enabled === "true" }),
    });
    const global = site?.settings ?? {};
    return { ...page, items: page.items.map((summary) => hostJson(summary, global)) };
  }),
  fields: os.fields.handler(() => ({ items: fieldsJson(), next: null })),
  get: os.get.handler(async ({ context: { app, console }, input: { host } }) =>
    hostPageJson(await describeHost(app, host, console.facts.queue)),
  ),
  create: os.create.handler(async ({ context: { app }, input: { name, ...wish } }) =>
    hostPageJson(await createHost(app, name, hostChangesFrom(wish))),
  ),
  change: os.change.handler(async ({ context: { app }, input: { host, ...changes } }) =>
    hostPageJson(await changeHost(app, host, hostChangesFrom(changes))),
  ),
  previewChange: os.previewChange.handler(async ({ context: { app }, input: { host, ...changes } }) =>
    effectsJson(await previewKnownHost(app, host, hostChangesFrom(changes))),
  ),
  remove: os.remove.handler(async ({ context: { app }, input: { host, confirm, snapshots } }) => {
    if (confirm !== host)
      throw new Problem(
        "confirmation_needed",
        `This would remove the host ${quoted(host)} and its history, and ${quoted(confirm)} is not its name.`,
        { hint: "Nothing was changed. Type the name of the host to confirm." },
      );
    return removeHost(app, host, snapshots, DELETION_WAITED_MS);
  }),
  ...hostWork,
};
