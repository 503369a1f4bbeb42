// rsync's output, taken apart however it is cut into pieces (a recorded transcript of rsync 3.5).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  newCounters,
  outputReader,
  parseProgress,
  type TransferCounters,
  unfinished,
} from "../../../src/system/rsync-output.ts";

const items = [
  "cd+++++++++ // 4096 //                                  // s/ // ",
  ">f+++++++++ // 300000 // 910c2288c3c80d5d6bcc64a4f977eb69 // s/one // ",
  "cL+++++++++ // 3 //                                  // s/sym //  -> two",
  ">f+++++++++ // 2 // 2528250d92619b8e1bf67208bddf1edb // s/twolink // ",
  ">f+++++++++ // 1 // 5c7401c0ec22eeeeeaf06c6480b2cd11 // s/weird \\#303\\#251\\#012x // ",
  ">f..t...... // 7 // 5c7401c0ec22eeeeeaf06c6480b2cd11 // s/Number of files: 99 // ",
  "cf          // 40 //                                  // s/copied // ",
  "cf...p..... // 50 //                                  // s/mode changed // ",
  "hf+++++++++ // 2 //                                  // s/two //  => s/twolink",
  ".d..t...... // 4096 //                                  // s/sub/ // ",
];
const stats = [
  "Number of files: 7 (reg: 4, dir: 2, link: 1)",
  "Number of created files: 7 (reg: 4, dir: 2, link: 1)",
  "Number of deleted files: 0",
  "Total file size: 300008 bytes",
  "Literal data: 300003 bytes",
  "Total bytes sent: 300426",
  "Total bytes received: 108",
  "sent 300426 bytes  received 108 bytes  85866.86 bytes/sec",
];
const progress = (done: number) =>
  `\r         ${done}  54%  118.19kB/s    0:00:01 (xfr#1, to-chk=${7 - done}/7)`;
/** After every entry rsync prints a progress line; the last ones have no line end of their own. */
const transcript = `${items.map((item, n) => `${item}\n${progress(n)}${n % 2 ? "" : progress(n)}\n`).join("")}${progress(items.length)}\n\n${stats.join("\n")}\n`;

function readIn(pieces: readonly string[]): {
  counters: TransferCounters;
  log: string;
  seen: (number | undefined)[];
} {
  const counters = newCounters();
  const read = outputReader(counters);
  const answers = pieces.map((piece) => read(Buffer.from(piece, "latin1")));
  return {
    counters,
    log: answers.map((answer) => answer.log.toString("latin1")).join(""),
    seen: answers.filter((answer) => answer.progress !== null).map((answer) => answer.progress?.bytes),
  };
}

describe("rsync's output", () => {
  it("is counted: new files, their bytes, copies instead of links, and the totals", () => {
    const { counters, log } = readIn([transcript]);
    expect(counters).toMatchObject({ newFiles: 6, newBytes: 300_100, copiedInsteadOfLinked: 1 });
    expect(Object.fromEntries(counters.totals)).toMatchObject({
      "Number of files": 7,
      "Number of files: reg": 4,
      "Number of files: link": 1,
      "Total file size": 300_008,
      "Total bytes sent": 300_426,
      "Total bytes received": 108,
    });
    expect(log).toBe(`${[...items, ...stats].join("\n")}\n`);
  });

  it("means the same wherever it is cut", () => {
    const whole = readIn([transcript]);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: transcript.length }), { maxLength: 40 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), transcript.length];
        const { counters, log } = readIn(places.slice(1).map((end, n) => transcript.slice(places[n], end)));
        expect(counters).toEqual(whole.counters);
        expect(log).toBe(whole.log);
      }),
    );
    expect(readIn([...transcript]).counters).toEqual(whole.counters);
  });

  it("shows progress that never goes back, also while its line is not finished", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: transcript.length }), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), transcript.length];
        const { seen } = readIn(places.slice(1).map((end, n) => transcript.slice(places[n], end)));
        expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)));
      }),
    );
  });

  it("keeps only the last report of a line of progress that never ends", () => {
    const reports = Array.from({ length: 5000 }, (_, n) => progress(n)).join("");
    expect(unfinished(Buffer.from(reports), 0).toString()).toBe(progress(4999));
    expect(readIn([reports, reports.slice(0, -3)]).seen).toEqual([4999, 4999]);
  });

  it("counts a file whose name looks like a total or a progress line as a file", () => {
    const { counters } = readIn([">f+++++++++ // 5 // 0 // Number of files: 1000 // \n\n"]);
    expect([counters.newFiles, counters.totals.size]).toEqual([1, 0]);
  });

  it.each([
    ["      1,234  5%    1.00MB/s    0:00:01", null],
    [
      "     163840  54%  118.19kB/s    0:01:05 (xfr#1, to-chk=5/7)",
      { bytes: 163_840, percent: 54, files: 2, bytesPerSecond: 121_027, secondsLeft: 1 },
    ],
    [
      "     163840  54%    2.00GB/s    1:00:00 (xfr#1, ir-chk=1005/1207)",
      { bytes: 163_840, percent: null, files: 202, bytesPerSecond: 2 * 1024 ** 3, secondsLeft: null },
    ],
    [
      "          0   0%    0.00kB/s    0:00:00",
      { bytes: 0, percent: null, files: 0, bytesPerSecond: 0, secondsLeft: null },
    ],
    ["sent 300426 bytes  received 108 bytes", null],
    ["", null],
  ])("reads %j as %j", (line, expected) => {
    expect(parseProgress(line)).toEqual(expected);
  });

  it("tells in the middle of a file what is left, once the list is known, and at its end works it out", () => {
    // As rsync 3.2 to 3.5 print it at 300 kB/s: the time at the end of a file is what has passed.
    const { progress } = outputReader(newCounters())(
      Buffer.from(
        "\r        300000  13%  306.66kB/s    0:00:00 (xfr#1, to-chk=5/7)\r" +
          "        693216  30%  299.99kB/s    0:00:05  \r",
      ),
    );
    expect(progress).toEqual({
      ...{ bytes: 693_216, percent: 30, files: 2, bytesPerSecond: 307_190, secondsLeft: 5 },
    });
    const atItsEnd = parseProgress("       1500000  65%  301.59kB/s    0:00:04 (xfr#4, to-chk=2/7)");
    expect(atItsEnd).toMatchObject({ percent: 65, secondsLeft: 3 });
  });

  it("knows how far it is in a file that is the last of many, whatever piece said that the list is whole", () => {
    const read = outputReader(newCounters());
    read(
      Buffer.from(
        "\r   300000  13%  306.66kB/s    0:00:00 (xfr#1, to-chk=1/3)\n>f+++++++++ // 5 // 0 // big // \n\r",
      ),
    );
    const { progress } = read(Buffer.from("   400000  20%  300.00kB/s    0:00:04  \r"));
    expect(progress).toMatchObject({ percent: 20, files: 2, secondsLeft: 4 });
  });
});
