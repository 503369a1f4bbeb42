// One of several processes that want the same thing of people at the same moment; started by rivals.ts.
import { setImmediate } from "node:timers/promises";
import { Problem } from "../../src/domain/problem.ts";
import { findCredentials, takeRecoveryCode, takeTotpStep } from "../../src/store/credentials.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { countAttempt } from "../../src/store/login-throttles.ts";
import { together } from "../../src/store/transaction.ts";
import { deleteUser, insertFirstUser, requireUser, updateUser } from "../../src/store/users.ts";
import { JOINED, newUser } from "./people.ts";

const [task = "", name = "", ...args] = process.argv.slice(2);

/** Says that this process is ready, and waits until all others are: then its stdin is closed. */
async function untilAllAreReady(): Promise<void> {
  process.stdout.write("ready\n");
  for await (const _ of process.stdin);
}

/** Does something for each of these, all processes each at the same moment; now and then one is a little late. */
async function eachAtOnce<T, Result>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<Result>,
): Promise<Result[]> {
  await untilAllAreReady();
  const startMs = Math.ceil(Date.now() / 200 + 1) * 200;
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    const atMs = startMs + index * 40 + Math.random() * 2;
    while (Date.now() < atMs) await setImmediate();
    results.push(await work(item, index));
  }
  return results;
}

async function openAll(urls: readonly string[]): Promise<Database[]> {
  const opened = await Promise.all(urls.map(openDatabase));
  // The first statement of a connection takes longer than all others.
  for (const db of opened) await requireUser(db, "nobody").catch(() => {});
  return opened;
}

/** In each database, wants not to be an admin any more, in one way or another: "done", or the code of the problem. */
const loseAdmin = async (urls: readonly string[]) =>
  eachAtOnce(await openAll(urls), async (db, index) => {
    try {
      await together(db, async (tx) => {
        const user = await requireUser(tx, name);
        const ways = [{ role: "viewer" }, { enabled: false }, null] as const;
        const way = ways[index % ways.length] ?? null;
        if (way === null) await deleteUser(tx, user);
        else await updateUser(tx, user, { ...user, ...way }, JOINED);
      });
      return "done";
    } catch (error) {
      if (error instanceof Problem) return error.code;
      throw error;
    }
  });

/** In each database, wants to be the first user: whether it is. */
const beFirst = async (urls: readonly string[]) =>
  eachAtOnce(await openAll(urls), async (db) => {
    const user = await together(db, (tx) => insertFirstUser(tx, newUser(name, "admin"), JOINED));
    return user !== null;
  });

/** Uses one time step and one recovery code after the other: of each, whether it counted. */
async function prove([url = "", secret = "", firstStep = "", ...codes]: readonly string[]) {
  const [db] = await openAll([url]);
  if (db === undefined) throw new Error("no database");
  const proved = await eachAtOnce(codes, async (code, index) => {
    const credentials = await findCredentials(db, name);
    if (credentials === null) throw new Error(`there is no ${name}`);
    return {
      step: await takeTotpStep(db, credentials.user.id, secret, Number(firstStep) + index),
      code: await takeRecoveryCode(db, credentials, code),
    };
  });
  return { steps: proved.map(({ step }) => step), codes: proved.map(({ code }) => code) };
}

/** Guesses as often as it can, at a moment that does not pass: how many guesses were looked at. */
async function guess([url = "", times = ""]: readonly string[]) {
  const [db] = await openAll([url]);
  if (db === undefined) throw new Error("no database");
  const waits = await eachAtOnce(Array.from({ length: Number(times) }), () =>
    countAttempt(db, [name], JOINED),
  );
  return waits.filter((seconds) => seconds === 0).length;
}

function doTask(): Promise<unknown> {
  switch (task) {
    case "lose-admin":
      return loseAdmin(args);
    case "first":
      return beFirst(args);
    case "prove":
      return prove(args);
    case "guess":
      return guess(args);
    default:
      throw new Error(`nobody knows how to ${task}`);
  }
}

process.stdout.write(JSON.stringify(await doTask()), () => process.exit());
