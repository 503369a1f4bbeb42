// The hour in which a channel hears of one cause once: from when it heard of it, and of what it heard.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AlertWorld, alertWorld } from "../../support/alert-world.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const names = DATABASES.filter((name) => name === (process.env.POBSYNC_TEST_DATABASE ?? "sqlite"));

describe.each(names)("on %s", (name) => {
  let databases: TestDatabases;
  let world: AlertWorld;
  beforeAll(async () => {
    databases = await startDatabases(name);
  });
  afterAll(() => databases.stop());
  afterEach(() => world.end());

  const watchFor = async (ms: number) => {
    for (const end = world.now().getTime() + ms; world.now().getTime() < end; world.pass(MINUTE))
      await world.look();
  };
  const arrivals = () => world.arrived.map(({ at }) => at.getTime());

  it("begins when a message arrives, however long it has waited for its channel", async () => {
    world = await alertWorld(await databases.fresh());
    world.addChannel("mail");
    world.down.add("mail");
    await world.backUp(await world.addHost("web1"), "source_missing");
    await watchFor(90 * MINUTE);
    world.down.clear();
    await watchFor(70 * MINUTE);
    expect(world.arrived).toHaveLength(1);
    await world.backUp(await world.addHost("web2"), "source_missing");
    await watchFor(2 * HOUR);
    const [first = 0, second = 0] = arrivals();
    expect(world.arrived).toHaveLength(2);
    expect(second - first).toBeGreaterThanOrEqual(HOUR);
  });

  it("is that of the cause that was told, whatever the alert is called since", async () => {
    world = await alertWorld(await databases.fresh());
    world.addChannel("mail");
    const web1 = await world.addHost("web1");
    await world.backUp(web1, "source_missing");
    await watchFor(10 * MINUTE);
    await world.backUp(web1, "authentication_failed");
    await world.backUp(await world.addHost("web2"), "source_missing");
    await watchFor(2 * HOUR);
    const [first = 0, second = 0] = arrivals();
    expect(world.arrived).toHaveLength(2);
    expect(second - first).toBeGreaterThanOrEqual(HOUR);
  });
});
