// What was read of some rows is read once, as long as not too many others were asked for.
import { expect, it } from "vitest";
import { keepByKey } from "../../src/store/keep-by-key.ts";

const counted = (fails: (reading: number) => boolean = () => false) => {
  const asked: string[] = [];
  const read = keepByKey(async (ids) => {
    asked.push(ids.join());
    if (fails(asked.length)) throw new Error("away");
    return ids.length;
  });
  return { asked, read };
};

it("who asks for the same rows gets what was read, also while it is being read", async () => {
  const { asked, read } = counted();
  expect(await Promise.all([read([1, 2]), read([1, 2]), read([2, 1]), read([12])])).toEqual([2, 2, 2, 1]);
  expect(await read([1, 2])).toBe(2);
  expect(asked).toEqual(["1,2", "2,1", "12"]);
});

it("what could not be read is read again", async () => {
  const { asked, read } = counted((reading) => reading === 1);
  await expect(read([1])).rejects.toThrow("away");
  expect(await read([1])).toBe(1);
  expect(asked).toEqual(["1", "1"]);
});

it("only the newest eight are kept", async () => {
  const { asked, read } = counted();
  for (let id = 1; id <= 9; id += 1) await read([id]);
  await read([2]);
  expect(asked).toHaveLength(9);
  await read([1]);
  expect(asked).toHaveLength(10);
});
