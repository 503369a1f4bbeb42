// A tar archive of a tree that keeps owners, modes and kinds in attributes, as tar would have made it of the host's own.
//
// tar puts a file's attributes before it, so all that is needed comes along: the header is put right, and the attributes that
// stand for something else are taken out.
import {
  blocksOf,
  contentBytes,
  headerBlock,
  isEnd,
  isExtension,
  modeIn,
  paddedTo,
  TAR_BLOCK,
  withFacts,
} from "./tar-header.ts";
import { type PaxRecord, parsePax, paxText, splitAttributes } from "./tar-pax.ts";

type Pieces = AsyncGenerator<Uint8Array, void, void>;

/** An error of the archive that comes in ends this one too. */
export async function* decodedTar(archive: AsyncIterable<Uint8Array>): Pieces {
  const input = reader(archive);
  try {
    let records: { readonly header: Buffer; readonly list: readonly PaxRecord[] } | null = null;
    for (;;) {
      const header = await input.take(TAR_BLOCK);
      // What is behind the end is filling, and has to come as well.
      if (isEnd(header)) {
        yield header;
        return yield* input.rest();
      }
      const size: number = sizeSaid(records?.list ?? []) ?? contentBytes(header);
      if (isExtension(header)) {
        records = { header, list: parsePax(await input.take(size)) };
        await input.take(paddedTo(size) - size);
        continue;
      }
      yield* entryPieces(header, size, records, input);
      records = null;
    }
  } finally {
    await input.close();
  }
}

/** What is too long for its header has its size in a record. */
function sizeSaid(records: readonly PaxRecord[]): number | null {
  const record = records.find(({ key }) => key === "size");
  return record === undefined ? null : Number(record.value.toString("latin1"));
}

async function* entryPieces(
  header: Buffer,
  size: number,
  records: { readonly header: Buffer; readonly list: readonly PaxRecord[] } | null,
  input: Reader,
): Pieces {
  if (records === null) {
    yield header;
    return yield* input.pass(paddedTo(size));
  }
  const { facts, others } = splitAttributes(records.list, modeIn(header));
  // Only of what is no file the content is something else than content, and then it is a few bytes.
  const isContent = facts === null || facts.type === "f" || facts.type === "d";
  const said = isContent ? Buffer.alloc(0) : await input.take(size);
  if (!isContent) await input.take(paddedTo(size) - size);
  // A tar has no place for a socket.
  if (facts?.type === "s") return;
  const fixed = facts === null ? { header, more: [] } : withFacts(header, facts, said);
  const taken = new Set(fixed.more.map(({ key }) => key));
  const list = [...others.filter(({ key }) => !taken.has(key)), ...fixed.more];
  if (list.length > 0) {
    const text = paxText(list);
    yield headerBlock(records.header, text.length);
    yield* blocksOf(text);
  }
  yield fixed.header;
  if (isContent) yield* input.pass(paddedTo(size));
}

interface Reader {
  /** So many bytes; fewer are an error. */
  readonly take: (bytes: number) => Promise<Buffer>;
  /** The same, piece by piece, as they come. */
  readonly pass: (bytes: number) => Pieces;
  readonly rest: () => Pieces;
  readonly close: () => Promise<void>;
}

function reader(archive: AsyncIterable<Uint8Array>): Reader {
  const source = archive[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<Buffer | null> => {
    const next = await source.next();
    return next.done === true ? null : Buffer.from(next.value);
  };
  const cut = (bytes: number): Buffer => {
    const piece = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return piece;
  };
  return {
    take: async (bytes) => {
      while (held.length < bytes) {
        const piece = await more();
        if (piece === null) throw new Error("the archive ended in the middle of an entry");
        held = held.length === 0 ? piece : Buffer.concat([held, piece]);
      }
      return cut(bytes);
    },
    pass: async function* (bytes) {
      for (let left = bytes; left > 0; ) {
        if (held.length === 0) {
          const piece = await more();
          if (piece === null) throw new Error("the archive ended in the middle of an entry");
          held = piece;
        }
        const piece = cut(left);
        left -= piece.length;
        yield piece;
      }
    },
    rest: async function* () {
      if (held.length > 0) yield cut(held.length);
      for (let piece = await more(); piece !== null; piece = await more()) yield piece;
    },
    close: async () => void (await source.return?.()),
  };
}
